"""Tables out: for those who may, with a purpose that everybody in them can read."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core import clock, faults
from core.models import AccessRecord
from organizations.models import Membership
from sheets.actions import exporting
from sheets.actions.errors import NotYours
from sheets.actions.exporting import PurposeMissing, take_out, write_out
from sheets.models import Sheet
from tasks.models import Shift
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.sheets import make_affiliation
from tests.factories.tasks import make_assignment, make_record, make_role, make_shift, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.sheets.making import checked, taken

pytestmark = pytest.mark.django_db


def out(kind, organization, **values):
    values = {
        "format": "csv",
        "by": values.get("by") or make_member(organization, "owner"),
        "at": clock.now(),
        "language": "en",
        "purpose": "before",
        **values,
    }
    return take_out(kind=kind, organization=organization, **values)


def rows_of(sheet):
    content = bytes(Sheet.objects.values_list("content", flat=True).get(pk=sheet.pk))
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_people_of_an_organization_leave_without_telephones_and_can_read_it():
    organization = make_organization()
    volunteer = make_volunteer(user=make_user(name="=HYPERLINK(1)", phone="+8613800000044"))
    make_affiliation(organization, volunteer)
    make_affiliation(organization, ended_at=clock.now())

    sheet = out("people", organization)

    rows = rows_of(sheet)
    look = AccessRecord.objects.get(person_id=volunteer.user_id)
    assert len(rows) == 2
    assert rows[1][:2] == [volunteer.number, "'=HYPERLINK(1)"]
    assert "138" not in str(rows)
    assert (look.purpose, look.what, look.actor_label) == ("before", "name", organization.name)


def test_a_roster_has_telephones_until_the_day_after():
    shift = make_shift(starts_at=tomorrow_at(9))
    past = make_shift(organization=shift.organization, starts_at=tomorrow_at(9, days=-4))
    for each in (shift, past):
        make_assignment(each, make_volunteer(user=make_user(phone="+8613800000044")))
    by = make_member(shift.organization, "owner")

    now, then = (out("roster", shift.organization, shift=each, by=by) for each in (shift, past))

    assert rows_of(now)[1][4] == "13800000044"
    assert rows_of(then)[1][4] == ""
    assert sorted(AccessRecord.objects.values_list("what", flat=True)) == ["name", "telephone"]


def test_hours_leave_with_their_records():
    record = make_record(make_assignment(make_shift(starts_at=tomorrow_at(9, days=-2))))

    rows = rows_of(out("hours", record.organization))

    assert rows[1][2] == record.volunteer.number
    assert rows[1][6] == str(record.minutes)


def test_shifts_that_leave_can_come_in_again():
    shift = make_shift(starts_at=tomorrow_at(9), place="East gate")
    by = make_member(shift.organization, "owner")
    sheet = out("shifts", shift.organization, by=by, purpose="")
    content = bytes(Sheet.objects.values_list("content", flat=True).get(pk=sheet.pk))
    shift.task.adoptions.update(organization=shift.organization)
    shift.status = "cancelled"
    shift.cancelled_at, shift.cancel_reason = clock.now(), "Rain."
    shift.save()

    again = taken(checked(content, organization=shift.organization, by=by, kind="shifts", task=shift.task))

    assert again.good_count == 1
    assert not AccessRecord.objects.exists()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_roles_rules_and_work_without_a_time_come_in_again_as_they_left(format):
    first = make_shift(
        starts_at=tomorrow_at(9),
        opens_at=tomorrow_at(6),
        notice_minutes=90,
        needs_approval=True,
        party_most=2,
    )
    make_role(first, name="Driver", seats=2)
    due = make_shift(task=first.task, place="West gate")
    Shift.objects.filter(pk=due.pk).update(starts_at=None, ends_at=None, due_at=tomorrow_at(18))
    open_ended = make_shift(task=first.task, place="North gate")
    Shift.objects.filter(pk=open_ended.pk).update(starts_at=None, ends_at=None)
    by = make_member(first.organization, "owner")
    sheet = out("shifts", first.organization, by=by, purpose="", format=format)
    content = bytes(Sheet.objects.values_list("content", flat=True).get(pk=sheet.pk))
    names = ("starts_at", "due_at", "place", "opens_at", "notice_minutes", "needs_approval", "party_most")
    before = set(Shift.objects.values_list(*names, "roles__name", "roles__seats"))
    Shift.objects.update(status="cancelled", cancelled_at=clock.now(), cancel_reason="Rain.")

    again = taken(checked(content, organization=first.organization, by=by, kind="shifts", task=first.task))

    assert (again.good_count, again.bad_count) == (4, 0)
    came = Shift.objects.filter(status="open")
    assert set(came.values_list(*names, "roles__name", "roles__seats")) == before


def test_officials_take_out_the_organizations_of_their_area():
    tree = small_tree()
    authority = make_authority(tree.counties[0])
    inside = make_organization(home_area=tree.townships[0], name="Inside")
    make_organization(home_area=tree.townships[-1], name="Outside")
    official = make_member(authority)

    sheet = out("organizations", authority, area=tree.counties[0], by=official, purpose="")

    names = [row[0] for row in rows_of(sheet)[1:]]
    assert inside.name in names
    assert "Outside" not in names


def test_a_workbook_holds_the_same():
    organization = make_organization()
    affiliation = make_affiliation(organization)

    sheet = out("people", organization, format="xlsx")

    content = bytes(Sheet.objects.values_list("content", flat=True).get(pk=sheet.pk))
    assert load_workbook(io.BytesIO(content)).active["A2"].value == affiliation.volunteer.number


@pytest.mark.parametrize(("purpose", "own_words"), [("", ""), ("other", " ")])
def test_names_leave_with_a_purpose_only(purpose, own_words):
    with pytest.raises(PurposeMissing):
        out("people", make_organization(), purpose=purpose, own_words=own_words)


@pytest.mark.parametrize("role", ["desk", None])
@pytest.mark.parametrize("kind", ["people", "shifts", "hours"])
def test_only_those_who_lead_take_tables_out(kind, role):
    organization = make_organization()
    by = make_member(organization, role) if role else make_user()

    with pytest.raises(NotYours):
        out(kind, organization, by=by)


def test_an_official_of_elsewhere_takes_nothing_out():
    tree = small_tree()
    authority = make_authority(tree.counties[0])

    with pytest.raises(NotYours):
        out("organizations", authority, area=tree.counties[1], by=make_member(authority))


def test_a_shift_of_others_gives_no_roster():
    with pytest.raises(NotYours):
        out("roster", make_organization(), shift=make_shift())


def test_a_long_table_waits_for_a_worker_and_survives_a_kill(monkeypatch):
    monkeypatch.setattr(exporting, "FEW", 0)
    organization = make_organization()
    for _ in range(3):
        make_affiliation(organization)
    sheet = out("people", organization)
    assert sheet.status == "running"

    def killed(name):
        if name == "before-mark":
            raise KeyboardInterrupt

    monkeypatch.setattr(faults, "point", killed)
    with pytest.raises(KeyboardInterrupt):
        write_out(sheet_id=sheet.pk, at=clock.now())
    assert not AccessRecord.objects.exists()
    assert not write_out(sheet_id=sheet.pk, at=clock.now())
    monkeypatch.setattr(faults, "point", lambda name: None)

    assert write_out(sheet_id=sheet.pk, at=clock.now() + timedelta(minutes=5))
    assert len(rows_of(sheet)) == 4
    assert AccessRecord.objects.count() == 3


def test_whoever_left_while_a_table_waited_takes_nothing_along(monkeypatch):
    monkeypatch.setattr(exporting, "FEW", 0)
    organization = make_organization()
    make_affiliation(organization, make_volunteer())
    by = make_member(organization, "owner")
    sheet = out("people", organization, by=by)
    Membership.objects.filter(user=by).update(ended_at=clock.now())

    assert not write_out(sheet_id=sheet.pk, at=clock.now())

    sheet.refresh_from_db()
    assert (sheet.status, sheet.failure["code"], sheet.content) == ("failed", "left-meanwhile", None)
    assert not AccessRecord.objects.exists()


def test_three_hundred_people_take_as_many_statements_as_three():
    def statements(count):
        organization = make_organization()
        by = make_member(organization, "owner")
        for _ in range(count):
            make_affiliation(organization)
        with CaptureQueriesContext(connection) as asked:
            out("people", organization, by=by)
        return len(asked)

    assert statements(3) == statements(60)
