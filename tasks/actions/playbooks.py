"""Playbooks: write one whole or not at all, take one out of use, and let a crisis follow one."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from tasks.actions.reasons import need_reason
from tasks.models import Crisis, Playbook, PlaybookPriority, PlaybookStage, TaskTemplate, TaskType
from tasks.policies.playbooks import Fault, PlaybookGiven, faults_of, read
from tasks.queries.playbooks import followers, given_of, known, playbooks_for
from tasks.rendering.playbooks import fault_in_words

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "playbooks"
_OF_PLAYBOOK = ("name_zh", "name_en", "summary_zh", "summary_en")
_OF_STAGE = (
    "name_zh", "name_en", "summary_zh", "summary_en", "first_day", "last_day", "publishers", "needs_review",
    "lead_kinds", "alert_reach", "escalate_hours", "seat_weight",
)  # fmt: skip


class PlaybookFaulty(DomainError):
    """Carries everything that is wrong, each with its place."""

    code = "playbook-faulty"
    text = "%(first)s"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(first=fault_in_words(self.faults[0]))


class NotAFile(DomainError):
    code = "not-a-playbook-file"
    text = _("This is no playbook. A playbook is a text in JSON, as the page of one gives it out")


class PlaybookMoved(DomainError):
    code = "playbook-moved"
    text = _(
        "Somebody changed this playbook meanwhile: it is at version %(now)d, yours was made from version %(yours)d. "
        "Look at it as it is now, then change it again"
    )


class PlaybookSame(DomainError):
    code = "playbook-same"
    text = _("Nothing in it is different")


class PlaybookRetired(DomainError):
    code = "playbook-retired"
    text = _("“%(playbook)s” is not used any more")


class PlaybookFollowed(DomainError):
    code = "playbook-followed"
    text = _("“%(crisis)s” in %(area)s follows it. Choose another playbook there first")


class PlaybookElsewhere(DomainError):
    code = "playbook-elsewhere"
    text = _("“%(playbook)s” was not made for %(area)s. Choose one of those listed")


class FollowsAlready(DomainError):
    code = "follows-already"
    text = _("The crisis follows this already. Choose another")


class CrisisEnded(DomainError):
    code = "crisis-ended"
    text = _("This crisis is over")


def read_file(content: bytes) -> PlaybookGiven:
    """A playbook from an uploaded file. Raises NotAFile, or PlaybookFaulty with every place of a wrong form."""
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NotAFile(field="file") from None
    given, faults = read(raw)
    if given is None:
        raise PlaybookFaulty(faults)
    return given


@transaction.atomic
def save_playbook(*, given: PlaybookGiven, by: User | None, at: datetime, reason: str = "") -> Playbook:
    """Write a playbook as it is given, all or nothing; what a stage in force sets changes at once.

    A code that nobody has makes a new one. Else `given.version` is the one that was looked at, and a reason is due.
    """
    playbook = Playbook.objects.select_for_update(no_key=True).filter(code=given.code).first()
    if playbook is not None:
        reason = _check_change(playbook, given, reason)
    if faults := faults_of(given, known(given.areas)):
        raise PlaybookFaulty(faults)
    changed = ["created"]
    if playbook is None:
        playbook = Playbook(code=given.code, version=1)
    else:
        changed = _changes(given_of(playbook), given)
        playbook.version += 1
    if not changed:
        raise PlaybookSame
    for name in _OF_PLAYBOOK:
        setattr(playbook, name, getattr(given, name).strip())
    playbook.changed_at, playbook.changed_by = at, by
    try:
        with transaction.atomic():
            playbook.save()
    except IntegrityError:
        # Two made a new one of the same code at once.
        raise PlaybookMoved(now=1, yours=given.version) from None
    playbook.areas.set(Area.objects.filter(code__in=given.areas))
    _refuse_outside(playbook)
    _write_stages(playbook, given)
    audit.record(
        verb="playbook.saved",
        by=by,
        at=at,
        subject=playbook,
        reason=reason,
        data={"code": playbook.code, "version": playbook.version, "changed": changed},
    )
    return playbook


def load_shipped(*, at: datetime) -> int:
    """Write the playbooks that come with the product and are not there yet; how many were new.

    One that is there stays as it was edited.
    """
    loaded = 0
    for path in sorted(SHIPPED.glob("*.json")):
        given = read_file(path.read_bytes())
        if not Playbook.objects.filter(code=given.code).exists():
            save_playbook(given=given, by=None, at=at)
            loaded += 1
    return loaded


@transaction.atomic
def retire_playbook(*, playbook: Playbook, by: User, at: datetime, reason: str) -> Playbook:
    """Take a playbook out of use. Refused as long as a crisis follows it."""
    reason = need_reason(reason)
    playbook = Playbook.objects.select_for_update(no_key=True).get(pk=playbook.pk)
    if playbook.retired_at is not None:
        raise PlaybookRetired(playbook=playbook.name)
    follower = followers(playbook).first()
    if follower is not None:
        raise PlaybookFollowed(crisis=follower.name, area=follower.area.full_name)
    playbook.retired_at = at
    playbook.save(update_fields=["retired_at"])
    audit.record(verb="playbook.retired", by=by, at=at, subject=playbook, reason=reason)
    return playbook


@transaction.atomic
def restore_playbook(*, playbook: Playbook, by: User, at: datetime) -> Playbook:
    """Put a playbook to use again."""
    playbook = Playbook.objects.select_for_update(no_key=True).get(pk=playbook.pk)
    if playbook.retired_at is None:
        raise PlaybookSame
    playbook.retired_at = None
    playbook.save(update_fields=["retired_at"])
    audit.record(verb="playbook.restored", by=by, at=at, subject=playbook)
    return playbook


@transaction.atomic
def choose_playbook(
    *, crisis: Crisis, playbook: Playbook | None, by: User, at: datetime, reason: str
) -> Crisis:
    """Let a running crisis follow another playbook, or none; what its stages set changes at once."""
    reason = need_reason(reason)
    crisis = (
        Crisis.objects.select_for_update(of=("self",), no_key=True).select_related("area").get(pk=crisis.pk)
    )
    if crisis.ended_at is not None:
        raise CrisisEnded
    if crisis.playbook_id == (playbook.pk if playbook else None):
        raise FollowsAlready(field="playbook")
    before = crisis.playbook
    crisis.playbook = usable(playbook, crisis.area) if playbook else None
    crisis.save(update_fields=["playbook"])
    audit.record(
        verb="crisis.playbook_chosen",
        by=by,
        at=at,
        subject=crisis,
        area_code=crisis.area.code,
        reason=reason,
        data={"before": before.code if before else "", "after": playbook.code if playbook else ""},
    )
    return crisis


def usable(playbook: Playbook, area: Area) -> Playbook:
    """The playbook, kept from being retired until the end of the transaction, if it may be followed in the area."""
    playbook = Playbook.objects.select_for_update(no_key=True).get(pk=playbook.pk)
    if playbook.retired_at is not None:
        raise PlaybookRetired(field="playbook", playbook=playbook.name)
    if not playbooks_for(area).filter(pk=playbook.pk).exists():
        raise PlaybookElsewhere(field="playbook", playbook=playbook.name, area=area.full_name)
    return playbook


def _check_change(playbook: Playbook, given: PlaybookGiven, reason: str) -> str:
    if playbook.retired_at is not None:
        raise PlaybookRetired(playbook=playbook.name)
    if playbook.version != given.version:
        raise PlaybookMoved(now=playbook.version, yours=given.version)
    return need_reason(reason)


def _changes(before: PlaybookGiven, after: PlaybookGiven) -> list[str]:
    """Where the two differ: names of fields, those of a stage with its number in front."""
    found = [name for name in (*_OF_PLAYBOOK, "areas") if getattr(before, name) != getattr(after, name)]
    old = {one.stage: one for one in before.stages}
    new = {one.stage: one for one in after.stages}
    for number in sorted(old.keys() | new.keys()):
        if number not in old or number not in new:
            found.append(str(number))
            continue
        found += [
            f"{number}.{name}"
            for name in (*_OF_STAGE, "priorities", "templates")
            if _comparable(getattr(old[number], name)) != _comparable(getattr(new[number], name))
        ]
    return found


def _comparable(value: Any) -> Any:
    """What is a set in the database has no order."""
    return sorted(value) if isinstance(value, tuple) else value


def _refuse_outside(playbook: Playbook) -> None:
    """Refuse to take a playbook from under a crisis that follows it."""
    for crisis in followers(playbook):
        if not playbooks_for(crisis.area).filter(pk=playbook.pk).exists():
            raise PlaybookFollowed(field="areas", crisis=crisis.name, area=crisis.area.full_name)


def _write_stages(playbook: Playbook, given: PlaybookGiven) -> None:
    """Rows keep their identity; priorities are written anew."""
    types = dict(TaskType.objects.values_list("code", "pk"))
    PlaybookStage.objects.filter(playbook=playbook).exclude(
        stage__in=[one.stage for one in given.stages]
    ).delete()
    for one in given.stages:
        values = {name: getattr(one, name) for name in _OF_STAGE}
        values |= {name: list(values[name]) for name in ("publishers", "lead_kinds")}
        stage, _created = PlaybookStage.objects.update_or_create(
            playbook=playbook, stage=one.stage, defaults=values
        )
        stage.templates.set(TaskTemplate.objects.filter(code__in=one.templates))
        stage.priorities.all().delete()
        PlaybookPriority.objects.bulk_create(
            PlaybookPriority(stage=stage, type_id=types[code], priority=priority)
            for code, priority in one.priorities.items()
        )
