"""Deciding the mode of an authority in an area, and what the mode in force refuses."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.models import Organization
from organizations.permissions import can_lead
from tasks.actions.reasons import need_reason
from tasks.actions.stages import EffectiveInPast, MomentTaken
from tasks.models import Mode, ModeChange, Task
from tasks.notices import governing as notices
from tasks.permissions.modes import can_decide_mode
from tasks.queries.modes import mode_changes_over, mode_of, rights_in


class ModeUnknown(DomainError):
    code = "mode-unknown"
    text = _("Choose one of the modes")


class SameMode(DomainError):
    code = "same-mode"
    text = _("%(area)s is in this mode then already. Choose another")


class ModeNotYours(DomainError):
    code = "mode-not-yours"
    text = _("Only officials of %(area)s or of an area above decide the mode there")


class ModeDecidedMeanwhile(DomainError):
    code = "mode-decided-meanwhile"
    text = _("%(who)s has decided meanwhile: %(mode)s. Look at it, then decide anew")


class AuthorityLeads(DomainError):
    code = "authority-leads"
    text = _("In %(area)s the authority leads the work. You can join it as a partner")


class GroupsLead(DomainError):
    code = "groups-lead"
    text = _("In %(area)s groups lead the work, not the authority. The authority can join as a partner")


class CallOfAGroup(DomainError):
    code = "call-of-a-group"
    text = _("In %(area)s groups decide on their own calls. An official can stop the area, not change a call")


class PartnersNotAsked(DomainError):
    code = "partners-not-asked"
    text = _("In %(area)s groups do not send their calls to others by name. The authority does")


@transaction.atomic
def change_mode(
    *,
    area: Area,
    mode: str,
    effective_at: datetime,
    reason: str,
    by: User,
    at: datetime,
    seen: datetime | None = None,
) -> ModeChange:
    """Put an area, and all below it, into a mode from `effective_at` on (now, or a stated later time).

    Rows are only added: going back is a new change. Areas below follow until they have a later word of their own.
    `seen` is when the page was made on which the official chose: what somebody else decided since refuses it.
    """
    reason = need_reason(reason)
    # Two officials who press at once, here or above: the second waits here and then reads who decided.
    Area.objects.select_for_update(of=("self",), no_key=True).get(code=area.path_codes[0])
    area = Area.objects.with_parents().get(pk=area.pk)
    if not can_decide_mode(by, area):
        raise ModeNotYours(area=area.full_name)
    if seen is not None:
        newer = mode_changes_over(area).filter(decided_at__gt=seen).order_by("-decided_at", "-pk").first()
        if newer is not None:
            raise ModeDecidedMeanwhile(who=newer.decided_by.name, mode=newer.get_mode_display())
    check_mode(area=area, mode=mode, effective_at=effective_at, at=at)
    change = ModeChange.objects.create(
        area=area, mode=mode, effective_at=effective_at, decided_at=at, decided_by=by, reason=reason
    )
    audit.record(
        verb="mode.changed",
        by=by,
        at=at,
        subject=change,
        area_code=area.code,
        reason=reason,
        data={"mode": mode, "effective_at": effective_at.isoformat()},
    )
    queue_messages(notices=notices.mode_changed(change, by=by), at=at)
    return change


def check_mode(*, area: Area, mode: str, effective_at: datetime, at: datetime) -> None:
    """Raise what `change_mode` would raise of a mode and its time."""
    if mode not in Mode.values:
        raise ModeUnknown(field="mode")
    if effective_at < at:
        raise EffectiveInPast(field="effective_at")
    if ModeChange.objects.filter(area=area, effective_at=effective_at).exists():
        raise MomentTaken(field="effective_at")
    if mode_of(area, effective_at).mode == mode:
        raise SameMode(field="mode", area=area.full_name)


def refuse_lead(task: Task, organization: Organization, at: datetime) -> None:
    """Raise where the mode in force keeps the organization from leading the call."""
    rights = rights_in(task.area, at)
    if organization.is_authority and not rights.authority_leads:
        raise GroupsLead(area=task.area.name)
    if not organization.is_authority and not rights.groups_lead:
        raise AuthorityLeads(area=task.area.name)


def refuse_hands_off(task: Task, by: User, at: datetime) -> None:
    """Raise where somebody else than the group itself would change its call, and the mode in force forbids it."""
    if task.issuer.is_authority or can_lead(by, task.issuer):
        return
    if not rights_in(task.area, at).authority_edits_groups_calls:
        raise CallOfAGroup(area=task.area.name)


def refuse_calling_partners(task: Task, asker: Organization, at: datetime) -> None:
    """Raise where a group would send a call to others by name, and the mode in force keeps that to authorities."""
    if not asker.is_authority and not rights_in(task.area, at).groups_call_partners:
        raise PartnersNotAsked(area=task.area.name)
