"""Forgetting what residents asked for: with the person, and thirty days after the end."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from accounts.models import User
from core.models import new_long_code
from notifications.models import Message
from residents.actions.asking import MAY_TAKE_BACK, withdraw_request
from residents.models import HelpRequest, RequestEvent, RequestPoint

GONE = "—"
DETAILS = timedelta(days=30)
POINTS = timedelta(days=365)
# The event of a message to whoever asked: this, the name of the request, a colon, and what happened.
_EVENT = "help:"
_REF = 12
# What stays of an ended request is a kind, an area, how many people it was for, and its times.
_BLANK = {"name": "", "phone": "", "phone_confirmed_at": None, "address": "", "words": "", "place": ""}


def forget_requests(user: User, contacts: list[str], at: datetime) -> None:
    """What a person asked for themselves, or with their telephone, is taken back and blanked at once."""
    theirs = HelpRequest.objects.filter(Q(asked_by=user) | Q(phone__in=contacts))
    own = list(theirs.values_list("pk", flat=True))
    # What lies with another request must not stand by itself again without a word of what was asked.
    HelpRequest.objects.filter(pk__in=own, status=HelpRequest.Status.MERGED).update(
        status=HelpRequest.Status.WITHDRAWN, merged_into=None
    )
    for request in HelpRequest.objects.filter(pk__in=own, status__in=MAY_TAKE_BACK).select_related(
        "area", "type", "organization__home_area"
    ):
        withdraw_request(request=request, at=at)
    # What was served and not confirmed yet ends as where nobody says anything: it was done, and so it was for those
    # who asked for the same.
    HelpRequest.objects.filter(pk__in=own, status=HelpRequest.Status.SERVED).update(
        status=HelpRequest.Status.CONFIRMED, ended_at=at
    )
    _blank(HelpRequest.objects.filter(pk__in=own))
    RequestEvent.objects.filter(by=user).exclude(words="").update(words="")


def blank_requests(at: datetime) -> int:
    """Contact, address and words of requests that ended long ago, and what opens them; how many were blanked.

    One that was laid together with another ends with that one.
    """
    long_ago = at - DETAILS
    main_is_over = Q(merged_into=None) | Q(merged_into__ended_at__lt=long_ago)
    over = HelpRequest.objects.filter(main_is_over, ended_at__lt=long_ago)
    return _blank(over.exclude(words="", phone="", name="", address=""))


def old_points(at: datetime) -> QuerySet[RequestPoint]:
    """Codes on buildings that were taken down long ago, and by which no request came."""
    used = HelpRequest.objects.filter(point=OuterRef("pk"))
    return RequestPoint.objects.filter(~Exists(used), ended_at__lt=at - POINTS)


def _blank(requests: QuerySet[HelpRequest]) -> int:
    """A new code in the place of the old one: what was printed or written down opens nothing any more."""
    found = list(requests)
    # By whichever telephone, and in the app: each holds the code.
    told = Message.objects.filter(event__startswith=_EVENT).annotate(
        of=Substr("event", len(_EVENT) + 1, _REF + 1)
    )
    told.filter(of__in=[f"{request.ref}:" for request in found]).delete()
    for request in found:
        request.code = new_long_code()
        request.reason = GONE if request.reason else ""
        for field, value in _BLANK.items():
            setattr(request, field, value)
    HelpRequest.objects.bulk_update(found, ["code", "reason", *_BLANK], batch_size=500)
    RequestEvent.objects.filter(request__in=found).exclude(words="").update(words="")
    return len(found)
