"""Letting go of what has served its time."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncHour
from django.utils.timezone import localdate

from accounts.models import ApiToken, LoginCode, Recovery
from core import clock
from core.models import AccessRecord, JobRun, RateCount, RequestKey
from matching.actions.replaying import KEPT
from matching.models import MatchInput, MatchRun
from notifications.models import Message
from organizations.models import Invitation
from privacy.asked import blank_requests, old_points
from residents.models import RequestLook
from tasks.models import Handover, Mark, Offer, Shift, Task, Thanks, Waiting, Watch
from volunteers.models import (
    Affiliation,
    AvailabilityException,
    CalendarFeed,
    Proxy,
    Team,
    TeamMember,
    VolunteerCapability,
    VolunteerInvitation,
)

BATCH = 5_000
RATE_COUNTS = timedelta(days=2)
LOGIN_CODES = timedelta(days=1)
MESSAGES = timedelta(days=90)
INVITATIONS = timedelta(days=90)
EXCEPTIONS = timedelta(days=30)
RECOVERIES = timedelta(days=365)
ACCESS = timedelta(days=2 * 365)
PROXIES = timedelta(days=3 * 365)
EVIDENCE = timedelta(days=365)
RUNS = timedelta(days=7)
RUNS_GONE_WRONG = timedelta(days=90)
OFFERS = timedelta(days=365)
HANDOVERS = timedelta(days=365)
MARKS = timedelta(days=365)
PLACES_IN_LINE = timedelta(days=365)
# Whoever said no to an organization is not invited by it again that long.
REFUSALS = timedelta(days=2 * 365)
AFFILIATIONS = timedelta(days=2 * 365)
TEAMS = timedelta(days=365)
MATCH_RUNS = timedelta(days=365)
# So long every input of a run is kept; of those before, one an hour of each area.
EVERY_MATCH_INPUT = timedelta(days=1)
# How long a request may be sent again for the answer that it got.
REQUEST_KEYS = timedelta(days=2)
# Since they were revoked or last used.
API_TOKENS = timedelta(days=365)
REVOKED_CALENDARS = timedelta(days=30)
PRIVATE_DETAILS = timedelta(days=30)
# After the end of the crisis in which somebody is thanked by name.
THANKS = timedelta(days=2 * 365)


def purge(*, at: datetime) -> dict[str, int]:
    """Delete what is past its time, by table, in batches that lock nobody out; how many rows went or were blanked."""
    # Sessions, and some of the tries that are counted, go by a machine's clock, which a demo's may differ from.
    by_machine = at + (clock.machine_now() - clock.now())
    old = {
        "login_codes": LoginCode.objects.filter(created_at__lt=at - clock.of_machine(LOGIN_CODES)),
        "rate_counts": RateCount.objects.filter(
            window_start__lt=int((min(at, by_machine) - RATE_COUNTS).timestamp())
        ),
        "messages": Message.objects.filter(created_at__lt=at - MESSAGES).exclude(
            status=Message.Status.QUEUED
        ),
        # An invitation lasts 14 days at most, so the day on which it expires counts for each.
        "invitations": Invitation.objects.filter(expires_at__lt=at - INVITATIONS),
        "exceptions": AvailabilityException.objects.filter(ends_on__lt=(at - EXCEPTIONS).date()),
        "recoveries": Recovery.objects.filter(requested_at__lt=at - RECOVERIES).exclude(decision=""),
        "access_records": AccessRecord.objects.filter(at__lt=at - ACCESS),
        "proxies": Proxy.objects.filter(ended_at__lt=at - PROXIES),
        "volunteer_invitations": VolunteerInvitation.objects.filter(
            Q(ended_at__lt=at - INVITATIONS) | Q(expires_at__lt=at - INVITATIONS)
        ).exclude(Q(ending="declined") & Q(ended_at__gte=at - REFUSALS)),
        "affiliations": Affiliation.objects.filter(ended_at__lt=at - AFFILIATIONS),
        "team_members": TeamMember.objects.filter(left_at__lt=at - TEAMS),
        "teams": Team.objects.filter(ended_at__lt=at - TEAMS),
        "match_inputs": _old_inputs(at),
        "match_runs": MatchRun.objects.filter(requested_at__lt=at - MATCH_RUNS, proposals=None),
        "handovers": Handover.objects.filter(made_at__lt=at - HANDOVERS),
        "marks": Mark.objects.filter(marked_at__lt=at - MARKS),
        "thanks": Thanks.objects.filter(crisis__ended_at__lt=at - THANKS),
        "watches": Watch.objects.filter(shift__ends_at__lt=at),
        "offers": Offer.objects.filter(made_at__lt=at - OFFERS),
        "places_in_line": Waiting.objects.filter(ended_at__lt=at - PLACES_IN_LINE),
        "request_keys": RequestKey.objects.filter(at__lt=at - clock.of_machine(REQUEST_KEYS)),
        "api_tokens": ApiToken.objects.filter(
            Q(revoked_at__lt=at - API_TOKENS)
            | Q(last_used_on__lt=localdate(at - API_TOKENS))
            | Q(last_used_on=None, made_at__lt=at - API_TOKENS)
        ),
        "revoked_calendars": CalendarFeed.objects.filter(revoked_at__lt=at - REVOKED_CALENDARS),
        "runs": JobRun.objects.filter(started_at__lt=at - clock.of_machine(RUNS), state=JobRun.State.DONE),
        "runs_gone_wrong": JobRun.objects.filter(started_at__lt=at - clock.of_machine(RUNS_GONE_WRONG)),
        "request_points": old_points(at),
        "request_looks": RequestLook.objects.filter(at__lt=at - ACCESS),
        "sessions": Session.objects.filter(expire_date__lt=by_machine),
    }
    blanked = {
        "evidence": _blank_evidence(at),
        "private_details": _blank_private_details(at),
        "requests": blank_requests(at),
    }
    return {name: _delete(rows) for name, rows in old.items()} | blanked


def _old_inputs(at: datetime) -> QuerySet[MatchInput]:
    """A plan can be made every three minutes, and each input is megabytes: the first of an hour stands for the others."""
    inputs = MatchInput.objects.annotate(hour=TruncHour("kept_at"))
    earlier = inputs.filter(
        run__scope=OuterRef("run__scope"), hour=OuterRef("hour"), kept_at__lt=OuterRef("kept_at")
    )
    thinned = Q(kept_at__lt=at - EVERY_MATCH_INPUT) & Exists(earlier)
    return inputs.filter(Q(kept_at__lt=at - KEPT) | thinned)


def _blank_private_details(at: datetime) -> int:
    """Homes and what was said of residents go some time after the work: of a shift, then of a task that is over."""
    long_ago = at - PRIVATE_DETAILS
    over = Q(ends_at__lt=long_ago) | Q(ends_at=None, task__ended_at__lt=long_ago)
    shifts = Shift.objects.filter(over).exclude(address="", private_details="")
    tasks = Task.objects.filter(
        ~Exists(Shift.objects.filter(task=OuterRef("pk"), ends_at__gte=long_ago)),
        ends_on__lt=localdate(long_ago),
    ).exclude(address="", private_details="")
    return sum(rows.update(address="", private_details="") for rows in (shifts, tasks))


def _blank_evidence(at: datetime) -> int:
    """What papers said goes a year after they expired; that there was one stays with the profile."""
    past = VolunteerCapability.objects.filter(expires_on__lt=localdate(at - EVIDENCE)).exclude(evidence="")
    return past.update(evidence="")


def _delete(rows: QuerySet) -> int:
    total = 0
    while True:
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return total
        total += rows.model._default_manager.filter(pk__in=ids).delete()[0]
