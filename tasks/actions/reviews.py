"""An official's word on calls of groups: yes, back with a reason, or on to the authority above when nobody spoke in time."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, faults
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.actions.delegations import in_whose_place
from organizations.permissions import Mandate, can_lead
from organizations.queries import authorities_acting
from tasks.actions.calls import publish_reviewed
from tasks.actions.reasons import need_reason
from tasks.actions.reviewing import GroupAsksItself, ask_review
from tasks.models import Review, Task
from tasks.notices import governing as notices
from tasks.permissions.modes import reviewer_of
from tasks.policies.modes import review_lasts
from tasks.queries.reviews import with_names

__all__ = ["approve_review", "ask_review", "escalate_reviews", "return_review", "withdraw_review"]


class NotReviewer(DomainError):
    code = "not-reviewer"
    text = _(
        "Only officials of %(area)s or of an area above, and whom they asked to, decide; nobody on their own"
    )


class ReviewDecided(DomainError):
    code = "review-decided"
    text = _("%(who)s decided before you did: %(decision)s")


class EditedMeanwhile(DomainError):
    code = "edited-meanwhile"
    text = _("The group has changed the call since you opened it. Read it again, then decide")


@transaction.atomic
def approve_review(*, review: Review, by: User, at: datetime, seen: datetime | None = None) -> Review:
    """Say yes: the call is public at once. `seen` is the last change of the call that the official has read."""
    review = _locked(review)
    mandate = _mandate(review, by, at)
    if review.edited_at != seen:
        raise EditedMeanwhile
    _decide(review, Review.Decision.APPROVED, mandate, by=by, at=at)
    publish_reviewed(task=review.task, asked_by=review.asked_by, authority=mandate.authority, by=by, at=at)
    faults.point("after-approval")
    queue_messages(notices=notices.review_approved(review), at=at)
    return review


@transaction.atomic
def return_review(*, review: Review, by: User, at: datetime, reason: str) -> Review:
    """Give it back with the reason; the group can change the call and ask again."""
    why = need_reason(reason)
    review = _locked(review)
    mandate = _mandate(review, by, at)
    _decide(review, Review.Decision.RETURNED, mandate, by=by, at=at, reason=why)
    queue_messages(notices=notices.review_returned(review), at=at)
    return review


@transaction.atomic
def withdraw_review(*, review: Review, by: User, at: datetime) -> Review:
    """Take the question back; the call stays a draft."""
    review = _locked(review)
    if not can_lead(by, review.task.issuer):
        raise GroupAsksItself(organization=review.task.issuer.display_name)
    _decide(review, Review.Decision.WITHDRAWN, None, by=by, at=at)
    return review


def escalate_reviews(*, at: datetime) -> int:
    """Bring what is late before the next authority above, with a deadline of its own; return how many.

    At the top it stays and is shown late. Nothing is ever approved by silence.
    """
    late = Review.objects.open().filter(due_at__lte=at).order_by("due_at", "pk")
    return sum(_escalate(pk, at) for pk in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _escalate(pk: int, at: datetime) -> bool:
    review = (
        with_names(Review.objects.open().filter(pk=pk, due_at__lte=at))
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    if review is None:
        return False
    level = review.authority.home_area.level
    above = authorities_acting(review.task.area).filter(home_area__level__lt=level).first()
    if above is None:
        return False
    before, review.authority = review.authority, above
    review.escalations += 1
    review.due_at = at + review_lasts(review.task.priority)
    review.save(update_fields=["authority", "escalations", "due_at"])
    audit.record(
        verb="review.escalated",
        by=None,
        at=at,
        subject=review,
        area_code=review.task.area.code,
        data={"task": review.task.code, "from": before.code, "to": above.code},
    )
    faults.point("after-escalation")
    queue_messages(notices=notices.review_late(review), at=at)
    return True


def _locked(review: Review) -> Review:
    """The open review and its call as they are now, kept from others until the end; the call first, as everywhere."""
    Task.objects.select_for_update(of=("self",), no_key=True).get(pk=review.task_id)
    review = (
        with_names(Review.objects.filter(pk=review.pk))
        .select_related(
            "task__area__parent__parent",
            "task__issuer__home_area",
            "task__type",
            "authority__home_area",
            "asked_by",
            "decided_by",
        )
        .select_for_update(of=("self",), no_key=True)
        .get()
    )
    if review.decision:
        who = review.decided_by.name if review.decided_by else ""
        raise ReviewDecided(who=who, decision=review.get_decision_display())
    return review


def _mandate(review: Review, by: User, at: datetime) -> Mandate:
    mandate = reviewer_of(by, review, at)
    if mandate is None:
        raise NotReviewer(area=review.task.area.name)
    return mandate


def _decide(
    review: Review, decision: str, mandate: Mandate | None, *, by: User, at: datetime, reason: str = ""
) -> None:
    review.decision, review.reason = decision, reason
    review.decided_at, review.decided_by = at, by
    review.decided_for = mandate.authority if mandate else None
    review.delegation = mandate.delegation if mandate else None
    review.save(update_fields=["decision", "reason", "decided_at", "decided_by", "decided_for", "delegation"])
    audit.record(
        verb=f"review.{decision}",
        by=by,
        at=at,
        subject=review,
        area_code=review.task.area.code,
        reason=reason,
        data={"task": review.task.code, **in_whose_place(mandate)},
    )
