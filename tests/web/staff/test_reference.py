"""Reference data in the admin: what may be changed, what is refused, what stands on record."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from areas.models import Area
from core import admin as reference
from core.admin import uses_of
from core.models import AuditRecord
from tasks.models import TaskTemplate
from tests.factories.areas import small_tree
from tests.factories.tasks import make_task, make_task_type
from tests.factories.volunteers import give_capability, make_capability, make_cause, make_volunteer
from tests.web.reading import statements
from volunteers.models import Capability, Cause

pytestmark = pytest.mark.django_db
NAMED = {"code": "pets", "name_zh": "宠物", "name_en": "Pets", "position": "7"}


def page(table: str, name: str, *args: object) -> str:
    return reverse(f"admin:{table}_{name}", args=args)


def test_a_row_is_added_and_the_record_says_by_whom(staff: Client, member: User) -> None:
    response = staff.post(page("volunteers_capability", "add"), {**NAMED, "kind": "skill"})

    assert response.status_code == 302
    row = Capability.objects.get(code="pets")
    record = AuditRecord.objects.get(verb="reference.added")
    assert (record.actor_id, record.subject_type, record.subject_id) == (
        member.pk,
        "volunteers.capability",
        row.pk,
    )
    assert not LogEntry.objects.exists()


def test_a_change_is_on_record_with_the_columns_that_changed(staff: Client) -> None:
    row = make_cause("pets")

    staff.post(page("volunteers_cause", "change", row.pk), {**NAMED, "name_en": "Animals"})

    row.refresh_from_db()
    assert row.name_en == "Animals"
    data = AuditRecord.objects.get(verb="reference.changed").data
    assert data["code"] == "pets" and "name_en" in data["fields"]


def test_a_code_and_a_kind_stay_what_they_are(staff: Client) -> None:
    row = make_capability("pets", kind="qualification")

    staff.post(page("volunteers_capability", "change", row.pk), {**NAMED, "code": "cats", "kind": "skill"})

    row.refresh_from_db()
    assert (row.code, row.kind, row.name_en) == ("pets", "qualification", "Pets")


def test_a_bad_form_changes_nothing_and_says_why(staff: Client) -> None:
    response = staff.post(page("volunteers_cause", "add"), {**NAMED, "name_zh": ""})

    assert response.status_code == 200 and b"required" in response.content
    assert not Cause.objects.filter(code="pets").exists() and not AuditRecord.objects.exists()


def test_what_nobody_uses_is_deleted_on_record(staff: Client) -> None:
    row = make_capability("pets")

    assert staff.get(page("volunteers_capability", "delete", row.pk)).status_code == 200
    staff.post(page("volunteers_capability", "delete", row.pk), {"post": "yes"})

    assert not Capability.objects.filter(pk=row.pk).exists()
    assert AuditRecord.objects.get(verb="reference.deleted").data["code"] == "pets"


def used_capability() -> Capability:
    row = make_capability()
    give_capability(make_volunteer(), row)
    return row


def wished_cause() -> Cause:
    row = make_cause()
    make_volunteer().causes.add(row)
    return row


@pytest.mark.parametrize(
    ("table", "make"),
    [
        ("volunteers_capability", used_capability),
        ("volunteers_cause", wished_cause),
        ("volunteers_cause", lambda: make_task_type().cause),
        ("tasks_tasktype", lambda: make_task(area=small_tree().townships[0]).type),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_in_use_stays_and_the_page_says_so(staff: Client, table: str, make, method: str) -> None:
    row = make()

    response = getattr(staff, method)(page(table, "delete", row.pk), {"post": "yes"}, follow=True)

    assert "is in use and stays" in response.content.decode()
    assert type(row).objects.filter(pk=row.pk).exists()
    assert not AuditRecord.objects.filter(verb="reference.deleted").exists()


def test_what_comes_into_use_meanwhile_stays_too(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    row = used_capability()
    monkeypatch.setattr(reference, "uses_of", lambda row: False)

    def delete(self: object) -> None:
        raise ProtectedError("in use", set())

    monkeypatch.setattr(Capability, "delete", delete)
    monkeypatch.setattr(
        reference.ReferenceAdmin, "get_deleted_objects", lambda self, objs, request: ([], {}, set(), [])
    )

    response = staff.post(page("volunteers_capability", "delete", row.pk), {"post": "yes"}, follow=True)

    assert "is in use and stays" in response.content.decode()
    assert not AuditRecord.objects.exists()


def test_a_template_does_not_count_as_used_by_its_own_requirements() -> None:
    template = TaskTemplate.objects.create(
        code="pets", type=make_task_type(), title_zh="宠物", title_en="Pets"
    )
    template.requirements.add(make_capability())

    with statements() as asked:
        assert not uses_of(template)
    assert len(asked) <= 1
    assert uses_of(template.type)


def test_many_rows_are_never_deleted_at_once(staff: Client) -> None:
    row = make_cause()

    staff.post(
        page("volunteers_cause", "changelist"), {"action": "delete_selected", "_selected_action": [row.pk]}
    )

    assert Cause.objects.filter(pk=row.pk).exists()


def test_areas_are_read_and_not_written(staff: Client) -> None:
    county = small_tree().counties[0]
    before = Area.objects.get(pk=county.pk).name_zh

    assert staff.get(page("areas_area", "change", county.pk)).status_code == 200
    response = staff.post(page("areas_area", "change", county.pk), {"name_zh": "别处"})

    assert response.status_code == 403
    assert Area.objects.get(pk=county.pk).name_zh == before
    for name in ("add", "delete"):
        assert staff.get(f"/en/staff/reference/areas/area/{county.pk}/{name}/").status_code in {302, 404}


def test_history_leads_to_the_record_of_the_row(staff: Client) -> None:
    row = make_cause("pets")
    staff.post(page("volunteers_cause", "change", row.pk), {**NAMED, "name_en": "Animals"})

    response = staff.get(page("volunteers_cause", "history", row.pk), follow=True)

    assert "reference.changed" in response.content.decode()


@pytest.mark.parametrize("table", ["volunteers_cause", "volunteers_capability", "tasks_tasktype"])
def test_lists_take_as_many_statements_for_three_as_for_one(staff: Client, table: str) -> None:
    counts = []
    for _number in range(2):
        for row in (make_task_type(), make_capability()):
            assert row.pk
        with statements() as asked:
            staff.get(page(table, "changelist"))
        counts.append(len(asked))
        make_task_type()
        make_capability()

    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize("path", ["login/", "logout/", "password_change/", "autocomplete/", "auth/group/"])
def test_the_admin_has_no_door_and_no_table_of_its_own(staff: Client, path: str) -> None:
    assert staff.get(f"/en/staff/reference/{path}").status_code == 404


def test_names_are_in_the_reader_s_language(staff: Client) -> None:
    assert "技能、语言和证书" in staff.get("/zh-hans/staff/reference/").content.decode()
    assert "kills, languages and qualifications" in staff.get("/en/staff/reference/").content.decode()


def test_pages_carry_nothing_that_the_policy_forbids(staff: Client) -> None:
    make_task_type()
    for path in ("", "tasks/tasktype/", "tasks/tasktemplate/add/", "volunteers/capability/add/"):
        html = staff.get(f"/en/staff/reference/{path}").content.decode()
        assert " style=" not in html and "<script>" not in html and "onclick" not in html
