"""A volunteer's papers and the spot where they start from."""

from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.sessions import sign_in
from tests.factories.volunteers import give_capability, make_capability, make_volunteer
from tests.web.account.reading import error_of
from volunteers.actions import decline_capability
from volunteers.actions.implications import set_implications
from volunteers.models import Capability, Volunteer, VolunteerCapability

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def volunteer(client: Client, tree: SmallTree) -> Volunteer:
    volunteer = make_volunteer(area=tree.townships[0])
    sign_in(client, volunteer.user)
    return volunteer


@pytest.fixture
def nurse() -> Capability:
    return make_capability("nurse", kind="qualification")


def test_a_paper_is_written_down_waits_and_may_be_removed(
    client: Client, volunteer: Volunteer, nurse: Capability
):
    until = (clock.today() + timedelta(days=90)).isoformat()
    values = {"capability": "nurse", "evidence": "No. 7, Red Cross", "expires_on": until}
    page = client.post("/en/me/papers/", values, follow=True).content.decode()
    assert "waits to be looked at" in page and "No. 7, Red Cross" in page
    assert VolunteerCapability.objects.get(volunteer=volunteer, capability=nurse).is_waiting
    page = client.post("/en/me/papers/nurse/remove/", follow=True).content.decode()
    assert "/en/me/papers/?again=nurse#again" in page
    assert client.get("/en/me/papers/?again=nurse").context["form"].initial == {"capability": "nurse"}
    assert not VolunteerCapability.objects.exists()
    assert client.post("/en/me/papers/nurse/remove/").status_code == 404


def test_a_paper_that_counts_says_what_else_it_counts_for(
    client: Client, volunteer: Volunteer, nurse: Capability
):
    implied = [make_capability("first-aid"), make_capability("aider", kind="qualification")]
    set_implications(direct=[(nurse, capability) for capability in implied], by=None, at=clock.now())
    give_capability(volunteer, nurse, confirmed=False, claimed_at=clock.now())
    assert "Counts as well" not in client.get("/en/me/papers/").content.decode()

    VolunteerCapability.objects.update(confirmed_at=clock.now(), confirmed_by=volunteer.user)
    page = client.get("/en/me/papers/").content.decode()

    assert "Counts as well for: Skill aider, Skill first-aid" in page


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"evidence": "No. 7"}, "capability", "Choose one"),
        ({"capability": "nurse", "evidence": " "}, "evidence", "the number and who issued it"),
        ({"capability": "nurse", "evidence": "No. 7", "expires_on": "2019-01-01"}, "expires_on", "expired"),
        ({"capability": "driver", "evidence": "No. 7"}, "capability", "driver"),
    ],
)
def test_what_is_missing_is_named(
    client: Client, volunteer: Volunteer, nurse: Capability, values: dict[str, str], field: str, sentence: str
):
    response = client.post("/en/me/papers/", values)
    assert response.status_code == 422
    assert sentence in error_of(response, field)
    assert not VolunteerCapability.objects.exists()


def test_a_refusal_shows_its_reason_and_the_paper_can_be_chosen_again(
    client: Client, volunteer: Volunteer, nurse: Capability
):
    row = give_capability(volunteer, nurse, confirmed=False, claimed_at=clock.now(), evidence="No. 7")
    assert "What waits" not in client.get("/en/me/papers/").content.decode()
    assert client.get("/en/me/papers/").context["open_to"] == []
    decline_capability(capability=row, reason="No such number.", by=make_user(), at=clock.now())
    page = client.get("/en/me/papers/")
    assert "No such number." in page.content.decode()
    assert page.context["open_to"] == [nurse]


def test_states_are_told_apart(client: Client, volunteer: Volunteer):
    yesterday = clock.today() - timedelta(days=1)
    for days, fields in enumerate(({}, {"expires_on": yesterday}, {"confirmed": False})):
        give_capability(volunteer, make_capability(f"paper-{days}", kind="qualification"), **fields)
    states = [state for _, state, _ in client.get("/en/me/papers/").context["held"]]
    assert states == ["counts", "expired", "unsaid"]


def test_a_spot_is_kept_to_a_hundred_metres_and_forgotten(client: Client, volunteer: Volunteer):
    client.post("/en/me/profile/point/", {"longitude": "120.123456", "latitude": "30.98765"})
    volunteer.refresh_from_db()
    assert (volunteer.longitude, volunteer.latitude) == (120.123, 30.988)
    assert "Forget my spot" in client.get("/en/me/profile/").content.decode()
    client.post("/en/me/profile/point/forget/")
    volunteer.refresh_from_db()
    assert (volunteer.longitude, volunteer.latitude) == (None, None)


@pytest.mark.parametrize(
    "values",
    [{}, {"longitude": "200", "latitude": "30"}, {"longitude": "nan", "latitude": "30"}, {"longitude": "1"}],
)
def test_what_is_no_place_changes_nothing(client: Client, volunteer: Volunteer, values: dict[str, str]):
    response = client.post("/en/me/profile/point/", values, follow=True)
    assert "could not be read" in response.content.decode()
    volunteer.refresh_from_db()
    assert volunteer.longitude is None


def test_who_moves_is_no_longer_near_the_old_spot(client: Client, volunteer: Volunteer, tree: SmallTree):
    client.post("/en/me/profile/point/", {"longitude": "120.1", "latitude": "30.2"})
    values = {
        "county": tree.counties[0].code,
        "reach_km": "5",
        "max_hours_week": "10",
        "offers_a_day": "2",
    }
    client.post("/en/me/profile/", {**values, "township": tree.townships[0].code})
    volunteer.refresh_from_db()
    assert volunteer.longitude == 120.1
    client.post("/en/me/profile/", values)
    volunteer.refresh_from_db()
    assert volunteer.longitude is None
