"""Who may enter the pages of staff."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.models import JobRun
from notifications.models import Message
from tests.architecture.routes import Route, routes
from tests.architecture.test_routes import reading_only
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.jobs import make_run
from tests.factories.matching import make_match_run
from tests.factories.notifications import make_message
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.sessions import give_totp, sign_in
from tests.factories.tasks import make_task_type
from tests.factories.volunteers import make_capability, make_volunteer
from tests.web.reading import page_of, statements

pytestmark = pytest.mark.django_db
ROUTES = [route for route in routes() if route.namespace in {"staff", "admin"} and route.name]
POST_ONLY = {"staff:again", "staff:ask_for_plan", "staff:replay"}
MOST_STATEMENTS = 12


def addresses() -> dict[str, str]:
    """Every page of staff and of the admin, each with something to show."""
    tree = small_tree()
    kind = make_task_type()
    rows = {
        "volunteers_cause": kind.cause,
        "volunteers_capability": make_capability(),
        "tasks_tasktype": kind,
        "areas_area": tree.counties[0],
    }
    message: Message = make_message(status="failed", next_try_at=None, ended_at=make_run().ended_at)
    run: JobRun = make_run(state="failed")
    plan = make_match_run(tree.counties[0], status="queued")
    found = {}
    for route in ROUTES:
        kwargs = {}
        if "code" in route.params:
            kwargs["code"] = run.code if route.name in {"job", "again"} else message.code
        if "run" in route.params:
            kwargs["run"] = plan.code
        if "app_label" in route.params:
            kwargs["app_label"] = "tasks"
        if "object_id" in route.params:
            row = rows.get(route.name.rpartition("_")[0])
            if row is None:
                continue
            kwargs["object_id"] = str(row.pk)
        found[str(route)] = reverse(str(route), kwargs=kwargs)
    return found


def test_there_are_pages_to_knock_at() -> None:
    assert len(ROUTES) > 25
    assert {route.access for route in ROUTES} == {"staff"}


def test_staff_enter_everywhere_and_reading_writes_nothing(staff: Client) -> None:
    for name, address in addresses().items():
        with reading_only(), statements() as asked:
            response = staff.get(address)
        assert response.status_code in ({405} if name in POST_ONLY else {200, 302, 303}), name
        assert len(asked) <= MOST_STATEMENTS, f"{name}: {len(asked)}"


ROLES: dict[str, Callable[[], User]] = {
    "nobody": make_user,
    "volunteer": lambda: make_volunteer().user,
    "organizer": lambda: make_member(make_organization()),
    "official": lambda: make_official(small_tree().counties[0]),
    "superuser without the mark of staff": lambda: make_user(is_superuser=True),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_others_learn_nothing(client: Client, role: str, method: str) -> None:
    sign_in(client, ROLES[role]())
    elsewhere = getattr(client, method)("/en/there-is-no-such-page/")

    for name, address in ALL_WITHOUT_ROWS.items():
        response = getattr(client, method)(address)
        assert response.status_code == 404, name
        assert page_of(response).text == page_of(elsewhere).text, name


def bare(route: Route) -> str:
    values = {"code": "ACDEFGH", "object_id": "1", "app_label": "tasks", "run": "ACDEFGHJKLMN"}
    return reverse(str(route), kwargs={name: values[name] for name in route.params})


ALL_WITHOUT_ROWS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _addresses(in_english: None) -> None:
    ALL_WITHOUT_ROWS.update({str(route): bare(route) for route in ROUTES})


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    for name, address in ALL_WITHOUT_ROWS.items():
        response = client.get(address)
        assert response.status_code == 302, name
        assert response.headers["Location"].startswith(reverse("account:enter")), name


def test_staff_without_a_second_factor_are_led_to_it(client: Client, member: User) -> None:
    client.force_login(member)

    for name, address in ALL_WITHOUT_ROWS.items():
        response = client.get(address)
        assert (response.status_code, response.headers["Location"]) == (
            303,
            reverse("account:second_factor"),
        ), name


def test_staff_who_have_not_given_the_code_are_asked_for_it(client: Client, member: User) -> None:
    give_totp(member)
    client.force_login(member)

    for name, address in ALL_WITHOUT_ROWS.items():
        response = client.get(address)
        assert response.status_code == 303, name
        assert response.headers["Location"].startswith(reverse("mfa_reauthenticate")), name


def test_rights_that_were_taken_back_end_at_once(staff: Client, member: User) -> None:
    member.is_staff = False
    member.save()

    assert staff.get(reverse("staff:health")).status_code == 404


def test_staff_land_on_their_pages(staff: Client) -> None:
    assert staff.get(reverse("home_of_role")).headers["Location"] == reverse("staff:health")


def test_the_admin_holds_reference_data_and_nothing_else() -> None:
    assert {model._meta.label for model in admin.site._registry} == {
        "areas.Area",
        "tasks.TaskTemplate",
        "tasks.TaskType",
        "volunteers.Capability",
        "volunteers.Cause",
    }


def test_a_table_that_a_library_registers_stays_outside() -> None:
    admin.site.register(User, admin.ModelAdmin)
    admin.site.register(Message)

    assert not admin.site.is_registered(User) and not admin.site.is_registered(Message)
