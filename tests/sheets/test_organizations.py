"""Lists of organizations, entered by officials."""

import pytest

from organizations.models import Invitation, Membership, Organization
from sheets.actions.errors import NotYours
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.sheets.making import checked, csv_of, problems, taken

pytestmark = pytest.mark.django_db

HEADERS = ("名称", "类型", "社会组织类别", "所在区域", "负责人联系方式", "依据")


@pytest.fixture
def tree():
    return small_tree()


@pytest.fixture
def values(tree):
    authority = make_authority(tree.counties[0])
    return {
        "organization": authority,
        "area": tree.counties[0],
        "kind": "organizations",
        "by": make_member(authority),
    }


def test_a_line_becomes_an_approved_organization_whose_owner_is_invited(values):
    sheet = taken(
        checked(
            csv_of(("桐君邻里", "社会组织", "公益", "桐君街道", "13800000044", "街道证明"), headers=HEADERS),
            **values,
        )
    )

    entered = Organization.objects.get(name="桐君邻里")
    invitation = Invitation.objects.get(organization=entered)
    check = entered.verifications.get()
    assert sheet.good_count == 1
    assert (entered.status, entered.kind, entered.cbo_type) == ("approved", "cbo", "charity")
    assert (invitation.contact, invitation.role) == ("+8613800000044", "owner")
    assert (check.decision, check.decided_by, check.evidence) == ("approved", values["by"], "街道证明")
    assert not Membership.objects.filter(organization=entered).exists()


def test_bad_lines_are_named(tree, values):
    make_organization(name="已有", home_area=tree.townships[0])
    sheet = checked(
        csv_of(
            ("一", "互助会", "", "桐君街道", "13800000044", "x"),
            ("一", "互助会", "", "桐君街道", "13800000045", "x"),
            ("二", "火箭", "", "桐君街道", "13800000044", "x"),
            ("三", "互助会", "", "安吉县", "13800000044", "x"),
            ("四", "社会组织", "", "桐君街道", "13800000044", "x"),
            ("已有", "互助会", "", "桐君街道", "13800000044", "x"),
            ("五", "政府", "", "桐君街道", "13800000044", "x"),
            ("六", "学校", "", "桐君街道", "1380", "x"),
            ("七", "学校", "", "桐君街道", "13800000044", ""),
            headers=HEADERS,
        ),
        **values,
    )

    assert problems(sheet) == [
        (3, "name", "same-as-line"),
        (4, "kind", "unknown-kind"),
        (5, "area", "outside-area"),
        (6, "cbo_type", "cbo-type-needed"),
        (7, "name", "name-taken"),
        (8, "kind", "no-authority-by-table"),
        (9, "owner_contact", "bad-contact"),
        (10, "evidence", "missing"),
    ]
    assert taken(sheet).good_count == 1


def test_a_group_enters_no_organizations():
    organization = make_organization()

    with pytest.raises(NotYours):
        checked(csv_of(headers=HEADERS), organization=organization, kind="organizations")
