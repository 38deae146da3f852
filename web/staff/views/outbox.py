"""Messages: what became of them, and sending again. Their words are not shown."""

from django.contrib import messages as notes
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.queries import mask
from core import clock, rates
from core.errors import DomainError
from core.job_log import without_persons
from core.models import AccessRecord, AuditRecord
from notifications.actions import replay_message, why_not_again
from notifications.models import Message
from web.access import SignedInRequest, staff_only
from web.forms import posted
from web.paging import screen_of
from web.staff.forms import MOST_PEOPLE, LookUpForm, MessagesForm, people_of
from web.staff.frame import see_other, show
from web.staff.grants import close_grant, grant_of, open_grant, put_on_record

GRANT = "messages"
LOOKUPS_AN_HOUR = 60
SHAPES = {
    "queued": "running",
    "sent": "filled",
    "failed": "short",
    "expired": "late",
    "withheld": "cancelled",
}
REPLAYS = 20


def outcome_words(message: Message) -> str:
    """Why a message ended as it did, where its state does not say it: our words for our reasons, a provider's for its."""
    if message.status == Message.Status.EXPIRED:
        return ""
    said, _, rest = message.outcome.partition(": ")
    if said in Message.Outcome.values:
        label = str(Message.Outcome(said).label)
        return f"{label}: {without_persons(rest)}" if rest else label
    return without_persons(message.outcome)


def _rows(found: list[Message]) -> list[tuple[Message, str, str]]:
    return [(message, SHAPES[message.status], outcome_words(message)) for message in found]


def _listed(found: QuerySet[Message]) -> QuerySet[Message]:
    """Without what a message says."""
    return found.defer("context")


@staff_only
@require_GET
def messages(request: SignedInRequest) -> HttpResponse:
    """The outbox, newest first, without words and persons."""
    form = MessagesForm(request.GET)
    found: QuerySet[Message] = Message.objects.none()
    if form.is_valid():
        found = _listed(Message.objects.all())
        for name in ("kind", "status", "channel", "event"):
            if value := form.cleaned_data[name]:
                found = found.filter(**{name: value})
        if since := form.since(clock.now()):
            found = found.filter(created_at__gte=since)
    screen = screen_of(found, request)
    return show(request, "messages", "messages", {"form": form, "screen": screen, "rows": _rows(screen.rows)})


@staff_only
@require_http_methods(["GET", "POST"])
def address(request: SignedInRequest) -> HttpResponse:
    """The messages of one person, opened with a purpose for ten minutes; each person behind it can read that."""
    at = clock.now()
    form = LookUpForm(posted(request))
    if request.method == "POST" and request.POST.get("close"):
        close_grant(request, GRANT)
        return see_other("messages")
    if request.method == "POST" and form.is_valid():
        if not rates.hit(
            f"staff-lookup:{request.user.pk}", limit=LOOKUPS_AN_HOUR, seconds=3600, by_machine=True
        ):
            form.add_error(None, gettext("That is many people in an hour. Go on a little later"))
        else:
            who = form.cleaned_data["who"]
            people = [user.pk for user in people_of(who)]
            put_on_record(
                request,
                people,
                purpose=form.cleaned_data["purpose"],
                own_words=form.own_reason(),
                what=AccessRecord.What.MESSAGES,
                at=at,
            )
            words = dict(form.fields["purpose"].choices)[form.cleaned_data["purpose"]]  # type: ignore[attr-defined]
            open_grant(
                request,
                GRANT,
                target={"who": who, "people": people[:MOST_PEOPLE]},
                purpose=str(words),
                own_words=form.own_reason(),
                at=at,
            )
            return see_other("address")
    grant = grant_of(request, GRANT, at=at)
    if grant is None or form.is_bound:
        return show(request, "address", "messages", {"form": form})
    who = grant.target["who"]
    to_address = Q(recipient__in=grant.target["people"]) | Q(address=who)
    screen = screen_of(_listed(Message.objects.filter(to_address)), request)
    context = {
        "grant": grant,
        "who": mask(who),
        "people_count": len(grant.target["people"]),
        "screen": screen,
        "rows": _rows(screen.rows),
    }
    return show(request, "address_open", "messages", context)


@staff_only
@require_GET
def message(request: SignedInRequest, code: str) -> HttpResponse:
    """One message's way, without its words and without a name."""
    found = get_object_or_404(Message.objects.select_related("recipient"), code=code)
    replays = AuditRecord.objects.filter(
        subject_type="notifications.message", subject_id=found.pk, verb="message.replayed"
    ).order_by("-id")[:REPLAYS]
    refusal = why_not_again(found, at=clock.now())
    context = {
        "message": found,
        "shape": SHAPES[found.status],
        "outcome": outcome_words(found),
        "address": mask(found.address),
        "replays": list(replays),
        "failed": found.status == Message.Status.FAILED,
        "refusal": refusal.message if refusal else "",
    }
    return show(request, "message", "messages", context)


@staff_only
@require_POST
def replay(request: SignedInRequest, code: str) -> HttpResponse:
    """Put a message that was not delivered back into the outbox."""
    found = get_object_or_404(Message, code=code)
    try:
        replay_message(message=found, by=request.user, at=clock.now())
    except DomainError as error:
        notes.error(request, error.message)
    else:
        notes.success(request, gettext("Back in the outbox. It goes out in a few seconds."))
    return see_other("message", code)
