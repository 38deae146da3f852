"""Lists of people become invitations, alike for those who are known and those who are not."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.actions.contacts import normalize_phone
from accounts.queries import people_behind
from core import clock
from notifications.models import Message
from sheets.actions import people, working
from sheets.actions.errors import FileRefused, LinesAreBad, NothingToTake, NotYours, SheetMovedOn
from sheets.actions.importing import bring_in, check, drop, mapping_by_names, take_over
from sheets.actions.working import work
from sheets.models import Sheet
from sheets.rendering.report import said
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.volunteers import make_capability, make_volunteer
from tests.sheets.making import HEADERS, brought, checked, csv_of, fresh, problems, taken, xlsx_of
from volunteers.actions import decline_volunteer_invitation
from volunteers.models import VolunteerInvitation

pytestmark = pytest.mark.django_db

GOOD = ("张三", "13800000044", "", "", "", "", "")


def person(number: int, name: str = "") -> tuple[str, ...]:
    return (name or f"人{number}", f"138{number:08d}", "", "", "", "", "")


def test_a_good_line_becomes_an_invitation_and_one_message():
    tree = small_tree()
    make_capability("driving")
    sheet = taken(
        checked(csv_of(("张三", "１３８ 0000 0044", "", "桐庐县桐君街道", "driving", "", "晚上有空")))
    )

    invitation = VolunteerInvitation.objects.get()
    message = Message.objects.get()
    assert (sheet.status, sheet.good_count, sheet.bad_count) == ("done", 1, 0)
    assert invitation.contact == "+8613800000044"
    assert invitation.name == "张三"
    assert invitation.area == tree.townships[0]
    assert invitation.capability_codes == ["driving"]
    assert invitation.note == "晚上有空"
    assert (message.kind, message.address, message.recipient) == ("volunteer_invited", "+8613800000044", None)
    assert message.context["secret"] == f"/invited/{invitation.code}/"


def test_an_address_among_telephones_and_everyday_names_of_languages_are_understood():
    make_capability("mandarin", kind="language")
    sheet = taken(checked(csv_of(("陈静", "Chen.Jing@example.org", "", "", "", "中文", ""))))

    invitation = VolunteerInvitation.objects.get()
    assert (invitation.contact, invitation.capability_codes) == ("chen.jing@example.org", ["mandarin"])
    assert problems(sheet) == []


def test_checking_saves_nothing_but_what_is_wrong():
    sheet = checked(csv_of(GOOD, ("", "13800000045", "", "", "", "", "")))

    assert (sheet.status, sheet.good_count, sheet.bad_count) == ("checked", 1, 1)
    assert problems(sheet) == [(3, "name", "missing")]
    assert not VolunteerInvitation.objects.exists()
    assert not Message.objects.exists()


def test_each_bad_line_is_named_and_the_rest_is_unharmed():
    small_tree()
    sheet = checked(
        csv_of(
            GOOD,
            ("李四", "1.38E+10", "", "", "", "", ""),
            ("王五", "138-0000-0044", "", "", "", "", ""),
            ("赵六", "1380000004", "", "", "", "", ""),
            ("孙七", "", "", "", "", "", ""),
            ("周八", "13800000048", "", "没有镇", "", "", ""),
            ("吴九", "", "wu@", "", "", "", ""),
            ("郑" * 41, "13800000050", "", "", "", "", ""),
            ("冯十", "13800000051", "", "", "跳伞", "", ""),
            ("陈一", "57188880000", "", "", "", "", ""),
        )
    )

    assert problems(sheet) == [
        (3, "phone", "number-shortened"),
        (4, "phone", "same-as-line"),
        (5, "phone", "bad-contact"),
        (6, "phone", "no-contact"),
        (7, "area", "unknown-area"),
        (8, "email", "bad-contact"),
        (9, "name", "too-long"),
        (10, "skills", "unknown-skill"),
        (11, "phone", "bad-contact"),
    ]
    assert (sheet.good_count, sheet.bad_count) == (2, 8)
    assert taken(sheet).good_count == 2
    assert VolunteerInvitation.objects.count() == 2


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "第 2 行"), ("en", "line 2")])
def test_the_report_is_worded_in_the_readers_language(language, words):
    sheet = checked(csv_of(GOOD, GOOD))

    with override(language):
        (each,) = said(sheet, sheet.problems.all())

    assert words in each.reason


def test_a_refusal_of_another_app_is_kept_in_both_languages():
    sheet = checked(csv_of(("李四", "1380000004", "", "", "", "", "")))

    words = sheet.problems.get().params["words"]

    assert "short" in words["en"]
    assert "少" in words["zh"]


def test_all_or_nothing_takes_nothing_while_a_line_is_bad():
    sheet = checked(csv_of(GOOD, ("李四", "", "", "", "", "", "")))

    with pytest.raises(LinesAreBad):
        take_over(sheet=sheet, whole_only=True, by=sheet.by, at=clock.now())
    assert not VolunteerInvitation.objects.exists()


def test_all_or_nothing_takes_nothing_where_a_line_went_bad_since_it_was_checked():
    organization = make_organization()
    sheet = checked(csv_of(*map(person, range(5))), organization=organization)
    taken(checked(csv_of(person(3)), organization=organization, by=sheet.by))

    sheet = taken(sheet, whole_only=True)

    assert sheet.status == "refused"
    assert sheet.bad_count == 1
    assert problems(sheet) == [(5, "phone", "invited-already")]
    assert VolunteerInvitation.objects.count() == 1
    assert sheet.content is None


def test_all_is_taken_where_all_is_good():
    sheet = taken(checked(csv_of(*map(person, range(5)))), whole_only=True)

    assert (sheet.status, sheet.good_count) == ("done", 5)


def test_where_no_line_is_good_nothing_can_be_taken():
    sheet = checked(csv_of(("李四", "", "", "", "", "", "")))

    with pytest.raises(NothingToTake):
        take_over(sheet=sheet, whole_only=False, by=sheet.by, at=clock.now())


def outcome(contact: str) -> tuple[object, list[str]]:
    """All that whoever brings a list can see of a contact, and the statements that it took."""
    organization = make_organization()
    by = make_member(organization, "owner")
    sheet = brought(csv_of(("张三", contact, "", "", "", "", "")), organization=organization, by=by)
    check(sheet=sheet, mapping=sheet.mapping, by=by, at=clock.now())
    with CaptureQueriesContext(connection) as asked:
        work(sheet_id=sheet.pk, at=clock.now())
        sheet = taken(fresh(sheet))
    message = Message.objects.filter(kind="volunteer_invited").latest("pk")
    seen = (
        sheet.status,
        sheet.good_count,
        problems(sheet),
        message.status,
        message.channel,
        message.recipient,
        sorted(message.context),
    )
    return seen, [query["sql"] for query in asked]


def test_known_and_unknown_contacts_are_answered_alike_by_the_same_statements():
    known = make_volunteer(user=make_user(phone="+8613800000044", consents=("terms", "messages")))
    closed = make_user(phone="+8613800000045", is_active=False)
    refuses = make_user(phone="+8613800000046", consents=("terms",))

    answers = [outcome(contact) for contact in (known.user.phone, closed.phone, refuses.phone, "13800000047")]

    assert all(seen == answers[0][0] for seen, _ in answers)
    assert len({len(statements) for _, statements in answers}) == 1
    assert not any(looked_up(statements) for _, statements in answers)


def looked_up(statements: list[str]) -> list[str]:
    """The statements that ask for a person by a contact."""
    return [sql for sql in statements if "accounts_user" in sql and "138000000" in sql]


def test_a_look_up_would_be_noticed(monkeypatch):
    def nosy(text):
        people_behind(contact := normalize_phone(text)).exists()
        return contact

    monkeypatch.setattr(people, "normalize_contact", nosy)

    assert looked_up(outcome("13800000047")[1])


def test_the_same_list_again_invites_nobody_twice():
    organization = make_organization()
    first = taken(checked(csv_of(*map(person, range(3))), organization=organization))

    again = checked(csv_of(*map(person, range(4))), organization=organization, by=first.by)

    assert [reason for _, _, reason in problems(again)] == ["invited-already"] * 3
    assert taken(again).good_count == 1
    assert Message.objects.count() == 4


def test_whoever_declined_is_not_asked_again_by_this_organization():
    organization, other = make_organization(), make_organization()
    first = taken(checked(csv_of(GOOD), organization=organization))
    decline_volunteer_invitation(invitation=VolunteerInvitation.objects.get(), by=None, at=clock.now())

    again = checked(csv_of(GOOD), organization=organization, by=first.by)
    elsewhere = checked(csv_of(GOOD), organization=other)

    assert problems(again) == [(2, "phone", "invitation-declined")]
    assert elsewhere.good_count == 1


def test_an_expired_invitation_can_be_sent_anew():
    organization = make_organization()
    first = taken(checked(csv_of(GOOD), organization=organization))
    VolunteerInvitation.objects.update(expires_at=clock.now() - timedelta(days=1))

    assert taken(checked(csv_of(GOOD), organization=organization, by=first.by)).good_count == 1
    assert sorted(VolunteerInvitation.objects.values_list("ending", flat=True)) == ["", "expired"]


def test_a_day_has_a_limit_that_a_second_list_does_not_widen(settings):
    settings.INVITATIONS_A_DAY = 3
    organization = make_organization()
    first = checked(csv_of(*map(person, range(4))), organization=organization)
    assert problems(first) == [(5, "phone", "day-limit-reached")]
    first = taken(first)

    second = checked(csv_of(*map(person, range(10, 12))), organization=organization, by=first.by)

    assert first.good_count == 3
    assert second.good_count == 0


def test_lists_that_were_checked_together_still_share_the_limit(settings):
    settings.INVITATIONS_A_DAY = 3
    organization = make_organization()
    first = checked(csv_of(*map(person, range(2))), organization=organization)
    second = checked(csv_of(*map(person, range(10, 12))), organization=organization, by=first.by)

    assert (taken(first).good_count, taken(second).good_count) == (2, 1)


def test_a_workbook_with_merged_cells_and_formulas_names_them():
    small_tree()
    content = xlsx_of(
        [
            ("志愿者名单",),
            HEADERS,
            ("张三", 13800000044, None, "桐君街道"),
            ("李四", 13800000045, None, None),
            ("王五", "=A1", None, None),
        ],
        ["A1:G1", "D3:D4"],
    )

    sheet = checked(content)

    assert problems(sheet) == [(4, "area", "merged"), (5, "phone", "formula")]
    assert sheet.good_count == 1


def test_an_area_in_several_counties_asks_which():
    tree = small_tree()
    twin = tree.townships[3]
    twin.name_zh, twin.short_name_zh = tree.townships[0].name_zh, tree.townships[0].short_name_zh
    twin.save()
    lines = [
        ("张三", "13800000044", "", "桐君街道", "", "", ""),
        ("李四", "13800000045", "", "桐庐县桐君街道", "", "", ""),
    ]

    sheet = checked(csv_of(*lines))

    assert problems(sheet) == [(2, "area", "several-areas")]
    with override("en"):
        (each,) = said(sheet, sheet.problems.all())
    choices = each.reason.partition(": ")[2]
    assert tree.townships[0].name_en in choices
    assert not re.search(r"[\u4e00-\u9fff]", choices)


def test_a_column_that_every_line_needs_must_be_chosen():
    sheet = brought(b"who,number\nZhang San,13800000044\n")

    with pytest.raises(FileRefused) as caught:
        check(sheet=sheet, mapping=sheet.mapping, by=sheet.by, at=clock.now())
    assert caught.value.code == "column-missing"
    mapping = mapping_by_names(sheet, {"name": "who", "phone": "B"})
    check(sheet=sheet, mapping=mapping, by=sheet.by, at=clock.now())
    work(sheet_id=sheet.pk, at=clock.now())
    assert fresh(sheet).good_count == 1


def test_one_column_cannot_be_two_fields():
    sheet = brought(csv_of(GOOD))

    with pytest.raises(FileRefused) as caught:
        check(sheet=sheet, mapping={"name": 0, "phone": 0}, by=sheet.by, at=clock.now())
    assert caught.value.code == "column-twice"


def test_a_file_with_headers_alone_says_so():
    sheet = checked(csv_of())

    assert sheet.status == "failed"
    assert sheet.failure["code"] == "no-lines"


def test_more_lines_than_the_most_are_refused(monkeypatch):
    monkeypatch.setattr(working, "MOST_ROWS", 3)

    sheet = checked(csv_of(*map(person, range(4))))

    assert sheet.failure["code"] == "too-many-rows"


@pytest.mark.parametrize("role", ["desk", None])
def test_only_those_who_lead_bring_people_in(role):
    organization = make_organization()
    by = make_member(organization, role) if role else make_user()

    with pytest.raises(NotYours):
        brought(csv_of(GOOD), organization=organization, by=by)


def test_a_group_that_waits_for_approval_invites_nobody():
    with pytest.raises(NotYours):
        brought(csv_of(GOOD), organization=make_organization(status="pending"))


def test_whoever_left_meanwhile_invites_nobody_any_more():
    sheet = checked(csv_of(GOOD))
    take_over(sheet=sheet, whole_only=False, by=sheet.by, at=clock.now())
    sheet.organization.memberships.update(ended_at=clock.now())

    work(sheet_id=sheet.pk, at=clock.now())

    assert fresh(sheet).status == "failed"
    assert not VolunteerInvitation.objects.exists()


def test_a_dropped_table_loses_its_file_and_goes_no_further():
    sheet = checked(csv_of(GOOD))

    drop(sheet=sheet, by=sheet.by, at=clock.now())

    assert fresh(sheet).content is None
    with pytest.raises(SheetMovedOn):
        take_over(sheet=sheet, whole_only=False, by=sheet.by, at=clock.now())


def test_a_table_is_nothing_for_others():
    sheet = checked(csv_of(GOOD))
    stranger = make_member(make_authority(), "owner")

    with pytest.raises(NotYours):
        take_over(sheet=sheet, whole_only=False, by=stranger, at=clock.now())


def test_what_is_no_table_is_refused_when_it_is_brought():
    organization = make_organization()
    with pytest.raises(FileRefused) as caught:
        bring_in(
            kind="people",
            organization=organization,
            file_name="x.pdf",
            content=b"%PDF-1.7",
            by=make_member(organization, "owner"),
            at=clock.now(),
            language="en",
        )
    assert caught.value.code == "no-table"
    assert not Sheet.objects.exists()


def test_twenty_thousand_lines_take_a_fixed_number_of_statements_a_batch(settings):
    settings.INVITATIONS_A_DAY = 100_000
    rows = [person(number) if number % 100 else ("", "1380", "", "", "", "", "") for number in range(20_000)]

    with CaptureQueriesContext(connection) as asked:
        sheet = taken(checked(csv_of(*rows)))

    assert (sheet.status, sheet.good_count, sheet.bad_count) == ("done", 19_800, 200)
    assert VolunteerInvitation.objects.count() == 19_800
    assert Message.objects.count() == 19_800
    batches = 2 * 20
    statements = [query for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(statements) < 60 + 12 * batches
