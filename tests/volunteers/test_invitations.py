"""The answer to an invitation is the person's own."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from organizations.actions import NotAllowed
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_member, make_organization
from tests.factories.sheets import make_affiliation, make_volunteer_invitation
from tests.factories.volunteers import make_capability, make_volunteer
from volunteers.actions import (
    AffiliationOver,
    Invitee,
    VolunteerInvitationOver,
    accept_volunteer_invitation,
    decline_volunteer_invitation,
    end_affiliation,
    invite_volunteers,
    withdraw_volunteer_invitation,
)
from volunteers.models import Affiliation, Volunteer, VolunteerInvitation

pytestmark = pytest.mark.django_db


def accept(invitation, by, **values):
    values = {"area": True, "capability_codes": list(invitation.capability_codes), **values}
    return accept_volunteer_invitation(invitation=invitation, by=by, at=clock.now(), **values)


def test_who_accepts_belongs_and_confirms_what_is_right():
    skill, wrong = make_capability("driving"), make_capability("cooking")
    area = make_area()
    invitation = make_volunteer_invitation(area=area, capability_codes=[skill.code, wrong.code], note="x")
    person = make_user()

    affiliation = accept(invitation, person, capability_codes=[skill.code, "not-on-the-list"])

    volunteer = Volunteer.objects.get(user=person)
    invitation.refresh_from_db()
    assert affiliation.organization == invitation.organization
    assert volunteer.area == area
    assert [row.capability for row in volunteer.capabilities.all()] == [skill]
    assert (invitation.ending, invitation.accepted_by) == ("accepted", person)
    assert (invitation.name, invitation.note, invitation.area, invitation.capability_codes) == (
        "",
        "",
        None,
        [],
    )


def test_a_profile_keeps_its_own_area_and_skills():
    own, theirs = make_capability("driving"), make_capability("cooking")
    home = make_area()
    volunteer = make_volunteer(area=home, capabilities=[own])
    invitation = make_volunteer_invitation(area=make_area(), capability_codes=[theirs.code])

    accept(invitation, volunteer.user)

    volunteer.refresh_from_db()
    assert volunteer.area == home
    assert {row.capability for row in volunteer.capabilities.all()} == {own, theirs}


def test_an_invitation_opens_once():
    invitation = make_volunteer_invitation()
    person = make_user()
    first = accept(invitation, person)

    assert accept(invitation, person) == first
    with pytest.raises(VolunteerInvitationOver):
        accept(invitation, make_user())


@pytest.mark.parametrize("how", ["expired", "declined", "withdrawn", "suspended"])
def test_what_is_over_cannot_be_accepted(how):
    invitation = make_volunteer_invitation()
    by = make_member(invitation.organization, "owner")
    if how == "expired":
        invitation.expires_at = clock.now() - timedelta(seconds=1)
        invitation.save()
    elif how == "declined":
        decline_volunteer_invitation(invitation=invitation, by=None, at=clock.now())
    elif how == "withdrawn":
        withdraw_volunteer_invitation(invitation=invitation, by=by, at=clock.now())
    else:
        invitation.organization.status = "suspended"
        invitation.organization.save()

    with pytest.raises(VolunteerInvitationOver):
        accept(invitation, make_user())
    assert not Affiliation.objects.exists()


def test_a_refusal_forgets_what_was_written_and_may_be_said_twice():
    invitation = make_volunteer_invitation(note="x", area=make_area())

    decline_volunteer_invitation(invitation=invitation, by=None, at=clock.now())
    row = decline_volunteer_invitation(invitation=invitation, by=None, at=clock.now())

    assert (row.ending, row.name, row.note, row.area) == ("declined", "", "", None)
    assert AuditRecord.objects.filter(verb="volunteer.invitation_declined").count() == 1


def test_only_those_who_lead_take_an_invitation_back():
    invitation = make_volunteer_invitation()

    with pytest.raises(NotAllowed):
        withdraw_volunteer_invitation(
            invitation=invitation, by=make_member(invitation.organization, "desk"), at=clock.now()
        )


def test_either_side_ends_it_and_nobody_else():
    organization = make_organization()
    mine, theirs = make_affiliation(organization), make_affiliation(organization)

    end_affiliation(affiliation=mine, by=mine.volunteer.user, at=clock.now())
    end_affiliation(affiliation=theirs, by=make_member(organization, "organizer"), at=clock.now())

    assert not Affiliation.objects.live().exists()
    with pytest.raises(AffiliationOver):
        end_affiliation(affiliation=mine, by=mine.volunteer.user, at=clock.now())
    with pytest.raises(NotAllowed):
        end_affiliation(affiliation=make_affiliation(organization), by=make_user(), at=clock.now())


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"ended_at": "now"}, "an_ended_invitation_says_how"),
        ({"ended_at": "now", "ending": "accepted"}, "an_accepted_volunteer_invitation_has_who"),
    ],
)
def test_the_database_keeps_invitations_whole(fields, name):
    fields = {key: clock.now() if value == "now" else value for key, value in fields.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make_volunteer_invitation(**fields)


def test_the_database_keeps_one_open_invitation_and_one_affiliation():
    organization = make_organization()
    volunteer = make_volunteer()
    make_volunteer_invitation(organization, contact="a@example.org")
    make_affiliation(organization, volunteer)

    with pytest.raises(IntegrityError, match="one_open_invitation_a_contact"), transaction.atomic():
        make_volunteer_invitation(organization, contact="a@example.org")
    with pytest.raises(IntegrityError, match="one_live_affiliation"), transaction.atomic():
        make_affiliation(organization, volunteer)


def invite(organization, contact="+8613800000001"):
    by = make_member(organization, "owner")
    return invite_volunteers(
        organization=organization,
        invitees=[Invitee(contact=contact, name="张三")],
        by=by,
        at=clock.now(),
        language="zh-hans",
    )


def test_taking_an_invitation_back_does_not_let_another_one_out():
    organization = make_organization()
    invite(organization)
    withdraw_volunteer_invitation(
        invitation=VolunteerInvitation.objects.get(), by=make_member(organization, "owner"), at=clock.now()
    )

    again = invite(organization)

    assert again.made == 0
    assert again.refused[0].code == "invited-already"


def test_whoever_left_is_not_written_to_at_once():
    organization = make_organization()
    invite(organization)
    affiliation = accept(VolunteerInvitation.objects.get(), make_user())
    end_affiliation(affiliation=affiliation, by=affiliation.volunteer.user, at=clock.now())

    assert invite(organization).refused[0].code == "invited-already"


def test_many_organizations_do_not_flood_one_contact_and_learn_nothing_of_each_other(time_machine):
    time_machine.move_to("2020-02-06T09:00:00+08:00", tick=False)
    outcomes = [invite(make_organization()) for _ in range(5)]

    assert {(each.made, len(each.refused)) for each in outcomes} == {(1, 0)}
    assert VolunteerInvitation.objects.open(at=clock.now()).count() == 5
    assert Message.objects.filter(kind="volunteer_invited").count() == 3
