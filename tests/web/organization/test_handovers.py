"""An organizer's word on seats that people pass on: the list, a yes, a no, who may, how much it reads."""

import pytest
from django.test import Client

from accounts.models import User
from notifications.models import Message
from organizations.models import Organization
from tasks.models import Assignment, Handover
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.handovers import make_handover
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, page_of, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization(home_area=small_tree().counties[0])


@pytest.fixture
def organizer(client: Client, organization: Organization) -> Client:
    return sign_in(client, make_member(organization, "organizer"))


def agreed(organization: Organization, *, days: int = 1, swap: bool = False) -> Handover:
    """Lan's seat that Ming would take, or swap for one of his."""
    shift = make_shift(
        organization=organization, handover_rule="approve", starts_at=tomorrow_at(9, days=days)
    )
    seat = make_assignment(shift, make_volunteer(user=make_user(name="Lan")))
    taker = make_volunteer(user=make_user(name="Ming"))
    back = None
    if swap:
        later = make_shift(organization=organization, starts_at=tomorrow_at(9, days=days + 20))
        back = make_assignment(later, taker)
    kind = "swap" if swap else "stand-in"
    return make_handover(seat, kind=kind, status="agreed", taker=taker, in_return=back)


def list_of(organization: Organization) -> str:
    return f"/en/org/{organization.code}/handovers/"


def address(handover: Handover) -> str:
    return f"{list_of(handover.assignment.shift.organization)}{handover.code}/"


def test_the_board_counts_what_waits_and_leads_there(organizer: Client, organization: Organization) -> None:
    assert list_of(organization) not in page_of(organizer.get(f"/en/org/{organization.code}/")).links
    handover = agreed(organization)
    looking = make_handover(make_assignment(make_shift(organization=organization)))

    board = page_of(organizer.get(f"/en/org/{organization.code}/"))
    page = check_page(organizer.get(list_of(organization)))

    assert list_of(organization) in board.links
    assert address(handover) in page.links
    assert "Ming instead of Lan" in page.text
    assert looking.assignment.volunteer.user.name in page.text
    cover = f"/en/org/{organization.code}/shifts/{looking.assignment.shift.code}/fill/?order=cover"
    assert cover in page.links


@pytest.mark.parametrize("swap", [False, True])
def test_a_yes_changes_the_seats(organizer: Client, organization: Organization, swap: bool) -> None:
    handover = agreed(organization, swap=swap)

    check_page(organizer.get(address(handover)))
    response = organizer.post(address(handover), {"answer": "yes"}, follow=True)

    assert "Both are told" in page_of(response).text
    live = Assignment.objects.live()
    assert live.get(shift=handover.assignment.shift).volunteer == handover.taker


def test_a_no_needs_a_reason_that_both_read(organizer: Client, organization: Organization) -> None:
    handover = agreed(organization)

    assert "Write the reason" in check_page(organizer.post(address(handover), {"answer": "no"})).text
    organizer.post(address(handover), {"answer": "no", "reason": "The post needs a licence."})

    handover.refresh_from_db()
    assert handover.status == "refused"
    reasons = [
        message.context["reason"] for message in Message.objects.filter(kind="handover_over", channel="inbox")
    ]
    assert reasons == ["The post needs a licence."] * 2


def test_what_became_impossible_is_said_of_the_person(organizer: Client, organization: Organization) -> None:
    handover = agreed(organization)
    make_assignment(make_shift(starts_at=tomorrow_at(10)), handover.taker)

    page = check_page(organizer.post(address(handover), {"answer": "yes"}))

    assert "Ming has another shift at that time" in page.text


def test_who_decides_second_is_told_that_it_is_settled(organizer: Client, organization: Organization) -> None:
    handover = agreed(organization)
    organizer.post(address(handover), {"answer": "yes"})

    response = organizer.post(address(handover), {"answer": "no", "reason": "No."}, follow=True)

    assert "settled already" in page_of(response).text
    assert organizer.get(address(handover)).status_code == 404


def test_only_its_own_leaders_decide(client: Client, organization: Organization) -> None:
    handover = agreed(organization)
    people: list[tuple[User, int]] = [
        (make_member(organization, "desk"), 403),
        (make_member(make_organization(), "owner"), 404),
        (handover.assignment.volunteer.user, 404),
        (handover.taker.user if handover.taker else make_user(), 404),
    ]
    for person, status in people:
        sign_in(client, person)
        for path in (address(handover), list_of(organization)):
            assert client.get(path).status_code == status
        assert client.post(address(handover), {"answer": "yes"}).status_code == status
    handover.refresh_from_db()
    assert handover.status == "agreed"


def test_another_organizations_handover_is_not_found_under_ones_own(
    organizer: Client, organization: Organization
) -> None:
    theirs = agreed(make_organization())

    path = f"{list_of(organization)}{theirs.code}/"
    assert organizer.get(path).status_code == 404
    organizer.post(path, {"answer": "yes"})

    theirs.refresh_from_db()
    assert theirs.status == "agreed"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_a_constant_number_of_statements(
    organizer: Client, organization: Organization, rows: int
) -> None:
    for day in range(rows):
        agreed(organization, days=day + 1)
        make_handover(
            make_assignment(make_shift(organization=organization, starts_at=tomorrow_at(15, days=day + 1)))
        )
    organizer.get(list_of(organization))

    with statements() as seen:
        organizer.get(list_of(organization))

    assert len(seen) == 8
