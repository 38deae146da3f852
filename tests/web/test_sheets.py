"""Tables on pages: from the file to the report, for those who may."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core import clock
from notifications.models import Message
from sheets.actions.working import work
from sheets.models import Sheet
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.sheets import make_affiliation, make_sheet, make_volunteer_invitation
from tests.factories.tasks import make_shift
from tests.factories.volunteers import make_capability, make_volunteer
from volunteers.models import Affiliation, VolunteerInvitation
from web.sheets import _shown

pytestmark = pytest.mark.django_db

LIST = "姓名,手机\n张三,13800000044\n李四,1.38E+10\n".encode()


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def owner(client, organization):
    person = make_member(organization, "owner")
    sign_in(client, person)
    return person


def address(name, organization, *args):
    return reverse(f"organization:{name}", args=[organization.code, *args])


def upload(client, organization, content=LIST, kind="people", name="名单.csv", **values):
    values = {"file": SimpleUploadedFile(name, content), "language": "zh-hans", **values}
    return client.post(address("sheet_bring_in", organization, kind), values)


def page_of(client, sheet):
    return client.get(address("sheet_sheet", sheet.organization, sheet.code))


def press(client, sheet, step, **values):
    return client.post(address("sheet_sheet", sheet.organization, sheet.code), {"step": step, **values})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_list_goes_from_the_file_to_the_report(client, organization, owner, language):
    with translation.override(language):
        assert client.get(address("sheets", organization)).status_code == 200
        assert upload(client, organization).status_code == 303
        sheet = Sheet.objects.get()
        columns = page_of(client, sheet).content.decode()
        assert "13800000044" in columns
        assert 'value="check"' in columns
        assert press(client, sheet, "check", **{"column-name": "0", "column-phone": "1"}).status_code == 303
        working = page_of(client, sheet).content.decode()
        assert 'http-equiv="refresh"' in working
        assert "hx-get" in working
        work(sheet_id=sheet.pk, at=clock.now())
        checked = page_of(client, sheet).content.decode()
        assert "1.38E+10" in checked
        assert 'value="take"' in checked
        assert not VolunteerInvitation.objects.exists()
        report = b"".join(client.get(address("sheet_report", organization, sheet.code))).decode("utf-8-sig")
        assert report.splitlines()[1].startswith("3,")
        assert press(client, sheet, "take").status_code == 303
        work(sheet_id=sheet.pk, at=clock.now())
        assert "hx-get" not in page_of(client, sheet).content.decode()
    assert VolunteerInvitation.objects.count() == 1


def test_a_file_that_is_no_table_is_refused_beside_the_field(client, organization, owner):
    response = upload(client, organization, b"%PDF-1.7", name="x.pdf")

    assert response.status_code == 422
    assert "govuk-error-message" in response.content.decode()
    assert not Sheet.objects.exists()


def test_without_a_file_the_page_asks_for_one(client, organization, owner):
    assert client.post(address("sheet_bring_in", organization, "people"), {}).status_code == 422


def test_a_needed_column_that_is_not_chosen_is_asked_for(client, organization, owner):
    upload(client, organization)
    sheet = Sheet.objects.get()

    response = press(client, sheet, "check", **{"column-name": "", "column-phone": "1"})

    assert response.status_code == 422
    assert press(client, sheet, "check", **{"column-name": "0"}).status_code == 422


def test_a_file_can_be_read_in_another_encoding(client, organization, owner):
    sheet = make_sheet(organization, owner, content="姓名,手机\n".encode("gb18030"), encoding="utf-16")

    press(client, sheet, "encoding", encoding="gb18030")

    sheet.refresh_from_db()
    assert (sheet.encoding, sheet.mapping) == ("gb18030", {"name": 0, "phone": 1})


def test_a_table_that_is_given_up_is_gone(client, organization, owner):
    upload(client, organization)
    sheet = Sheet.objects.get()

    assert press(client, sheet, "drop").status_code == 303

    sheet.refresh_from_db()
    assert (sheet.status, sheet.content) == ("dropped", None)


def test_a_schedule_names_its_call(client, organization, owner):
    shift = make_shift(organization=organization)
    shift.task.adoptions.update(organization=organization)
    content = "日期,开始,结束,人数\n2020-02-06,9:00,12:00,4\n".encode()

    assert upload(client, organization, content, "shifts", task=shift.task.code).status_code == 303
    assert Sheet.objects.get().task == shift.task


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_empty_table_can_be_had(client, organization, owner, format):
    response = client.get(address("sheet_sample", organization, "people", format))

    assert response.status_code == 200
    assert len(response.content) > 20


@pytest.mark.parametrize(
    "status", ["new", "checking", "checked", "running", "done", "refused", "dropped", "failed"]
)
def test_every_state_has_a_page_with_few_statements(
    client, organization, owner, status, django_assert_max_num_queries
):
    failure = {"code": "no-lines", "params": {}, "kind": "people"} if status == "failed" else {}
    sheet = make_sheet(organization, owner, status=status, failure=failure, total_count=3, row_count=1)

    with django_assert_max_num_queries(12):
        assert page_of(client, sheet).status_code == 200


def test_a_poll_brings_the_part_alone_and_speaks_once_at_the_end(
    client, organization, owner, django_assert_max_num_queries
):
    def polled(**values):
        at = f"/en/org/{organization.code}/sheets/{make_sheet(organization, owner, **values).code}/"
        with django_assert_max_num_queries(6):
            return client.get(at, headers={"HX-Request": "true"}).content.decode()

    working = polled(status="checking", row_count=1)
    done = polled(status="checked", good_count=2, bad_count=1)

    assert "hx-get" in working and 'role="status"' not in working and "sheet-said" not in working
    assert 'hx-swap-oob="innerHTML:#sheet-said">Checked. Good lines: 2. Bad lines: 1.' in done
    assert "<html" not in done and "hx-get" not in done


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_number_of_statements(
    client, organization, owner, count, django_assert_num_queries
):
    for _ in range(count):
        make_affiliation(organization)
        make_volunteer_invitation(organization, by=owner)
        make_sheet(organization, owner)

    with django_assert_num_queries(8):
        client.get(address("our_people", organization))
    with django_assert_num_queries(5):
        client.get(address("sheets", organization))


@pytest.mark.parametrize("role", ["desk", "stranger", "other"])
def test_tables_are_for_those_who_lead(client, organization, role):
    sheet = make_sheet(organization, make_member(organization, "owner"))
    people = {
        "desk": lambda: make_member(organization, "desk"),
        "stranger": make_user,
        "other": lambda: make_member(make_organization(), "owner"),
    }
    sign_in(client, people[role]())

    for name, args in (
        ("sheets", ()),
        ("sheet_bring_in", ("people",)),
        ("sheet_take_out", ()),
        ("sheet_sheet", (sheet.code,)),
        ("sheet_report", (sheet.code,)),
        ("our_people", ()),
    ):
        assert client.get(address(name, organization, *args)).status_code == (
            403 if role == "desk" else 404
        ), name


def test_a_table_of_another_organization_is_not_found(client, organization, owner):
    other = make_organization()
    sheet = make_sheet(other, make_member(other, "owner"))

    assert client.get(address("sheet_sheet", organization, sheet.code)).status_code == 404


def test_names_leave_with_a_purpose_and_only_to_whoever_stated_it(client, organization, owner):
    make_affiliation(organization)
    where = address("sheet_take_out", organization)

    assert client.post(where, {"kind": "people", "format": "csv"}).status_code == 422
    assert client.post(where, {"kind": "people", "format": "csv", "purpose": "before"}).status_code == 303
    sheet = Sheet.objects.get()
    file = client.get(address("sheet_file", organization, sheet.code))
    assert file.status_code == 200
    assert "attachment" in file["Content-Disposition"]
    sign_in(client, make_member(organization, "owner"))
    assert client.get(address("sheet_file", organization, sheet.code)).status_code == 404


def test_a_roster_is_taken_out_for_its_shift(client, organization, owner):
    shift = make_shift(organization=organization)

    response = client.post(
        address("sheet_roster", organization, shift.code),
        {"kind": "roster", "format": "xlsx", "purpose": "change"},
    )

    assert response.status_code == 303
    assert Sheet.objects.get().shift == shift


def test_officials_bring_organizations_in(client):
    tree = small_tree()
    authority = make_authority(tree.counties[0])
    sign_in(client, make_member(authority))
    content = "名称,类型,区域,负责人手机,依据\n桐君邻里,互助会,桐君街道,13800000044,街道证明\n".encode()

    response = client.post(
        reverse("authority:sheet_bring_in", args=[tree.counties[0].code, "organizations"]),
        {"file": SimpleUploadedFile("x.csv", content), "language": "en"},
    )

    assert response.status_code == 303
    assert Sheet.objects.get().area == tree.counties[0]
    assert client.get(response.url).status_code == 200
    elsewhere = reverse("authority:sheets", args=[tree.counties[1].code])
    assert client.get(elsewhere).status_code == 403


def test_somebody_leaves_the_list_and_an_invitation_is_taken_back(client, organization, owner):
    affiliation = make_affiliation(organization)
    invitation = make_volunteer_invitation(organization, by=owner)
    where = address("our_people_end", organization, affiliation.volunteer.number)

    assert client.get(where).status_code == 200
    assert client.post(where).status_code == 303
    client.post(address("withdraw_volunteer", organization), {"invitation": invitation.code})

    invitation.refresh_from_db()
    assert not Affiliation.objects.live().exists()
    assert invitation.ending == "withdrawn"


@pytest.fixture
def invitation():
    skill = make_capability("driving")
    return make_volunteer_invitation(area=small_tree().townships[0], capability_codes=[skill.code])


def invited(invitation):
    return reverse("account:invited", args=[invitation.code])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_an_invitation_says_who_asks_and_what_they_wrote(client, invitation, language):
    with translation.override(language):
        page = client.get(invited(invitation)).content.decode()

    assert invitation.organization.display_name in page
    assert 'value="张三"' in page
    assert invitation.contact not in page


def test_somebody_new_joins_by_a_code_and_confirms_what_is_right(client, invitation):
    response = client.post(invited(invitation), {"name": "小张", "step": "yes"})
    digits = Message.objects.get(kind="login_code").context["secret"]

    assert response.url == reverse("account:code")
    response = client.post(response.url, {"code": digits})
    assert response.url == invited(invitation)
    page = client.get(invited(invitation)).content.decode()
    assert 'name="area"' in page
    response = client.post(invited(invitation), {"area": "on", "capabilities": ["driving"], "step": "yes"})

    affiliation = Affiliation.objects.get()
    assert affiliation.volunteer.user == User.objects.get(phone=invitation.contact)
    assert affiliation.volunteer.area == invitation.area
    assert client.get(response.url).status_code == 200


def test_one_tap_says_no_without_signing_in(client, invitation):
    response = client.post(invited(invitation), {"step": "decline"})

    invitation.refresh_from_db()
    assert response.status_code == 303
    assert invitation.ending == "declined"
    assert client.get(invited(invitation)).status_code == 200


def test_an_answered_invitation_shows_nothing_to_others(client, invitation):
    invitation.ended_at, invitation.ending = clock.now(), "withdrawn"
    invitation.save()

    page = client.get(invited(invitation)).content.decode()

    assert invitation.organization.display_name not in page
    assert client.post(invited(invitation), {"step": "yes", "name": "x"}).status_code == 200
    assert not Affiliation.objects.exists()


def test_a_known_person_finds_the_invitation_on_their_first_steps(client):
    volunteer = make_volunteer()
    invitation = make_volunteer_invitation(contact=volunteer.user.phone)
    sign_in(client, volunteer.user)

    assert invited(invitation) in client.get(reverse("account:start")).content.decode()


def test_a_volunteer_sees_to_whom_they_belong_and_leaves(client):
    affiliation = make_affiliation(make_organization())
    sign_in(client, affiliation.volunteer.user)
    where = reverse("account:belongs")

    assert affiliation.organization.display_name in client.get(where).content.decode()
    assert client.post(where, {"code": affiliation.organization.code}).status_code == 303
    assert not Affiliation.objects.live().exists()


def test_a_day_in_a_workbook_is_shown_without_a_midnight() -> None:
    cells = [datetime(2026, 11, 24), datetime(2026, 11, 24, 9, 30), None]

    assert _shown(2, cells, 4) == (2, ["2026-11-24", "2026-11-24 09:30:00", "", ""])
