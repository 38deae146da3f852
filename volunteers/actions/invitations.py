"""Inviting people to volunteer with an organization, their answer, and the way out again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, rates
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.actions import NotAllowed
from organizations.models import Organization
from volunteers import notices
from volunteers.actions.profile import ProfileChanges, create_profile, update_profile
from volunteers.models import Affiliation, Capability, VolunteerCapability, VolunteerInvitation
from volunteers.permissions import can_invite_volunteers

INVITATION_LASTS = timedelta(days=30)
DAY = timedelta(days=1)
# Whichever organizations write: so many messages a day tell one contact of invitations.
MESSAGES_A_CONTACT = 3
Ending = VolunteerInvitation.Ending


class InvitedAlready(DomainError):
    code = "invited-already"
    text = _("You have invited this contact already. Until %(day)s no second invitation goes there")


class InvitationDeclined(DomainError):
    code = "invitation-declined"
    text = _("Whoever has this contact wants no more invitations from you")


class BelongsAlready(DomainError):
    code = "belongs-already"
    text = _("Whoever has this contact took up your invitation and belongs to your people")


class DayLimitReached(DomainError):
    code = "day-limit-reached"
    text = _("%(most)d invitations in 24 hours are the most. Bring this line in again tomorrow")


class VolunteerInvitationOver(DomainError):
    code = "volunteer-invitation-over"
    text = _("This invitation is over. You can join without one as well")


class AffiliationOver(DomainError):
    code = "affiliation-over"
    text = _("This has ended already")


@dataclass(frozen=True)
class Invitee:
    """Somebody to invite: a contact as `normalize_contact` gives it, and what the organization says of them."""

    contact: str
    name: str
    area_id: int | None = None
    capability_codes: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class Invited:
    """How many got an invitation, and which of the list (by its place, from 0) did not, with the reason."""

    made: int
    refused: dict[int, DomainError] = field(default_factory=dict)


@transaction.atomic
def invite_volunteers(
    *,
    organization: Organization,
    invitees: Sequence[Invitee],
    by: User,
    at: datetime,
    language: str,
    limit: int | None = None,
    keep: bool = True,
    planned: int = 0,
) -> Invited:
    """Invite many at once, each by one message; a fixed number of statements, whoever is behind the contacts.

    Who is known is never asked: the message goes to the contact, and its reader says who they are. `limit` takes the
    place of the setting INVITATIONS_A_DAY. Without `keep` it is only tried, on top of `planned` others.
    """
    if not can_invite_volunteers(by, organization):
        raise NotAllowed(name=organization.display_name)
    # One list of an organization at a time: the limit and the open invitations then hold.
    Organization.objects.select_for_update(no_key=True).only("pk").get(pk=organization.pk)
    most = settings.INVITATIONS_A_DAY if limit is None else limit
    today = VolunteerInvitation.objects.filter(organization=organization, invited_at__gt=at - DAY).count()
    room = max(0, most - today - planned)
    told = _told_before(organization, [each.contact for each in invitees], at)
    refused: dict[int, DomainError] = {}
    wanted: list[Invitee] = []
    for place, each in enumerate(invitees):
        if refusal := told.get(each.contact):
            refused[place] = refusal
        elif len(wanted) >= room:
            refused[place] = DayLimitReached(field="contact", most=most)
        else:
            told[each.contact] = InvitedAlready(field="contact", day=_until(at + INVITATION_LASTS))
            wanted.append(each)
    if keep and wanted:
        rows = [_row(each, organization, by=by, at=at, language=language) for each in wanted]
        _send(rows, organization, by=by, at=at)
    return Invited(len(wanted), refused)


def _row(
    each: Invitee, organization: Organization, *, by: User, at: datetime, language: str
) -> VolunteerInvitation:
    return VolunteerInvitation(
        organization=organization,
        contact=each.contact,
        name=each.name,
        language=language,
        area_id=each.area_id,
        capability_codes=list(each.capability_codes),
        note=each.note,
        invited_by=by,
        invited_at=at,
        expires_at=at + INVITATION_LASTS,
    )


def _send(rows: list[VolunteerInvitation], organization: Organization, *, by: User, at: datetime) -> None:
    ours = VolunteerInvitation.objects.filter(organization=organization)
    ours.filter(contact__in=[row.contact for row in rows], ended_at=None).update(
        ended_at=at, ending=Ending.EXPIRED
    )
    VolunteerInvitation.objects.bulk_create(rows, batch_size=len(rows))
    audit.record(
        verb="volunteers.invited",
        by=by,
        at=at,
        subject=organization,
        area_code=organization.home_area.code,
        data={"count": len(rows)},
    )
    # In silence: the invitation stands and waits on their page, and the inviting learn nothing of other invitations.
    heard = rates.hit_each(
        {row.contact: f"invited:{row.contact}" for row in rows},
        limit=MESSAGES_A_CONTACT,
        seconds=int(DAY.total_seconds()),
    )
    queue_messages(notices=[notices.invited(row) for row in rows if row.contact in heard], at=at)


def _told_before(organization: Organization, contacts: Sequence[str], at: datetime) -> dict[str, DomainError]:
    """Why this organization sends nothing to some of the contacts; its own invitations alone are looked at."""
    belongs = Affiliation.objects.live().filter(invitation=OuterRef("pk"))
    earlier = (
        VolunteerInvitation.objects.filter(organization=organization, contact__in=contacts)
        .annotate(belongs=Exists(belongs))
        .values_list("contact", "ending", "expires_at", "belongs")
    )
    told: dict[str, DomainError] = {}
    for contact, ending, expires_at, belongs_now in earlier:
        if ending == Ending.DECLINED:
            told[contact] = InvitationDeclined(field="contact")
        elif belongs_now:
            told.setdefault(contact, BelongsAlready(field="contact"))
        elif expires_at > at:
            # Also where it was taken back, or they left again: else one contact could be written to without end.
            told.setdefault(contact, InvitedAlready(field="contact", day=_until(expires_at)))
    return told


def _until(expires_at: datetime) -> str:
    return expires_at.date().isoformat()


@transaction.atomic
def accept_volunteer_invitation(
    *, invitation: VolunteerInvitation, by: User, at: datetime, area: bool, capability_codes: Iterable[str]
) -> Affiliation:
    """Belong to the organization's people from now on, and take into one's profile what one confirms of the list.

    `area`: whether the area that the organization wrote down is right; a profile's own area is never replaced. The
    code is the key, whoever holds it; it opens once.
    """
    row = _locked(invitation)
    if row.ending == Ending.ACCEPTED and row.accepted_by_id == by.pk:
        mine = Affiliation.objects.live().filter(invitation=row, volunteer__user=by).first()
        if mine is not None:
            return mine
    if row.ending or row.expires_at <= at or row.organization.status != Organization.Status.APPROVED:
        raise VolunteerInvitationOver
    volunteer = create_profile(user=by, at=at, by=by)
    changes: ProfileChanges = {}
    if area and row.area is not None and volunteer.area_id is None:
        changes["area"] = row.area
    if wanted := set(capability_codes) & set(row.capability_codes):
        held = VolunteerCapability.objects.filter(volunteer=volunteer).values_list(
            "capability__code", flat=True
        )
        changes["capabilities"] = Capability.objects.filter(code__in=wanted | set(held))
    if changes:
        update_profile(volunteer=volunteer, changes=changes, by=by, at=at)
    affiliation = (
        Affiliation.objects.live().filter(volunteer=volunteer, organization=row.organization).first()
    )
    if affiliation is None:
        affiliation = Affiliation.objects.create(
            volunteer=volunteer, organization=row.organization, invitation=row, started_at=at
        )
    _end(row, Ending.ACCEPTED, at=at, accepted_by=by)
    audit.record(verb="volunteer.affiliated", by=by, at=at, subject=affiliation, data=_about(row))
    return affiliation


@transaction.atomic
def decline_volunteer_invitation(
    *, invitation: VolunteerInvitation, by: User | None, at: datetime
) -> VolunteerInvitation:
    """No, and no further invitation of this organization to this contact. A second time changes nothing."""
    row = _locked(invitation)
    if row.ending == Ending.DECLINED:
        return row
    if row.ending:
        raise VolunteerInvitationOver
    _end(row, Ending.DECLINED, at=at)
    audit.record(verb="volunteer.invitation_declined", by=by, at=at, subject=row, data=_about(row))
    return row


@transaction.atomic
def withdraw_volunteer_invitation(*, invitation: VolunteerInvitation, by: User, at: datetime) -> None:
    """Take an invitation back before it was answered."""
    row = _locked(invitation)
    if not can_invite_volunteers(by, row.organization):
        raise NotAllowed(name=row.organization.display_name)
    if row.ending:
        raise VolunteerInvitationOver
    _end(row, Ending.WITHDRAWN, at=at)
    audit.record(verb="volunteer.invitation_withdrawn", by=by, at=at, subject=row, data=_about(row))


@transaction.atomic
def end_affiliation(*, affiliation: Affiliation, by: User, at: datetime) -> None:
    """No longer belong to the organization's people: said by the volunteer, or by those who lead it."""
    theirs = affiliation.volunteer.user_id == by.pk
    if not theirs and not can_invite_volunteers(by, affiliation.organization):
        raise NotAllowed(name=affiliation.organization.display_name)
    ended = Affiliation.objects.live().filter(pk=affiliation.pk).update(ended_at=at, ended_by=by)
    if not ended:
        raise AffiliationOver
    audit.record(verb="volunteer.affiliation_ended", by=by, at=at, subject=affiliation)


def _locked(invitation: VolunteerInvitation) -> VolunteerInvitation:
    return (
        VolunteerInvitation.objects.select_for_update(of=("self",))
        .select_related("organization__home_area", "area")
        .get(pk=invitation.pk)
    )


def _end(row: VolunteerInvitation, ending: str, *, at: datetime, accepted_by: User | None = None) -> None:
    """Close it, and forget what the organization wrote about the person: the answer is theirs."""
    row.ended_at, row.ending, row.accepted_by = at, ending, accepted_by
    row.name, row.note, row.area, row.capability_codes = "", "", None, []
    row.save(update_fields=["ended_at", "ending", "accepted_by", "name", "note", "area", "capability_codes"])


def _about(row: VolunteerInvitation) -> dict[str, int]:
    return {"organization": row.organization_id, "invitation": row.pk}
