"""Who may enter officials' pages, and what they may reach there."""

from typing import Any

import pytest
from django.urls import reverse

from areas.models import Area
from core import clock
from organizations.models import Organization, Verification
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree
from tests.factories.calls import make_step
from tests.factories.governing import make_review, make_transfer
from tests.factories.marks import make_mark, make_missed
from tests.factories.matching import make_match_run
from tests.factories.organizations import make_organization
from tests.factories.playbooks import make_playbook
from tests.factories.residents import make_request
from tests.factories.sheets import make_sheet
from tests.factories.tasks import make_crisis, make_task
from tests.factories.volunteers import give_capability, make_capability, make_volunteer
from tests.web.authority.conftest import People, signed_in
from volunteers.models import VolunteerCapability
from web.authority.urls import urlpatterns

pytestmark = pytest.mark.django_db
# What somebody wrote down for a resident is read aloud by that person alone, and who lent a decision takes it back.
OF_ONE = {"asked", "slip", "revoke_delegation"}
ALL = [pattern.name for pattern in urlpatterns if pattern.name not in OF_ONE]
OF_A_CALL = {
    "ask",
    "call",
    "cancel_call",
    "close_call",
    "edit_call",
    "look_after",
    "new_step",
    "publish_call",
    "step",
}
OF_A_PLAYBOOK = {
    "edit_playbook",
    "playbook",
    "playbook_file",
    "playbook_stage",
    "restore_playbook",
    "retire_playbook",
}
# These need something to be on: without it they lead back.
CONDITIONAL = {"change_stage", "end_crisis", "lift_stop"}


def waiting(area):
    organization = make_organization(home_area=area, status="pending")
    Verification.objects.create(
        organization=organization,
        requested_at=clock.now(),
        requested_by=make_user(),
        evidence="A certificate.",
    )
    return organization


def claimed(tree: SmallTree) -> VolunteerCapability:
    """A paper of a volunteer of the first county that nobody has looked at."""
    volunteer = make_volunteer(area=tree.townships[0])
    paper = make_capability(kind="qualification")
    return give_capability(volunteer, paper, confirmed=False, claimed_at=clock.now(), evidence="No. 7")


def authority_of(county: Area) -> Organization:
    """The first one, in which the people of these tests are: a call brings another."""
    return Organization.objects.authorities().filter(home_area=county).order_by("pk")[0]


def organization_nearby(county: Area) -> Organization:
    return make_organization(home_area=county)


def table(county: Area, **fields: Any) -> str:
    """The code of a table of the county's authority."""
    authority = Organization.objects.authorities().filter(home_area=county).first()
    sheet = make_sheet(authority, make_user(), kind="organizations", area=county, **fields)
    return sheet.code


@pytest.fixture
def addresses(tree: SmallTree, people: People) -> dict[str, str]:
    """Every page of the first county, with a call, an organization and tables of its own."""
    county = tree.counties[0]
    task, organization = make_task(area=county), waiting(county)
    claim = claimed(tree)
    book = make_playbook(areas=[county])
    make_crisis(county, playbook=book)
    found = {}
    for name in ALL:
        arguments = [county.code]
        if name in OF_A_CALL:
            arguments.append(task.code)
        if name == "table_of":
            arguments.append("kinds")
        if name in OF_A_PLAYBOOK:
            arguments.append(book.code)
        if name == "playbook_stage":
            arguments.append("1")
        if name in ("request", "request_pass_on"):
            arguments.append(make_request(area=tree.townships[0]).ref)
        if name == "step":
            arguments.append(make_step(task, organization_nearby(county)).code)
        if name == "approval":
            arguments.append(organization.code)
        if name == "review":
            arguments.append(make_review(authority_of(county)).code)
        if name == "transfer":
            arguments.append(make_transfer(make_task(area=tree.townships[-1]), giver=county).code)
        if name == "objection":
            arguments.append(make_mark(make_missed(area=county), status="appealed").code)
        if name in ("sheet_bring_in", "sheet_sample"):
            arguments += ["organizations", "csv"][: 1 + (name == "sheet_sample")]
        if name in ("sheet_sheet", "sheet_report"):
            arguments.append(table(county))
        if name == "sheet_file":
            arguments.append(table(county, direction="out", status="done"))
        if name in ("plan", "call_off_plan"):
            arguments.append(make_match_run(county, status="queued").code)
        if name == "qualification":
            arguments += [claim.volunteer.number, claim.capability.code]
        found[name] = reverse(f"authority:{name}", args=arguments)
    return found


def statuses(addresses: dict[str, str], user) -> dict[str, int]:
    client = signed_in(user)
    return {name: client.get(address).status_code for name, address in addresses.items()}


@pytest.mark.parametrize("who", ["official", "above"])
def test_officials_of_the_area_and_of_the_one_above_enter_every_page(
    addresses: dict[str, str], people: People, who: str
) -> None:
    found = statuses(addresses, getattr(people, who))

    # A crisis is on, the call is public, nothing is stopped: these pages turn back and say so.
    turning_back = dict.fromkeys(("lift_stop", "start_crisis", "publish_call"), 303) | dict.fromkeys(
        ("ask_for_plan", "look_after", "restore_playbook"), 405
    )
    expected = dict.fromkeys(ALL, 200) | turning_back
    assert found == expected


def test_officials_of_another_area_are_told_that_it_is_not_theirs(
    addresses: dict[str, str], people: People
) -> None:
    assert set(statuses(addresses, people.elsewhere).values()) == {403}


def test_the_desk_of_an_authority_is_no_official(addresses: dict[str, str], people: People) -> None:
    assert set(statuses(addresses, people.desk).values()) == {403}


@pytest.mark.parametrize("who", ["organizer", "volunteer"])
def test_others_find_nothing(addresses: dict[str, str], people: People, who: str) -> None:
    assert set(statuses(addresses, getattr(people, who)).values()) == {404}


def test_strangers_are_asked_to_sign_in(addresses: dict[str, str]) -> None:
    assert set(statuses(addresses, None).values()) == {302}


@pytest.mark.parametrize("who", ["elsewhere", "desk", "organizer", "volunteer"])
def test_nobody_else_stops_an_area(addresses: dict[str, str], people: People, who: str) -> None:
    response = signed_in(getattr(people, who)).post(addresses["stop"], {"reason": "Because."})

    assert response.status_code in (403, 404)


def test_a_call_of_another_area_is_not_found_here(people: People, tree: SmallTree) -> None:
    elsewhere = make_task(area=tree.counties[1])
    client = signed_in(people.official)

    for name in ("call", "edit_call", "cancel_call", "close_call", "publish_call"):
        address = reverse(f"authority:{name}", args=[tree.counties[0].code, elsewhere.code])
        assert client.get(address).status_code == 404
        assert client.post(address, {"reason": "Because."}).status_code == 404


def test_an_organization_of_another_area_is_not_decided_here(people: People, tree: SmallTree) -> None:
    organization = waiting(tree.counties[1])

    address = reverse("authority:approval", args=[tree.counties[0].code, organization.code])

    assert signed_in(people.official).post(address, {"decision": "approve"}).status_code == 404


def test_every_page_says_who_may_enter() -> None:
    assert {pattern.callback.access for pattern in urlpatterns} == {"official"}
