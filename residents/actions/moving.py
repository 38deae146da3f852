"""Taking a request from one state to another, so that of two who decide at once the second reads what the first did."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from residents.models import HelpRequest, RequestEvent
from residents.policies import ALLOWED, Verb


class DecidedAlready(DomainError):
    code = "decided-already"
    text = _("%(who)s decided at %(time)s. The request is “%(state)s” now, look at it again")


class NotInThisState(DomainError):
    code = "not-in-this-state"
    text = _("This is not possible any more: the request is “%(state)s” now")


class LooksElsewhere(DomainError):
    code = "looks-elsewhere"
    text = _("%(organization)s looks at this request now")


class NobodyLooks(DomainError):
    code = "nobody-looks"
    text = _("Nobody looks at this request any more. Load the page again")


def move(request: HelpRequest, verb: Verb, **changes: Any) -> HelpRequest:
    """Write the changes if the request may still be moved by this verb and the same organization looks at it.

    One conditional UPDATE, so that of two at once one writes and the other is refused. Refreshes the object.
    """
    still = HelpRequest.objects.filter(
        pk=request.pk, status__in=ALLOWED[verb], organization=request.organization_id
    )
    if not still.update(**changes):
        raise refusal(request)
    request.refresh_from_db()
    return request


def refusal(request: HelpRequest) -> DomainError:
    """Why the request cannot be moved now: somebody else looks at it, or who decided what before."""
    now = HelpRequest.objects.select_related("organization").get(pk=request.pk)
    if now.organization_id != request.organization_id:
        return elsewhere(now)
    state = now.get_status_display()
    last = last_decision(now)
    if last is None:
        return NotInThisState(state=state)
    return DecidedAlready(who=who_did(last), time=f"{localtime(last.at):%H:%M}", state=state)


def elsewhere(request: HelpRequest) -> DomainError:
    """Who looks at it now."""
    if request.organization is None:
        return NobodyLooks()
    return LooksElsewhere(organization=request.organization.display_name)


def last_decision(request: HelpRequest) -> RequestEvent | None:
    """The last thing that somebody did to the request, not a mere look."""
    return (
        RequestEvent.objects.filter(request=request, by__isnull=False)
        .exclude(verb__in=(Verb.ASKED, Verb.LOOKED, Verb.WORDS_ADDED))
        .select_related("by", "organization")
        .order_by("-id")
        .first()
    )


def who_did(event: RequestEvent) -> str:
    """The person, for their colleagues, with the organization in whose name they acted."""
    names = [event.by.name if event.by else "", event.organization.display_name if event.organization else ""]
    return " · ".join(name for name in names if name)


def first_answer(at: datetime) -> Coalesce:
    """The moment of the first decision: an earlier one stays."""
    return Coalesce(F("answered_at"), Value(at))


def locked(requests: list[HelpRequest]) -> list[HelpRequest]:
    """The rows as they are now, kept from others until the end of the transaction; in the order of their ids."""
    rows: QuerySet[HelpRequest] = (
        HelpRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("area", "type", "organization")
        .filter(pk__in=[request.pk for request in requests])
        .order_by("pk")
    )
    return list(rows)
