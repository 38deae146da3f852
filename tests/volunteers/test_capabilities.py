"""Papers: claimed, looked at, refused, claimed anew."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories.accounts import make_user
from tests.factories.volunteers import give_capability, make_capability, make_volunteer
from volunteers.actions import (
    CapabilityExpired,
    ClaimDecided,
    PaperHolds,
    ReasonMissing,
    claim_qualification,
    confirm_capability,
    decline_capability,
    drop_qualification,
    update_profile,
)
from volunteers.models import Volunteer, VolunteerCapability

pytestmark = pytest.mark.django_db
AT = datetime(2020, 2, 6, 10, 0, tzinfo=UTC)
UNTIL = date(2020, 12, 31)


def claimed(volunteer: Volunteer, paper, at=AT, **fields) -> VolunteerCapability:
    values = {"evidence": "No. 7", "expires_on": UNTIL, **fields}
    return claim_qualification(volunteer=volunteer, capability=paper, by=volunteer.user, at=at, **values)


def test_a_claim_waits_and_cannot_be_made_twice():
    volunteer, paper = make_volunteer(), make_capability(kind="qualification")
    assert claimed(volunteer, paper).is_waiting
    with pytest.raises(PaperHolds) as refusal:
        claimed(volunteer, paper)
    assert refusal.value.field == "capability"


def test_an_expired_paper_cannot_be_claimed():
    with pytest.raises(CapabilityExpired):
        claimed(make_volunteer(), make_capability(kind="qualification"), expires_on=date(2020, 2, 5))


def test_after_a_refusal_it_may_be_claimed_anew_and_confirmed():
    volunteer, paper = make_volunteer(), make_capability(kind="qualification")
    first = claimed(volunteer, paper)
    with pytest.raises(ReasonMissing):
        decline_capability(capability=first, reason=" ", by=make_user(), at=AT)
    decline_capability(capability=first, reason="No such number.", by=make_user(), at=AT)
    later = AT + timedelta(days=1)
    again = claimed(volunteer, paper, at=later, evidence="No. 8")
    assert (again.pk, again.is_waiting, again.decline_reason) == (first.pk, True, "")
    seen = confirm_capability(capability=again, evidence="No. 8", expires_on=UNTIL, by=make_user(), at=later)
    assert seen.confirmed_at == later


def test_of_two_who_decide_the_second_is_told():
    row = claimed(make_volunteer(), make_capability(kind="qualification"))
    confirm_capability(capability=row, evidence="No. 7", expires_on=None, by=make_user(), at=AT)
    with pytest.raises(ClaimDecided):
        decline_capability(capability=row, reason="No.", by=make_user(), at=AT)
    with pytest.raises(ClaimDecided):
        confirm_capability(capability=row, evidence="No. 7", expires_on=None, by=make_user(), at=AT)


def test_an_expired_paper_is_renewed_by_another_claim():
    volunteer, paper = make_volunteer(), make_capability(kind="qualification")
    give_capability(volunteer, paper, expires_on=date(2020, 2, 5), claimed_at=AT - timedelta(days=400))
    assert claimed(volunteer, paper).is_waiting


def test_a_paper_is_dropped():
    row = claimed(make_volunteer(), make_capability(kind="qualification"))
    drop_qualification(claim=row, by=row.volunteer.user, at=AT)
    assert not VolunteerCapability.objects.exists()


def test_the_profile_form_neither_adds_papers_nor_drops_them():
    volunteer = make_volunteer()
    held, other = make_capability(kind="qualification"), make_capability(kind="qualification")
    claimed(volunteer, held)
    update_profile(volunteer=volunteer, changes={"capabilities": [other]}, by=volunteer.user, at=AT)
    assert [row.capability for row in volunteer.capabilities.all()] == [held]


def test_who_moves_loses_the_old_point():
    volunteer = make_volunteer(longitude=120.1, latitude=30.2)
    same = update_profile(volunteer=volunteer, changes={"area": None}, by=volunteer.user, at=AT)
    assert same.longitude == 120.1
