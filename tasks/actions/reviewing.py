"""A group asks for an official's word on its call, and what becomes of that when the call changes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.permissions import authority_of, can_lead
from organizations.queries import authorities_acting
from tasks.actions.publishing import waits_for_word
from tasks.actions.standstill import refuse_if_stopped
from tasks.models import Review, Task
from tasks.notices import governing as notices
from tasks.policies.modes import review_lasts
from tasks.queries.reviews import open_review


class ReviewAsked(DomainError):
    code = "review-asked"
    text = _("%(authority)s has this call before it already")


class NoReviewNeeded(DomainError):
    code = "no-review-needed"
    text = _("This call needs nobody's word. Make it public")


class NobodyToReview(DomainError):
    code = "nobody-to-review"
    text = _("No authority over %(area)s has anybody who could look at it")


class GroupAsksItself(DomainError):
    code = "group-asks-itself"
    text = _("%(organization)s itself asks for the word on its call")


@transaction.atomic
def ask_review(*, task: Task, by: User, at: datetime) -> Review:
    """Bring a group's draft before the nearest authority; it stays a draft until somebody there says yes.

    The deadline follows from how urgent the call is.
    """
    task = (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("issuer__home_area", "area__parent__parent", "type")
        .get(pk=task.pk)
    )
    if task.status != Task.Status.DRAFT or not waits_for_word(issuer=task.issuer, area=task.area, at=at):
        raise NoReviewNeeded
    refuse_if_stopped(task.area)
    return bring_before(task, by=by, at=at)


def bring_before(task: Task, *, by: User, at: datetime) -> Review:
    """Ask for the word that a draft waits for, once its row is locked."""
    if not can_lead(by, task.issuer):
        raise GroupAsksItself(organization=task.issuer.display_name)
    waiting = open_review(task)
    if waiting is not None:
        raise ReviewAsked(authority=waiting.authority.display_name)
    authority = authorities_acting(task.area).first()
    if authority is None:
        raise NobodyToReview(area=task.area.full_name)
    review = Review.objects.create(
        task=task, authority=authority, asked_at=at, asked_by=by, due_at=at + review_lasts(task.priority)
    )
    audit.record(
        verb="review.asked",
        by=by,
        at=at,
        subject=review,
        area_code=task.area.code,
        data={"task": task.code, "authority": authority.code, "due_at": review.due_at.isoformat()},
    )
    queue_messages(notices=notices.review_asked(review, at), at=at)
    return review


def note_edit(task: Task, at: datetime) -> None:
    """Remember that a call changed while it waits: whoever has read it before reads it again."""
    Review.objects.open().filter(task=task).update(edited_at=at)


def drop_review(task: Task, *, by: User, at: datetime, reason: str = "") -> None:
    """End the waiting of a call that is called off, or that needs no word any more."""
    review = Review.objects.open().select_for_update(of=("self",), no_key=True).filter(task=task).first()
    if review is None:
        return
    authority = None if can_lead(by, task.issuer) else authority_of(by, task.area)
    returned = authority is not None and bool(reason)
    review.decision = Review.Decision.RETURNED if returned else Review.Decision.WITHDRAWN
    review.decided_at, review.decided_by = at, by
    review.decided_for = authority if returned else None
    review.reason = reason
    review.save(update_fields=["decision", "decided_at", "decided_by", "decided_for", "reason"])
    audit.record(
        verb=f"review.{review.decision}",
        by=by,
        at=at,
        subject=review,
        area_code=task.area.code,
        reason=reason,
        data={"task": task.code},
    )
