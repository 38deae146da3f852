"""Forgetting a person: what was theirs goes, what happened stays without a name.

Carrying an erasure out a second time finds nothing left to do, so that a job may die at any point, and a database
that was restored from a backup can be brought up to date again.
"""

import json
import logging
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Replace

from accounts.actions import end_sessions
from accounts.models import ApiToken, ErasureRequest, LoginCode, Recovery, User
from core import audit
from core.models import AccessRecord, RequestKey, new_code
from matching.models import MatchInput
from notifications.models import Message
from organizations.models import Invitation, Membership, Organization, Verification
from privacy.asked import forget_requests
from privacy.noted import forget_notes, forget_watches
from privacy.passing_on import forget_handovers
from privacy.registry import personal
from privacy.unused import came_back, keep_used
from sheets.actions.exporting import OF_PERSONS
from sheets.models import Sheet
from tasks.actions.seats import end_seat
from tasks.actions.waiting import leave_all_lines
from tasks.models import Assignment, CallRequest, Incident, Offer, Shift, ShiftRole, Step, Task, Waiting
from volunteers.models import (
    Affiliation,
    AvailabilityException,
    CalendarFeed,
    Proxy,
    Team,
    TeamMember,
    Volunteer,
    VolunteerCapability,
    VolunteerInvitation,
    WeeklyAvailability,
    new_number,
)

logger = logging.getLogger(__name__)

GONE = "—"
REASON = "erasure"


def erase_due(*, at: datetime) -> int:
    """Carry out what is due, each in its own transaction; how many were."""
    keep_used(at=at)
    due = ErasureRequest.objects.filter(cancelled_at=None, carried_out_at=None, due_at__lte=at)
    done = 0
    for pk in due.order_by("due_at").values_list("pk", flat=True):
        try:
            done += carry_out(request_id=pk, at=at)
        # Whatever is wrong with one person's rows must not hold up everybody else's erasure.
        except Exception:
            logger.exception("erasure %s failed and is tried again next hour", pk)
    return done


@transaction.atomic
def carry_out(*, request_id: int, at: datetime) -> bool:
    """Forget the person of a request; False where that is done already or no longer wished."""
    request = (
        ErasureRequest.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=request_id, cancelled_at=None, carried_out_at=None)
        .first()
    )
    if request is None or came_back(request):
        return False
    forget(user=request.user, at=at)
    request.carried_out_at = at
    request.save(update_fields=["carried_out_at"])
    audit.record(verb="erasure.carried_out", by=None, at=at, subject=request.user)
    return True


@transaction.atomic
def forget(*, user: User, at: datetime) -> None:
    """Take everything personal out of every table; ids stay as pseudonyms."""
    # Rows that name the person may be written meanwhile: with a stronger lock they would wait, holding a seat's.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    name, contacts = user.name, [contact for contact in (user.phone, user.email) if contact]
    volunteer = Volunteer.objects.filter(user=user).first()
    # Requests before seats, in the order in which they are locked when help is planned.
    forget_requests(user, contacts, at)
    if volunteer:
        _release_seats(volunteer, user, at)
        _forget_offers(volunteer, at)
        _forget_inputs(volunteer)
        forget_notes(volunteer)
        forget_handovers(volunteer, at)
        _forget_places(volunteer, user, at)
        _forget_teams(volunteer, at)
    forget_watches(user)
    _forget_in_work(user, volunteer, name, contacts)
    _forget_messages(user, name, contacts)
    _forget_organizations(user, name, contacts, at)
    _forget_tables(user, volunteer)
    _forget_accounts(user, contacts)
    if volunteer:
        _forget_profile(volunteer, at)
    Proxy.objects.filter(user=user, ended_at=None).update(ended_at=at)
    Proxy.objects.filter(user=user).update(consent=GONE)
    AccessRecord.objects.filter(actor_id=user.pk).update(actor_label=GONE)
    AccessRecord.objects.filter(person_id=user.pk).exclude(own_words="").update(own_words=GONE)
    _sweep_contacts(contacts)
    _forget_user(user, at)


def _release_seats(volunteer: Volunteer, user: User, at: datetime) -> None:
    ahead = Assignment.objects.live().filter(
        Q(shift__starts_at__gt=at) | Q(shift__starts_at=None), volunteer=volunteer
    )
    # All of them first and in one order, as whatever locks several.
    roles = ShiftRole.objects.select_for_update(no_key=True).filter(pk__in=ahead.values("role"))
    list(roles.order_by("pk"))
    # Not by the volunteer's own stepping back, which has a deadline and sends them a message.
    for assignment in ahead.select_related("shift__area", "role"):
        end_seat(
            assignment,
            status=Assignment.Status.RELEASED,
            by=user,
            at=at,
            reason=REASON,
            verb="seat.released",
        )


def _forget_offers(volunteer: Volunteer, at: datetime) -> None:
    """That somebody was asked stays; what spoke for them and what they answered goes."""
    offers = Offer.objects.filter(volunteer=volunteer)
    offers.waiting().update(status=Offer.Status.WITHDRAWN, ended_at=at)
    offers.update(factors={}, answer_words="")


def _forget_inputs(volunteer: Volunteer) -> None:
    """What the matching was given of the areas in which they live: nobody can tell which of its rows is theirs."""
    if volunteer.area is not None:
        MatchInput.objects.filter(run__scope__path__in=volunteer.area.paths_above()).delete()


def _forget_places(volunteer: Volunteer, user: User, at: datetime) -> None:
    """That somebody waited stays; what they wrote, and why it ended, goes."""
    leave_all_lines(volunteer=volunteer, by=user, at=at)
    places = Waiting.objects.filter(volunteer=volunteer)
    places.exclude(words="").update(words="")
    places.exclude(end_reason="").update(end_reason=GONE)


def _forget_in_work(user: User, volunteer: Volunteer | None, name: str, contacts: list[str]) -> None:
    """Where a task or a shift names the person as its contact, or a report speaks of them."""
    for model in (Task, Shift):
        theirs = Q(contact_phone__in=contacts) | Q(created_by=user, contact_name=name)
        model._default_manager.filter(theirs).update(contact_name="", contact_phone="")
    there = Q(reported_by=user) | Q(handled_by=user)
    if volunteer:
        there |= Q(shift__in=Assignment.objects.filter(volunteer=volunteer).values("shift"))
    _strike(Incident.objects.filter(there), "text", [name])
    _strike(Incident.objects.filter(there), "handling", [name])
    _strike(CallRequest.objects.filter(answered_by=user), "reason", [name])
    _strike(Step.objects.filter(made_by=user), "words", [name])
    _strike(Step.objects.filter(answered_by=user), "answer_words", [name])


def _forget_messages(user: User, name: str, contacts: list[str]) -> None:
    """Their own messages go; in those to others the name is struck out."""
    Message.objects.filter(Q(recipient=user) | Q(address__in=contacts)).delete()
    said = Message.objects.annotate(said=Cast("context", models.TextField()))
    mentions = Q(said__contains=json.dumps(name, ensure_ascii=False))
    for contact in contacts:
        mentions |= Q(said__contains=contact)
    for message in said.filter(mentions).iterator():
        message.context = _without(message.context, name, contacts)
        message.save(update_fields=["context"])


def _without(value: Any, name: str, contacts: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, name, contacts) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, name, contacts) for item in value]
    if not isinstance(value, str):
        return value
    if name and value == name:
        return GONE
    for contact in contacts:
        value = value.replace(contact, GONE)
    return value


def _forget_organizations(user: User, name: str, contacts: list[str], at: datetime) -> None:
    Membership.objects.live().filter(user=user).update(ended_at=at)
    Organization.objects.filter(contact_phone__in=contacts).update(contact_phone="")
    _strike(Verification.objects.filter(Q(requested_by=user) | Q(decided_by=user)), "evidence", [name])
    invited = Invitation.objects.filter(Q(contact__in=contacts) | Q(accepted_by=user))
    invited.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    invited.update(contact=GONE)
    _forget_invitations(user, contacts, at)


def _forget_invitations(user: User, contacts: list[str], at: datetime) -> None:
    """To volunteer with somebody: that there was one stays, what it said of the person goes."""
    invited = VolunteerInvitation.objects.filter(Q(contact__in=contacts) | Q(accepted_by=user))
    invited.filter(ended_at=None).update(ended_at=at, ending=VolunteerInvitation.Ending.WITHDRAWN)
    invited.update(contact=GONE, name="", note="", area=None, capability_codes=[])
    Affiliation.objects.live().filter(volunteer__user=user).update(ended_at=at)


def _forget_teams(volunteer: Volunteer, at: datetime) -> None:
    """A team that they led ends and loses its name; from others they are gone."""
    led = Team.objects.filter(leader=volunteer)
    TeamMember.objects.filter(team__in=led.live(), left_at=None).update(left_at=at)
    led.live().update(ended_at=at)
    led.update(name=GONE)
    TeamMember.objects.filter(volunteer=volunteer).delete()


def _forget_tables(user: User, volunteer: Volunteer | None) -> None:
    """What they called their files goes, and so does every table still lying here in which they stand."""
    mine = Sheet.objects.filter(by=user)
    mine.update(file_name="")
    for sheet in mine.filter(options__has_key="own_words").only("options"):
        sheet.options = sheet.options | {"own_words": ""}
        sheet.save(update_fields=["options"])
    mine.filter(status__in=(Sheet.Status.NEW, Sheet.Status.CHECKED)).update(content=None)
    if volunteer is None:
        return
    theirs = {
        *Affiliation.objects.filter(volunteer=volunteer).values_list("organization_id", flat=True),
        *Assignment.objects.filter(volunteer=volunteer).values_list("shift__organization_id", flat=True),
    }
    taken_out = Sheet.objects.filter(direction=Sheet.Direction.OUT, kind__in=OF_PERSONS)
    taken_out.filter(organization__in=theirs).exclude(content=None).update(content=None)


def _forget_accounts(user: User, contacts: list[str]) -> None:
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    end_sessions(user)
    ApiToken.objects.filter(user=user).delete()
    RequestKey.objects.filter(actor_id=user.pk).delete()
    LoginCode.objects.filter(Q(user=user) | Q(contact__in=contacts)).delete()
    Recovery.objects.filter(user=user).update(new_contact="", reason=GONE, decision_reason=GONE)


def _forget_profile(volunteer: Volunteer, at: datetime) -> None:
    for model in (VolunteerCapability, WeeklyAvailability, AvailabilityException, CalendarFeed):
        model._default_manager.filter(volunteer=volunteer).delete()
    Proxy.objects.filter(volunteer=volunteer, ended_at=None).update(ended_at=at)
    Proxy.objects.filter(volunteer=volunteer).update(consent=GONE)
    volunteer.causes.clear()
    blank = Volunteer(user_id=volunteer.user_id, joined_at=volunteer.joined_at)
    kept = {"id", "user", "joined_at", "number", "causes"}
    values = {
        field.name: getattr(blank, field.name) for field in Volunteer._meta.fields if field.name not in kept
    }
    Volunteer.objects.filter(pk=volunteer.pk).update(number=new_number(), **values)


def _sweep_contacts(contacts: list[str]) -> None:
    """Strike the phone and the address out of every column that may hold something personal, wherever they were
    written; numbers are often written without their country code."""
    spellings = [
        *contacts,
        *(contact.removeprefix("+86") for contact in contacts if contact.startswith("+86")),
    ]
    if not spellings:
        return
    for declaration in personal():
        model = declaration.model
        for field in model._meta.fields:
            if field.name not in declaration.privacy.personal:
                continue
            if isinstance(field, models.CharField | models.TextField):
                _strike(model._default_manager.exclude(**{field.name: ""}), field.name, spellings)
            elif isinstance(field, models.JSONField):
                _strike_within(model, field.name, spellings)


def _strike_within(model: type[models.Model], field: str, words: list[str]) -> None:
    """Put a dash in the place of each word, anywhere in a column of JSON."""
    said = model._default_manager.annotate(said=Cast(field, models.TextField()))
    mentions = Q()
    for word in words:
        mentions |= Q(said__contains=word)
    for row in said.filter(mentions).iterator():
        setattr(row, field, _without(getattr(row, field), "", words))
        row.save(update_fields=[field])


def _strike(rows: models.QuerySet[Any], field: str, words: list[str]) -> None:
    """Put a dash in the place of each word."""
    for word in filter(None, words):
        rows.filter(**{f"{field}__contains": word}).update(
            **{field: Replace(F(field), Value(word), Value(GONE))}
        )


def _forget_user(user: User, at: datetime) -> None:
    user.groups.clear()
    user.user_permissions.clear()
    user.code, user.name = new_code(), GONE
    user.phone = user.email = ""
    user.phone_confirmed_at = user.email_confirmed_at = user.last_login = None
    user.contact_by, user.language = User.ContactBy.SMS, User._meta.get_field("language").default
    user.is_active = user.is_staff = user.is_superuser = False
    user.erased_at = user.erased_at or at
    user.set_unusable_password()
    user.save()
