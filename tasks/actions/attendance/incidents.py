"""What went wrong at a shift, and questions of volunteers to those who run it."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, rates
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.queries import leaders_of
from tasks.actions.seats import NotHolding
from tasks.models import Assignment, Incident, Shift
from tasks.notices import shifts as notices

QUESTIONS_AN_HOUR = 10
REPORTS_AN_HOUR = 10
TEXT_MOST = 1000


class TextMissing(DomainError):
    code = "text-missing"
    text = _("Write what it is about")


class TextTooLong(DomainError):
    code = "text-too-long"
    text = _("At most %(most)s characters. Say it in fewer words")


class TooManyQuestions(DomainError):
    code = "too-many-questions"
    text = _("That is many messages in an hour. Call the organizer instead")


class TooManyReports(DomainError):
    code = "too-many-reports"
    text = _(
        "That is many reports in an hour. If a life is in danger, call 120 or 110; else call the organizer"
    )


class AlreadyHandled(DomainError):
    code = "already-handled"
    text = _("Somebody has dealt with this already")


@transaction.atomic
def report_incident(
    *, shift: Shift, kind: str, text: str, is_urgent: bool, by: User, at: datetime
) -> Incident:
    """Write down what happened; the organization's owners and organizers are told, at once where it is urgent."""
    words = _words(text, "text")
    if not rates.hit(f"incident:{by.pk}", limit=REPORTS_AN_HOUR, seconds=3600):
        raise TooManyReports
    incident = Incident.objects.create(
        shift=shift,
        kind=Incident.Kind(kind),
        text=words,
        is_urgent=is_urgent,
        reported_at=at,
        reported_by=by,
    )
    audit.record(
        verb="incident.reported",
        by=by,
        at=at,
        subject=incident,
        area_code=shift.area.code,
        data={"shift": shift.code, "kind": incident.kind, "urgent": is_urgent},
    )
    people = leaders_of([shift.organization]).exclude(pk=by.pk)
    queue_messages(notices=notices.incident_reported(incident, shift, people), at=at)
    return incident


@transaction.atomic
def handle_incident(*, incident: Incident, handling: str, by: User, at: datetime) -> Incident:
    """Say what was done about it."""
    done = _words(handling, "handling")
    open_one = Incident.objects.filter(pk=incident.pk, handled_at=None)
    if not open_one.update(handled_at=at, handled_by=by, handling=done):
        raise AlreadyHandled
    incident.handled_at, incident.handled_by, incident.handling = at, by, done
    audit.record(
        verb="incident.handled",
        by=by,
        at=at,
        subject=incident,
        area_code=incident.shift.area.code,
        data={"shift": incident.shift.code},
    )
    return incident


@transaction.atomic
def contact_organizer(
    *, assignment: Assignment, text: str, by: User, at: datetime, share_phone: bool = False
) -> int:
    """Send a volunteer's words to the owners and organizers of the shift; return how many people that were.

    The volunteer's telephone goes with it only where they chose so.
    """
    if assignment.status != Assignment.Status.ACTIVE:
        raise NotHolding
    words = _words(text, "text")
    if not rates.hit(f"contact:{by.pk}", limit=QUESTIONS_AN_HOUR, seconds=3600):
        raise TooManyQuestions
    people = list(leaders_of([assignment.shift.organization]))
    phone = assignment.volunteer.user.phone if share_phone else ""
    event = f"contact:{assignment.code}:{uuid4().hex[:12]}"
    queue_messages(notices=notices.contact(assignment, people, text=words, phone=phone, event=event), at=at)
    return len(people)


def _words(text: str, field: str) -> str:
    words = text.strip()
    if not words:
        raise TextMissing(field=field)
    if len(words) > TEXT_MOST:
        raise TextTooLong(field=field, most=TEXT_MOST)
    return words
