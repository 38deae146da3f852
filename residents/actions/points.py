"""Putting up codes on buildings and taking them down, and looking at requests as a group."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from organizations.models import Organization
from organizations.queries import areas_served
from residents.actions.asking import PLACE_MOST, PlaceMissing, TooLong
from residents.models import RequestDesk, RequestPoint
from tasks.actions.call_errors import AreaNotServed, NotApproved


class PointThere(DomainError):
    code = "point-there"
    text = _("There is a code for this place already. Print that one again, or take it down first")


class PointGone(DomainError):
    code = "point-gone"
    text = _("This code was taken down already")


class DeskOpen(DomainError):
    code = "desk-open"
    text = _("Your group looks at requests already")


class DeskClosed(DomainError):
    code = "desk-closed"
    text = _("Your group does not look at requests")


class AuthorityLooksAnyway(DomainError):
    code = "authority-looks-anyway"
    text = _("An authority looks at the requests of its area whenever nobody else does")


@transaction.atomic
def make_point(*, organization: Organization, area: Area, place: str, by: User, at: datetime) -> RequestPoint:
    """A code that opens the form with this place in it; one for a place at a time."""
    place = place.strip()
    if not place:
        raise PlaceMissing(field="place")
    if len(place) > PLACE_MOST:
        raise TooLong(field="place", most=PLACE_MOST, count=len(place))
    _need_approved(organization)
    if not any(served.contains(area) for served in areas_served(organization)):
        raise AreaNotServed(field="area", organization=organization.display_name, area=area.full_name)
    try:
        with transaction.atomic():
            point = RequestPoint.objects.create(
                area=area, organization=organization, place=place, made_at=at, made_by=by
            )
    except IntegrityError as error:
        raise PointThere(field="place") from error
    audit.record(
        verb="request_point.made",
        by=by,
        at=at,
        subject=point,
        area_code=area.code,
        data={"code": point.code, "organization": organization.code},
    )
    return point


@transaction.atomic
def end_point(*, point: RequestPoint, by: User, at: datetime) -> None:
    """From now on its code opens the form without a place; requests that came by it stay."""
    if not RequestPoint.objects.filter(pk=point.pk, ended_at=None).update(ended_at=at):
        raise PointGone
    point.ended_at = at
    audit.record(
        verb="request_point.ended",
        by=by,
        at=at,
        subject=point,
        area_code=point.area.code,
        data={"code": point.code},
    )


@transaction.atomic
def open_desk(*, organization: Organization, by: User, at: datetime) -> RequestDesk:
    """From now on requests of where it is at home and serves come to this group first."""
    if organization.is_authority:
        raise AuthorityLooksAnyway
    _need_approved(organization)
    try:
        with transaction.atomic():
            desk = RequestDesk.objects.create(organization=organization, opened_at=at, opened_by=by)
    except IntegrityError as error:
        raise DeskOpen from error
    _record("request_desk.opened", desk, by, at)
    return desk


@transaction.atomic
def close_desk(*, organization: Organization, by: User, at: datetime) -> None:
    """New requests go elsewhere; those that came stay with the group until it passes them on."""
    desk = (
        RequestDesk.objects.select_for_update(of=("self",))
        .filter(organization=organization, closed_at=None)
        .first()
    )
    if desk is None:
        raise DeskClosed
    desk.closed_at, desk.closed_by = at, by
    desk.save(update_fields=["closed_at", "closed_by"])
    _record("request_desk.closed", desk, by, at)


def _need_approved(organization: Organization) -> None:
    if organization.status != Organization.Status.APPROVED:
        raise NotApproved(organization=organization.display_name)


def _record(verb: str, desk: RequestDesk, by: User, at: datetime) -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=desk,
        area_code=desk.organization.home_area.code,
        data={"organization": desk.organization.code},
    )
