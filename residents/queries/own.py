"""A request as whoever asked sees it."""

from django.db.models import Case, QuerySet, When

from accounts.models import User
from residents.models import HelpRequest, RequestEvent, RequestLook
from tasks.models import Shift, TaskType

# More is not read.
EVENTS_MOST = 60
LOOKS_MOST = 30
# The kind under which whatever has no kind of its own is written down.
SOMETHING_ELSE = "neighbourhood"
# With what is said of the request that another was laid to.
_MAIN = ("merged_into__organization", "merged_into__task", "merged_into__shift")


def kinds_of_help() -> QuerySet[TaskType]:
    """The kinds of work that residents ask for, in their order; what fits none of the others comes last."""
    last = Case(When(code=SOMETHING_ELSE, then=1), default=0)
    return TaskType.objects.exclude(asked_zh="").order_by(last, "position", "code")


def request_by_code(code: str) -> HelpRequest | None:
    """The request that a code opens; one statement, whether or not there is one."""
    found = HelpRequest.objects.filter(code=code.strip().upper().replace(" ", "").replace("-", ""))
    return found.select_related(
        "type",
        "area__parent__parent",
        "organization",
        "task",
        "shift",
        *_MAIN,
    ).first()


def asked_by(user: User) -> QuerySet[HelpRequest]:
    """What a person asked for, the latest first."""
    mine = HelpRequest.objects.filter(asked_by=user)
    return mine.select_related("type", "organization", "task", "shift", *_MAIN).order_by("-id")


def events_of(request: HelpRequest) -> list[RequestEvent]:
    """What happened, the latest first."""
    return list(request.events.select_related("organization").order_by("-id")[:EVENTS_MOST])


def looks_at(request: HelpRequest) -> list[RequestLook]:
    """Who looked at the contact, the latest first."""
    return list(request.looks.select_related("organization").order_by("-id")[:LOOKS_MOST])


def parts_of(request: HelpRequest) -> list[HelpRequest]:
    """The other requests that were made of it, each of them followed by itself."""
    return list(request.parts.select_related("type", "organization", "task", "shift", *_MAIN).order_by("id"))


def waiting_at(shift: Shift) -> list[HelpRequest]:
    """Those whom a shift brings help to; what of it a reader may see is decided by whoever asks."""
    open_ones = HelpRequest.objects.filter(shift=shift, status=HelpRequest.Status.PLACED)
    return list(open_ones.select_related("type").order_by("wanted_on", "id"))
