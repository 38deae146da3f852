"""The live pages of a drill: who sees them, what they say, and how the story's clock is steered from there."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.test import Client
from django.urls import include, path
from django.utils import translation
from pytest_django import DjangoAssertNumQueries as Queries

from accounts.models import User
from config.urls import urlpatterns as product
from core import clock, deployment, story_time
from core.models import AuditRecord, ClockStretch
from operations.drill import words
from operations.models import Drill, DrillEntry
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.sessions import sign_in
from tests.factories.volunteers import make_volunteer
from tests.plugin.clock import SetSpeed

urlpatterns = [*product, *i18n_patterns(path("drill/", include("operations.drill.web.urls")))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.operations.test_drill_pages")]

BEGINS = datetime(2020, 1, 23, 16, 0, tzinfo=UTC)
MOST_STATEMENTS = 12


def make_drill(**fields: object) -> Drill:
    """The thirteenth day of sixty-one."""
    values = {
        "scenario": "outbreak",
        "policy": "certified",
        "seed": 7,
        "begins_at": BEGINS,
        "ends_at": BEGINS + timedelta(days=61),
        "reached_at": BEGINS + timedelta(days=12, hours=9),
        "started_at": clock.machine_now(),
        "counts": {"done": {"sign up": 1204, "put up a code": 9}, "refused": {"sign up: shift-full": 31}},
        **fields,
    }
    return Drill.objects.create(**values)


@pytest.fixture
def people() -> dict[str, User]:
    tree = small_tree()
    return {
        "official": make_official(tree.province),
        "county": make_official(tree.counties[0]),
        "staff": make_user(name="Lin", is_staff=True, email="lin@example.org"),
        "owner": make_member(make_organization(home_area=tree.counties[0]), role="owner"),
        "volunteer": make_volunteer(area=tree.townships[0]).user,
    }


def entered(user: User) -> Client:
    return sign_in(Client(), user)


def test_every_kind_is_said_in_both_languages() -> None:
    for kind in words.KINDS.values():
        said = {}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                said[language] = words.sentence(kind.name, kind.sample)
            assert "{" not in said[language] and "%(" not in said[language], said
        assert said["zh-hans"] != said["en"], f"{kind.name} has no translation"


def test_whatever_is_said_in_a_drill_has_its_kind_and_all_its_values() -> None:
    said = 0
    for file in Path(words.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            is_say = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "say"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            )
            if not is_say:
                continue
            assert isinstance(node, ast.Call) and isinstance(node.args[0], ast.Constant)
            name = str(ast.literal_eval(node.args[0]))
            assert name in words.KINDS, f"{file.name} says {name}, which words.KINDS does not name"
            kind = words.KINDS[name]
            given = {word.arg for word in node.keywords} - {"at"}
            assert None in given or given == set(kind.sample), f"{file.name}: {kind.name} takes other values"
            said += 1
    assert said, "nothing is said at all: this test looks past the code"


@pytest.mark.parametrize(
    ("role", "reads", "steers"),
    [
        ("official", 200, True),
        ("staff", 200, True),
        ("county", 200, False),
        ("owner", 404, False),
        ("volunteer", 404, False),
    ],
)
def test_officials_and_staff_watch_and_those_of_the_whole_area_steer(
    people: dict[str, User], role: str, reads: int, steers: bool
) -> None:
    deployment.mark_synthetic(at=clock.now())
    drill, client = make_drill(), entered(people[role])
    assert [client.get(at).status_code for at in ("/en/drill/", f"/en/drill/{drill.code}/")] == [reads, reads]
    shown = client.get(f"/en/drill/{drill.code}/").content.decode()
    assert ('value="600"' in shown) == steers
    client.post(f"/en/drill/{drill.code}/speed/", {"speed": "600"})
    assert ClockStretch.objects.filter(speed=600).exists() == steers
    assert AuditRecord.objects.filter(verb="drill.speed").exists() == steers
    client.post(f"/en/drill/{drill.code}/stop/", {})
    drill.refresh_from_db()
    assert (drill.status == Drill.Status.STOPPED) == steers


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    response = client.get(f"/en/drill/{make_drill().code}/")
    assert (response.status_code, "/enter/" in str(response.headers["Location"])) == (302, True)


def test_the_page_says_how_far_it_is_and_what_happened_and_stops_asking_when_it_is_over(
    people: dict[str, User],
) -> None:
    drill, client = make_drill(), entered(people["official"])
    sample = words.KINDS["call_adopted"].sample
    DrillEntry.objects.create(drill=drill, at=drill.reached_at, kind="call_adopted", data=sample)
    DrillEntry.objects.create(drill=drill, at=drill.reached_at, kind="of_another_version", data={})
    for seats in (311, 312):
        plan = {"seats": seats, "gap": 0.42}
        DrillEntry.objects.create(drill=drill, at=drill.reached_at, kind="plan_made", data=plan)

    page = client.get(f"/zh-hans/drill/{drill.code}/").content.decode()

    for said in ("/ 61 天", "2020年2月5日 星期三", "邻里之家接下了", "1,204", "报名一个班次"):
        assert said in page, said
    assert 'hx-trigger="every 2s"' in page
    assert ("排好 312" in page, "排好 311" in page) == (True, False), "plans of every hour hide the rest"
    drill.status, drill.summary = Drill.Status.DONE, {"figures": {"fill": 83.25}}
    drill.save()
    page = client.get(f"/en/drill/{drill.code}/").content.decode()
    assert "hx-trigger" not in page
    assert 'name="speed"' not in page
    assert "83.2" in page, "the summary is not shown"


def test_a_choice_that_is_none_changes_nothing_and_a_pause_goes_on_as_it_was(people: dict[str, User]) -> None:
    deployment.mark_synthetic(at=clock.now())
    drill, client = make_drill(), entered(people["official"])
    for wrong in ("5", "-1", "nan", "fast", ""):
        page = client.post(f"/en/drill/{drill.code}/speed/", {"speed": wrong}, follow=True)
        assert "Choose one of the speeds" in page.content.decode()
    assert not ClockStretch.objects.exists()
    for chosen in ("600", "0"):
        client.post(f"/en/drill/{drill.code}/speed/", {"speed": chosen})
    assert list(ClockStretch.objects.order_by("begins_at").values_list("speed", flat=True)) == [600, 0]
    page = client.get(f"/en/drill/{drill.code}/").content.decode()
    assert "stands still" in page
    assert page.count('value="600"') == 2, "going on is not at the speed before the pause"
    drill.status = Drill.Status.DONE
    drill.save()
    page = client.post(f"/en/drill/{drill.code}/speed/", {"speed": "60"}, follow=True)
    assert "is over" in page.content.decode()
    assert ClockStretch.objects.count() == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_read_as_much_for_one_as_for_three(
    people: dict[str, User], rows: int, django_assert_num_queries: Queries
) -> None:
    drills = [make_drill(status="running" if not number else "done") for number in range(rows)]
    for drill in drills:
        for _ in range(rows):
            sample = words.KINDS["shift_filled"].sample
            DrillEntry.objects.create(drill=drill, at=BEGINS, kind="shift_filled", data=sample)
    client = entered(people["official"])
    with django_assert_num_queries(5):
        client.get("/en/drill/")
    with django_assert_num_queries(MOST_STATEMENTS - 4):
        client.get(f"/en/drill/{drills[0].code}/")


def test_without_a_drill_the_page_says_how_to_begin_one(people: dict[str, User]) -> None:
    page = entered(people["staff"]).get("/en/drill/").content.decode()
    assert "manage.py drill" in page


def test_every_page_of_a_story_shows_its_time_and_speed(story: SetSpeed, client: Client) -> None:
    deployment.mark_synthetic(at=clock.now())
    day = clock.today()
    page = client.get("/en/").content.decode()
    assert f"{day:%B %Y}" in page and "3,000 times as fast" in page
    story(0)
    assert "时钟停着" in client.get("/zh-hans/").content.decode()
    # The planted fault: where no story is known, nothing is said of one.
    story_time._Known.scale = story_time.Scale()
    assert "Story time" not in client.get("/en/").content.decode()
