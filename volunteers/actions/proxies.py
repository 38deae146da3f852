"""Family and neighbours who act for a volunteer, with that volunteer's word."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from volunteers.models import Proxy, Volunteer


class UnknownNumber(DomainError):
    code = "unknown-number"
    text = _("No volunteer has this number; it has 8 digits and stands on their page “Mine”")


class ActsForSelf(DomainError):
    code = "acts-for-self"
    text = _("This is your own number. Write the number of the person who shall act for you")


class ActsAlready(DomainError):
    code = "acts-already"
    text = _("This person acts for you already")


@transaction.atomic
def grant_proxy(*, volunteer: Volunteer, number: str, consent: str, by: User, at: datetime) -> Proxy:
    """Let the volunteer of this number act for another; `consent` says in words how that one agreed."""
    Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    actor = Volunteer.objects.filter(number=number, user__is_active=True).select_related("user").first()
    if actor is None:
        raise UnknownNumber(field="number")
    if actor.pk == volunteer.pk:
        raise ActsForSelf(field="number")
    if Proxy.objects.filter(volunteer=volunteer, user=actor.user, ended_at=None).exists():
        raise ActsAlready(field="number")
    proxy = Proxy.objects.create(volunteer=volunteer, user=actor.user, consent=consent, granted_at=at)
    audit.record(verb="proxy.granted", by=by, at=at, subject=proxy)
    return proxy


@transaction.atomic
def end_proxy(*, proxy: Proxy, by: User, at: datetime) -> None:
    """Nobody acts in this way from now on; a second time changes nothing."""
    if Proxy.objects.filter(pk=proxy.pk, ended_at=None).update(ended_at=at):
        audit.record(verb="proxy.ended", by=by, at=at, subject=proxy)
