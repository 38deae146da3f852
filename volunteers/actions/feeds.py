"""Calendars by a secret address: made, renewed and revoked by their owner."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from organizations.models import Organization
from organizations.permissions import can_lead
from volunteers.models import CalendarFeed, Volunteer
from volunteers.queries import owner_of_feed


class NoCalendar(DomainError):
    code = "no-calendar"
    text = _("There is no calendar address to revoke")


class NotYourCalendar(DomainError):
    code = "not-your-calendar"
    text = _("Only an organizer of this organization may share its calendar")


@transaction.atomic
def make_feed(*, owner: Volunteer | Organization, by: User, at: datetime) -> CalendarFeed:
    """A new secret address; the one before, if there was any, opens nothing from now on."""
    _need_right(owner, by)
    _revoke(owner, by=by, at=at)
    feed = CalendarFeed.objects.create(made_at=at, made_by=by, **owner_of_feed(owner))
    audit.record(verb="calendar.made", by=by, at=at, subject=feed, area_code=_area_code(owner))
    return feed


@transaction.atomic
def revoke_feed(*, owner: Volunteer | Organization, by: User, at: datetime) -> None:
    """The address opens nothing from now on. Raises NoCalendar where there was none."""
    _need_right(owner, by)
    if not _revoke(owner, by=by, at=at):
        raise NoCalendar


def _revoke(owner: Volunteer | Organization, *, by: User, at: datetime) -> bool:
    # Whoever waits here for another renewal finds its feed, and revokes that one.
    feed = CalendarFeed.objects.live().filter(**owner_of_feed(owner)).select_for_update().first()
    if feed is None:
        return False
    CalendarFeed.objects.filter(pk=feed.pk).update(revoked_at=at)
    audit.record(verb="calendar.revoked", by=by, at=at, subject=feed, area_code=_area_code(owner))
    return True


def _need_right(owner: Volunteer | Organization, by: User) -> None:
    if isinstance(owner, Organization) and not can_lead(by, owner):
        raise NotYourCalendar


def _area_code(owner: Volunteer | Organization) -> str:
    if isinstance(owner, Organization):
        return owner.home_area.code
    return owner.area.code if owner.area else ""
