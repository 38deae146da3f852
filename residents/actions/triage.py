"""What whoever looks at residents' requests decides: checked, corrected, cannot be done, somebody else's."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from organizations.models import Organization
from residents.actions.asking import (
    PEOPLE_MOST,
    PLACE_MOST,
    PlaceMissing,
    TooLong,
    TooManyPeople,
    check_day,
)
from residents.actions.moving import first_answer, move
from residents.actions.telling import note
from residents.models import HelpRequest
from residents.policies import Verb
from residents.queries.promises import promise_of
from residents.queries.routing import who_looks_at
from tasks.actions.reasons import need_reason

# What a check may put right.
CORRECTABLE = ("type", "area", "place", "people", "wanted_on")


class LooksNotThere(DomainError):
    code = "looks-not-there"
    text = _(
        "%(organization)s does not look at requests of %(area)s. Hand this one on to an authority over both"
    )


class NobodyToHelp(DomainError):
    code = "nobody-to-help"
    text = _("At least 1 person. Write how many need help")


class LooksAlready(DomainError):
    code = "looks-already"
    text = _("%(organization)s looks at this request already")


class CannotLook(DomainError):
    code = "cannot-look"
    text = _("%(organization)s does not serve %(area)s. Choose one that does")


@transaction.atomic
def verify(*, request: HelpRequest, by: User, at: datetime, **corrections: Any) -> HelpRequest:
    """Say that the request is as it stands, or as corrected by names of CORRECTABLE."""
    return _checked(request, Verb.VERIFIED, by, at, corrections)


@transaction.atomic
def correct(*, request: HelpRequest, by: User, at: datetime, **corrections: Any) -> HelpRequest:
    """Put something right in a request that was checked before."""
    return _checked(request, Verb.CORRECTED, by, at, corrections)


@transaction.atomic
def decline(*, request: HelpRequest, by: User, at: datetime, reason: str) -> HelpRequest:
    """Say that it cannot be done; whoever asked reads why, and so do those whose requests were the same."""
    why = need_reason(reason)
    move(
        request,
        Verb.DECLINED,
        status=HelpRequest.Status.DECLINED,
        reason=why,
        answered_at=first_answer(at),
        ended_at=at,
    )
    # The reason stands on the request, which is erased sooner than the record.
    write_down(request, Verb.DECLINED, by, at)
    note(request=request, verb=Verb.DECLINED, at=at, by=by, organization=request.organization, words=why)
    return request


@transaction.atomic
def pass_on(
    *, request: HelpRequest, organization: Organization, by: User, at: datetime, words: str
) -> HelpRequest:
    """Give the request to another organization that serves the area, or to an authority over it."""
    why = need_reason(words)
    if organization.pk == request.organization_id:
        raise LooksAlready(field="organization", organization=organization.display_name)
    if not may_look(organization, request.area):
        raise CannotLook(
            field="organization", organization=organization.display_name, area=request.area.full_name
        )
    giver = request.organization
    move(request, Verb.PASSED_ON, organization=organization)
    write_down(
        request, Verb.PASSED_ON, by, at, {"from": giver.code if giver else "", "to": organization.code}
    )
    note(request=request, verb=Verb.PASSED_ON, at=at, by=by, organization=organization, words=why)
    return request


def may_look(organization: Organization, area: Area) -> bool:
    """Whether an organization may be asked to look at a request of an area: approved, and it serves the area."""
    if organization.status != Organization.Status.APPROVED:
        return False
    if organization.is_authority:
        return organization.home_area.contains(area)
    return Organization.objects.serving(area).filter(pk=organization.pk).exists()


def _checked(
    request: HelpRequest, verb: Verb, by: User, at: datetime, corrections: dict[str, Any]
) -> HelpRequest:
    unknown = corrections.keys() - set(CORRECTABLE)
    if unknown:
        raise TypeError(f"a check corrects no {', '.join(sorted(unknown))}")
    changes = {name: value for name, value in corrections.items() if getattr(request, name) != value}
    _check(request, changes, at)
    changed = sorted(changes)
    if "area" in changes:
        changes["county_id"] = changes["area"].county_id
    if {"type", "area"} & set(changed):
        changes["done_due_at"] = _done_by(request, changes)
    move(
        request,
        verb,
        status=HelpRequest.Status.VERIFIED,
        answered_at=first_answer(at),
        **changes,
    )
    write_down(request, verb, by, at, {"changed": changed})
    note(request=request, verb=verb, at=at, by=by, organization=request.organization)
    return request


def _check(request: HelpRequest, changes: dict[str, Any], at: datetime) -> None:
    """Whether what is put right could have been asked for, where whoever looks at it may look."""
    if changes.get("people", 1) < 1:
        raise NobodyToHelp(field="people")
    if changes.get("people", 1) > PEOPLE_MOST:
        raise TooManyPeople(field="people", most=PEOPLE_MOST)
    if "place" in changes:
        place = changes["place"] = changes["place"].strip()
        if not place:
            raise PlaceMissing(field="place")
        if len(place) > PLACE_MOST:
            raise TooLong(field="place", most=PLACE_MOST, count=len(place))
    check_day(changes.get("wanted_on"), at)
    if "area" in changes and (who := request.organization) is not None:
        area = changes["area"]
        # Whoever looks in an authority's place need not serve there.
        if not may_look(who, area) and who_looks_at(area, at) != who:
            raise LooksNotThere(field="area", organization=who.display_name, area=area.full_name)


def _done_by(request: HelpRequest, changes: dict[str, Any]) -> datetime:
    """Until when it is done by what was promised for its right kind and place when it came; never later than what
    whoever asked was told."""
    area, kind = changes.get("area", request.area), changes.get("type", request.type)
    due = request.asked_at + timedelta(minutes=promise_of(area, kind, request.asked_at)[1])
    return due if request.done_due_at is None else min(due, request.done_due_at)


def write_down(
    request: HelpRequest, verb: Verb, by: User | None, at: datetime, data: dict[str, Any] | None = None
) -> None:
    """The record of an act on a request, without anybody's words."""
    audit.record(
        verb=f"request.{verb}", by=by, at=at, subject=request, area_code=request.area.code, data=data
    )
