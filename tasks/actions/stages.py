"""Crises, their stages by area, and the stop that holds everything."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from tasks.actions.offers.ending import withdraw_offers
from tasks.actions.playbooks import usable
from tasks.actions.reasons import need_reason
from tasks.models import AreaStop, Crisis, Playbook, Stage, StageChange
from tasks.notices import calls as notices
from tasks.queries.stages import changes_over, last_word, live_stops_over, number_name


class CrisisRunning(DomainError):
    code = "crisis-running"
    text = _("%(crisis)s is on here already. Change its stage instead")


class CrisisOver(DomainError):
    code = "crisis-over"
    text = _("This crisis is over")


class OutsideCrisis(DomainError):
    code = "outside-crisis"
    text = _("%(area)s lies outside the area of this crisis")


class StageUnknown(DomainError):
    code = "stage-unknown"
    text = _("Choose one of the stages")


class EffectiveInPast(DomainError):
    code = "effective-in-past"
    text = _("This time is over. Choose now or a later time")


class EffectiveInFuture(DomainError):
    code = "effective-in-future"
    text = _("This time has not come yet. Choose now or an earlier time")


class MomentTaken(DomainError):
    code = "moment-taken"
    text = _("Another change is decided for this very moment. Choose another time")


class DecidedMeanwhile(DomainError):
    code = "decided-meanwhile"
    text = _(
        "Meanwhile %(person)s decided “%(stage)s” for %(area)s. Look at what holds now, then decide whether to change it"
    )


class SameStage(DomainError):
    code = "same-stage"
    text = _("%(area)s is in this stage then already. Choose another")


class AlreadyStopped(DomainError):
    code = "already-stopped"
    text = _("%(area)s is stopped already")


class StopLifted(DomainError):
    code = "stop-lifted"
    text = _("This stop was lifted already")


@transaction.atomic
def start_crisis(
    *,
    name_zh: str,
    name_en: str,
    area: Area,
    started_at: datetime,
    by: User,
    at: datetime,
    playbook: Playbook | None = None,
) -> Crisis:
    """Begin a crisis in an area and all below it, by a playbook or none; one at a time anywhere."""
    if started_at > at:
        raise EffectiveInFuture(field="started_at")
    # Two officials who start one at once, one above the other: the second waits here and then finds the first.
    Area.objects.select_for_update(of=("self",), no_key=True).get(code=area.path_codes[0])
    running = (
        Crisis.objects.running().filter(area__path__startswith=area.path)
        | Crisis.objects.running().filter(area__path__in=area.paths_above())
    ).first()
    if running is not None:
        raise CrisisRunning(crisis=running.name)
    crisis = Crisis.objects.create(
        name_zh=name_zh,
        name_en=name_en,
        area=area,
        started_at=started_at,
        playbook=usable(playbook, area) if playbook else None,
    )
    audit.record(
        verb="crisis.started",
        by=by,
        at=at,
        subject=crisis,
        area_code=area.code,
        data={"playbook": playbook.code if playbook else ""},
    )
    return crisis


@transaction.atomic
def end_crisis(*, crisis: Crisis, by: User, at: datetime, reason: str) -> Crisis:
    """End a crisis: its stages stop to count everywhere."""
    reason = need_reason(reason)
    crisis = _locked(crisis)
    crisis.ended_at = at
    crisis.save(update_fields=["ended_at"])
    audit.record(
        verb="crisis.ended",
        by=by,
        at=at,
        subject=crisis,
        area_code=crisis.area.code,
        reason=reason,
    )
    return crisis


@transaction.atomic
def change_stage(
    *,
    crisis: Crisis,
    area: Area,
    stage: int,
    effective_at: datetime,
    reason: str,
    by: User,
    at: datetime,
    seen: str | None = None,
) -> StageChange:
    """Put an area, and all below it, into a stage from `effective_at` on (now, or a stated later time).

    Rows are only added: going back is a new change. Areas below follow until they have a later word of their own.
    `seen` is what `last_word` said when the page was shown; where another word came since, DecidedMeanwhile is raised.
    """
    reason = need_reason(reason)
    crisis = _locked(crisis)
    _refuse_if_decided(crisis, area, at=at, seen=seen)
    check_stage(crisis=crisis, area=area, stage=stage, effective_at=effective_at, at=at)
    change = StageChange.objects.create(
        crisis=crisis,
        area=area,
        stage=stage,
        effective_at=effective_at,
        decided_at=at,
        decided_by=by,
        reason=reason,
    )
    audit.record(
        verb="stage.changed",
        by=by,
        at=at,
        subject=change,
        area_code=area.code,
        reason=reason,
        data={"stage": stage, "effective_at": effective_at.isoformat()},
    )
    queue_messages(notices=notices.stage_changed(change), at=at)
    return change


def check_stage(*, crisis: Crisis, area: Area, stage: int, effective_at: datetime, at: datetime) -> None:
    """Raise what `change_stage` would raise of a stage and its time.

    What is planned for later does not hinder a change before it: in an emergency there is always a way to act now.
    """
    if stage not in Stage.values:
        raise StageUnknown(field="stage")
    if not crisis.area.contains(area):
        raise OutsideCrisis(field="area", area=area.full_name)
    if effective_at < at:
        raise EffectiveInPast(field="effective_at")
    over = changes_over(area).filter(crisis=crisis)
    if over.filter(area=area, effective_at=effective_at).exists():
        raise MomentTaken(field="effective_at")
    current = over.filter(effective_at__lte=effective_at).first()
    if (current.stage if current else Stage.NONE) == stage:
        raise SameStage(field="stage", area=area.full_name)


def _refuse_if_decided(crisis: Crisis, area: Area, *, at: datetime, seen: str | None) -> None:
    """Refuse to decide over a word that whoever decides cannot have read; the crisis is locked."""
    last = changes_over(area).filter(crisis=crisis).order_by("-decided_at", "-id").first()
    if last is None or (last.decided_at <= at and seen in (None, last_word(last))):
        return
    raise DecidedMeanwhile(person=last.decided_by.name, stage=number_name(last.stage), area=last.area.name)


@transaction.atomic
def stop_area(*, area: Area, reason: str, by: User, at: datetime) -> AreaStop:
    """Stop everything in an area now: nothing is published, nobody signs up, nobody checks in.

    Whoever organizes shifts there now or in the next 24 hours is told.
    """
    reason = need_reason(reason)
    # Two officials who press at once: the second waits here and then finds the stop.
    Area.objects.select_for_update(of=("self",), no_key=True).get(pk=area.pk)
    if live_stops_over(area).exists():
        raise AlreadyStopped(area=area.full_name)
    stop = AreaStop.objects.create(area=area, stopped_at=at, stopped_by=by, reason=reason)
    audit.record(
        verb="area.stopped",
        by=by,
        at=at,
        subject=stop,
        area_code=area.code,
        reason=reason,
    )
    withdraw_offers(area=area, at=at, by=by, reason=reason)
    queue_messages(notices=notices.area_stopped(stop, at), at=at)
    return stop


@transaction.atomic
def lift_stop(*, stop: AreaStop, by: User, at: datetime) -> AreaStop:
    """Let the work go on; whoever organizes shifts there is told."""
    stop = (
        AreaStop.objects.select_for_update(of=("self",), no_key=True).select_related("area").get(pk=stop.pk)
    )
    if stop.lifted_at is not None:
        raise StopLifted
    stop.lifted_at, stop.lifted_by = at, by
    stop.save(update_fields=["lifted_at", "lifted_by"])
    audit.record(verb="area.stop_lifted", by=by, at=at, subject=stop, area_code=stop.area.code)
    queue_messages(notices=notices.stop_lifted(stop, at), at=at)
    return stop


def _locked(crisis: Crisis) -> Crisis:
    """The crisis as it is now, kept from others until the end of the transaction."""
    crisis = (
        Crisis.objects.select_for_update(of=("self",), no_key=True).select_related("area").get(pk=crisis.pk)
    )
    if crisis.ended_at is not None:
        raise CrisisOver
    return crisis
