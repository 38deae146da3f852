"""Calls: ask for work, change it, take it on, end it."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from areas.models import Area
from core import audit
from notifications.actions import queue_messages
from organizations.models import Organization
from organizations.queries import leaders_of, paths_served
from tasks.actions import shifts
from tasks.actions.adoptions import call_again, keep_filled
from tasks.actions.asking import answer_request, ask
from tasks.actions.call_errors import (
    AlreadyAdopted,
    AreaNotServed,
    EndBeforeStart,
    LeadTaken,
    NobodyNeeded,
    NotAdopted,
    NotADraft,
    NotApproved,
    PastDate,
    PeopleOutOfRange,
    SecondTitleMissing,
    ShiftsAhead,
    TaskNotOpen,
)
from tasks.actions.modes import refuse_calling_partners, refuse_hands_off, refuse_lead
from tasks.actions.publishing import waits_for_word
from tasks.actions.reasons import need_reason
from tasks.actions.reviewing import bring_before, drop_review, note_edit
from tasks.actions.sharing import share
from tasks.actions.standstill import refuse_if_stopped
from tasks.models import Adoption, CallRequest, Shift, Task
from tasks.notices import calls as notices
from tasks.queries.calls import in_reach
from tasks.queries.modes import rights_in
from tasks.queries.stages import rules_of, running_crisis

# What a call is made of. Requirements go their own way, since they are rows of their own.
FIELDS = (
    "type",
    "area",
    "priority",
    "language",
    "title",
    "content",
    "conditions",
    "how_to_apply",
    "risks",
    "guarantees",
    "second_title",
    "second_content",
    "people_needed",
    "starts_on",
    "ends_on",
    "place",
    "is_remote",
    "address",
    "private_details",
    "contact_name",
    "contact_phone",
)
PEOPLE_AT_MOST = 100_000
OPEN = (Task.Status.CALLED, Task.Status.ADOPTED)


@transaction.atomic
def issue_call(
    *,
    issuer: Organization,
    by: User,
    at: datetime,
    values: dict[str, Any],
    ask_first: Sequence[Organization] = (),
) -> Task:
    """Write a call and, unless `values["status"]` says draft, make it public and ask some organizations by name.

    `values` holds names of FIELDS, `status` ("draft" or "called"), `requirements` (capabilities). A group's own
    call is taken on by itself at once, or waits as a draft for an official's word; an authority's is told to the
    organizations that serve the area, and led by the authority where groups do not lead. Where `values` says nothing of
    how urgent it is, the stage in force says it.
    """
    task = check_call(issuer=issuer, at=at, values=values)
    task.created_at = at
    task.created_by = by
    task.county_id = task.area.county_id
    rules = rules_of(task.area, at)
    task.crisis = rules.crisis
    if "priority" not in values:
        task.priority = rules.priority_of(task.type_id, task.priority)
    task.save(force_insert=True)
    task.requirements.set(values.get("requirements", ()))
    audit.record(verb="task.written", by=by, at=at, subject=task, area_code=task.area.code)
    if values.get("status", Task.Status.CALLED) == Task.Status.CALLED:
        _publish(task, by=by, at=at, ask_first=ask_first)
    return task


def check_call(*, issuer: Organization, at: datetime, values: dict[str, Any]) -> Task:
    """The call as it would be, without writing it: raises what `issue_call` would raise of its words."""
    if issuer.status != Organization.Status.APPROVED:
        raise NotApproved(organization=issuer.display_name)
    task = Task(issuer=issuer, **{name: values[name] for name in FIELDS if name in values})
    _check(task, at=at, changed=FIELDS)
    if not _serves(issuer, task.area):
        raise _not_served(issuer, task.area)
    return task


@transaction.atomic
def publish_call(*, task: Task, by: User, at: datetime) -> Task:
    """Make a draft public, or bring it before an authority where it waits for a word."""
    task = _locked(task)
    if task.status != Task.Status.DRAFT:
        raise NotADraft
    refuse_hands_off(task, by, at)
    _check(task, at=at, changed=("starts_on",))
    _publish(task, by=by, at=at)
    return task


@transaction.atomic
def edit_call(
    *, task: Task, changes: dict[str, Any], by: User, at: datetime, only_draft: bool = False
) -> Task:
    """Change what a draft or an open call says; whoever has taken it on is told.

    `only_draft`: a call that was made public in this moment stays as the official read it.
    """
    task = _locked(task)
    if task.status not in (Task.Status.DRAFT, *OPEN):
        raise TaskNotOpen
    if only_draft and task.status != Task.Status.DRAFT:
        raise NotADraft
    refuse_hands_off(task, by, at)
    changed = [name for name in FIELDS if name in changes and getattr(task, name) != changes[name]]
    for name in changed:
        setattr(task, name, changes[name])
    _check(task, at=at, changed=changed)
    if "area" in changed:
        if not _serves(task.issuer, task.area):
            raise _not_served(task.issuer, task.area)
        if task.status in OPEN:
            refuse_if_stopped(task.area)
        task.county_id = task.area.county_id
        task.crisis = running_crisis(task.area)
    if "people_needed" in changed:
        keep_filled(task)
    if "requirements" in changes:
        wanted = {capability.pk for capability in changes["requirements"]}
        if wanted != set(task.requirements.values_list("pk", flat=True)):
            task.requirements.set(wanted)
            changed.append("requirements")
    if not changed:
        return task
    task.save()
    note_edit(task, at)
    audit.record(
        verb="task.edited",
        by=by,
        at=at,
        subject=task,
        area_code=task.area.code,
        data={"changed": changed},
    )
    if task.status in OPEN:
        queue_messages(notices=notices.call_changed(task, at=at, by=by), at=at)
    return task


@transaction.atomic
def cancel_task(*, task: Task, by: User, at: datetime, reason: str) -> Task:
    """Call it off: every shift ahead is cancelled, whoever holds a seat and whoever took it on is told why."""
    reason = need_reason(reason)
    task = _locked(task)
    if task.status not in (Task.Status.DRAFT, *OPEN):
        raise TaskNotOpen
    refuse_hands_off(task, by, at)
    drop_review(task, by=by, at=at, reason=reason)
    told = list(notices.leaders_of_adopters(task).exclude(pk=by.pk))
    for shift in _shifts_ahead(task, at):
        # A shift to which people have come runs to its end, and their hours count.
        with contextlib.suppress(shifts.PeopleAreThere):
            shifts.cancel_shift(shift=shift, by=by, at=at, reason=reason)
    _end(task, Task.Status.CANCELLED, by=by, at=at, reason=reason)
    queue_messages(notices=notices.call_cancelled(task, told), at=at)
    return task


@transaction.atomic
def close_task(*, task: Task, by: User, at: datetime, reason: str = "") -> Task:
    """Say that the work is done."""
    task = _locked(task)
    if task.status not in OPEN:
        raise TaskNotOpen
    refuse_hands_off(task, by, at)
    if _shifts_ahead(task, at):
        raise ShiftsAhead
    _end(task, Task.Status.CLOSED, by=by, at=at, reason=reason.strip())
    return task


@transaction.atomic
def adopt_task(
    *, task: Task, organization: Organization, role: str, by: User, at: datetime, people: int | None = None
) -> Adoption:
    """Take a call on, as lead or as partner, with how many people it brings; the issuer's officials are told.

    A lead posts a first shift until `act_by`, else the call waits for an organization again. Where the organization
    was asked by name, this is its answer.
    """
    check_people(people)
    task = _locked(task)
    if task.status not in OPEN:
        raise TaskNotOpen
    refuse_if_stopped(task.area)
    if organization.status != Organization.Status.APPROVED:
        raise NotApproved(organization=organization.display_name)
    if not in_reach(task).filter(pk=organization.pk).exists():
        raise _not_served(organization, task.area, field=None)
    live = list(Adoption.objects.live().filter(task=task).select_related("organization"))
    if any(adoption.organization_id == organization.pk for adoption in live):
        raise AlreadyAdopted(organization=organization.display_name)
    lead = next((a.organization for a in live if a.role == Adoption.Role.LEAD), None)
    if role == Adoption.Role.LEAD and lead is not None:
        raise LeadTaken(organization=lead.display_name)
    if role == Adoption.Role.LEAD:
        refuse_lead(task, organization, at)
    adoption = share(task, organization, role, by=by, at=at, people=people)
    answer_request(task=task, organization=organization, answer=role, by=by, at=at)
    told = leaders_of([task.issuer]).exclude(pk=by.pk)
    queue_messages(notices=notices.call_adopted(adoption, told), at=at)
    return adoption


@transaction.atomic
def change_share(*, adoption: Adoption, people: int | None, by: User, at: datetime) -> Adoption:
    """Say anew how many people the organization brings; nothing is a word, too."""
    check_people(people)
    task = _locked(adoption.task)
    if task.status not in OPEN:
        raise TaskNotOpen
    if not Adoption.objects.live().filter(pk=adoption.pk).update(people=people):
        raise NotAdopted(organization=adoption.organization.display_name)
    data = {"organization": adoption.organization.code, "before": adoption.people, "people": people}
    audit.record(verb="task.share", by=by, at=at, subject=task, area_code=task.area.code, data=data)
    adoption.people = people
    return adoption


@transaction.atomic
def ask_organizations(
    *,
    task: Task,
    organizations: Sequence[Organization],
    by: User,
    at: datetime,
    asker: Organization | None = None,
) -> list[CallRequest]:
    """Ask some by name to take the call on, in the name of an authority (the issuer where none is named).

    All or none of them: whoever cannot be asked is named.
    """
    task = _locked(task)
    if task.status not in OPEN:
        raise TaskNotOpen
    refuse_if_stopped(task.area)
    refuse_calling_partners(task, asker or task.issuer, at)
    return ask(task=task, organizations=organizations, asker=asker or task.issuer, by=by, at=at)


@transaction.atomic
def leave_task(*, adoption: Adoption, by: User, at: datetime, reason: str) -> Adoption:
    """Give a share back. Without a lead the call waits for an organization again."""
    reason = need_reason(reason)
    task = _locked(adoption.task)
    adoption.refresh_from_db()
    adoption.task = task
    if adoption.ended_at is not None:
        raise NotAdopted(organization=adoption.organization.display_name)
    if any(s.organization_id == adoption.organization_id for s in _shifts_ahead(task, at)):
        raise ShiftsAhead
    adoption.ended_at = at
    adoption.save(update_fields=["ended_at"])
    if adoption.role == Adoption.Role.LEAD and task.status == Task.Status.ADOPTED:
        call_again(task)
    audit.record(
        verb="task.left",
        by=by,
        at=at,
        subject=task,
        area_code=task.area.code,
        reason=reason,
        data={"organization": adoption.organization.code, "role": adoption.role},
    )
    told = leaders_of([task.issuer]).exclude(pk=by.pk)
    queue_messages(notices=notices.call_left(adoption, told, reason), at=at)
    return adoption


@transaction.atomic
def publish_reviewed(*, task: Task, asked_by: User, authority: Organization, by: User, at: datetime) -> Task:
    """Make a group's draft public on the word of an official of the authority."""
    task = _locked(task)
    if task.status != Task.Status.DRAFT:
        raise NotADraft
    _check(task, at=at, changed=("starts_on",))
    _publish(task, by=by, at=at, allowed_by=authority, asked_by=asked_by)
    return task


def _publish(
    task: Task,
    *,
    by: User,
    at: datetime,
    ask_first: Sequence[Organization] = (),
    allowed_by: Organization | None = None,
    asked_by: User | None = None,
) -> None:
    """Make it public, or bring it before an authority where it waits for a word that nobody gave yet."""
    refuse_if_stopped(task.area)
    waits = waits_for_word(issuer=task.issuer, area=task.area, at=at)
    if allowed_by is None:
        if waits:
            bring_before(task, by=by, at=at)
            return
        drop_review(task, by=by, at=at)
    task.status = Task.Status.CALLED
    task.called_at = at
    task.save(update_fields=["status", "called_at"])
    audit.record(verb="task.called", by=by, at=at, subject=task, area_code=task.area.code)
    groups_lead = rights_in(task.area, at).groups_lead
    if task.issuer.is_authority:
        if not groups_lead:
            share(task, task.issuer, Adoption.Role.LEAD, by=by, at=at)
        if ask_first:
            ask(task=task, organizations=ask_first, asker=task.issuer, by=by, at=at)
        asked = {organization.pk for organization in ask_first}
        queue_messages(notices=notices.call_issued(task, apart_from=asked), at=at)
        return
    role = Adoption.Role.LEAD
    if allowed_by is not None and not groups_lead:
        share(task, allowed_by, Adoption.Role.LEAD, by=by, at=at)
        role = Adoption.Role.PARTNER
    share(task, task.issuer, role, by=asked_by or by, at=at)


def _end(task: Task, status: str, *, by: User, at: datetime, reason: str) -> None:
    task.status = status
    task.ended_at = at
    task.end_reason = reason
    task.save(update_fields=["status", "ended_at", "end_reason"])
    audit.record(verb=f"task.{status}", by=by, at=at, subject=task, area_code=task.area.code, reason=reason)


def _check(task: Task, *, at: datetime, changed: tuple[str, ...] | list[str]) -> None:
    """Refuse what the call must not say. A first day that is over is refused only when it is new."""
    if "starts_on" in changed and task.starts_on < localdate(at):
        raise PastDate(field="starts_on")
    if task.ends_on < task.starts_on:
        raise EndBeforeStart(field="ends_on")
    if "ends_on" in changed and task.ends_on < localdate(at):
        raise PastDate(field="ends_on")
    if task.people_needed < 1:
        raise NobodyNeeded(field="people_needed")
    if task.second_content and not task.second_title:
        raise SecondTitleMissing(field="second_title")


def check_people(people: int | None) -> None:
    """Refuse a share of people that cannot be."""
    if people is not None and not 1 <= people <= PEOPLE_AT_MOST:
        raise PeopleOutOfRange(field="people", most=PEOPLE_AT_MOST)


def _serves(organization: Organization, area: Area) -> bool:
    """Whether the organization may ask for work in the area: it lies in what the organization serves."""
    if organization.is_authority:
        return organization.home_area.contains(area)
    return any(area.path.startswith(path) for path in paths_served(organization))


def _not_served(organization: Organization, area: Area, field: str | None = "area") -> AreaNotServed:
    return AreaNotServed(field=field, organization=organization.display_name, area=area.full_name)


def _shifts_ahead(task: Task, at: datetime) -> list[Shift]:
    """Open shifts that are not over, and those without a fixed time."""
    ahead = task.shifts.filter(status=Shift.Status.OPEN).exclude(ends_at__lte=at)
    return list(ahead.select_related("task", "area", "organization").order_by("id"))


def _locked(task: Task) -> Task:
    """The row as it is now, kept from others until the end of the transaction."""
    return (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("issuer__home_area", "area__parent__parent", "type")
        .get(pk=task.pk)
    )
