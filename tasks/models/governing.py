"""How an authority takes part in its area, and what waits for its word."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_code
from organizations.models import Delegation, Organization
from tasks.models.task import Task


class Mode(models.TextChoices):
    """How much an authority does itself; what each allows stands in tasks/policies/modes.py."""

    HOST = "host", _("Host: groups ask for work after our word, and lead it")
    SPONSOR = "sponsor", _("Sponsor: groups ask for work and lead it, we support them")
    FACILITATOR = "facilitator", _("Facilitator: groups decide among themselves, we bring them together")
    OPERATOR = "operator", _("Operator: we lead the work, groups join as partners")


class ModeChange(models.Model):
    """From when the authority over an area, and all below it without a later word of its own, works in a mode.
    Rows are only added."""

    privacy: ClassVar = Privacy(
        purpose="Show who may decide what, since when, and who said so.",
        keep="Always.",
        personal={"decided_by": "the official who decided"},
    )

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=11, choices=Mode.choices)
    effective_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["area", "effective_at"], name="one_mode_a_moment"),
            models.CheckConstraint(name="mode_known", condition=models.Q(mode__in=list(Mode))),
        )

    def __str__(self) -> str:
        return f"{self.area_id} {self.mode}"


class ReviewQuerySet(models.QuerySet["Review"]):
    def open(self) -> "ReviewQuerySet":
        return self.filter(decision="")


class Review(models.Model):
    """A group's call that waits for an official's word before it becomes public. The call stays a draft until then."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Made public")
        RETURNED = "returned", _("Given back")
        WITHDRAWN = "withdrawn", _("Taken back by the group")

    privacy: ClassVar = Privacy(
        purpose="Show who allowed a call, how long that took, and why one was given back.",
        keep="10 years, with the call.",
        personal={"asked_by": "who asked", "decided_by": "who decided"},
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="reviews")
    # Whose word is waited for now; an authority above once the deadline has passed.
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    # How often it went up because nobody decided in time.
    escalations = models.PositiveSmallIntegerField(default=0)
    # When the group last changed the call while it waited: nobody approves what they have not read.
    edited_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=9, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # In whose place they decided, and on which delegation, if it was not their own authority.
    decided_for = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["task"], name="one_open_review_a_task", condition=models.Q(decision="")
            ),
            models.CheckConstraint(
                name="a_decided_review_has_who_and_when",
                condition=models.Q(decision="", decided_at=None, decided_by=None)
                | (~models.Q(decision="") & models.Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_review_is_decided_for_an_authority",
                condition=models.Q(decision__in=("", "withdrawn"), decided_for=None, delegation=None)
                | (models.Q(decision__in=("approved", "returned")) & models.Q(decided_for__isnull=False)),
            ),
            models.CheckConstraint(
                name="nobody_approves_what_they_asked_for",
                condition=~models.Q(decision="approved") | ~models.Q(decided_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="a_returned_review_has_a_reason",
                condition=~models.Q(decision="returned") | ~models.Q(reason=""),
            ),
        )
        indexes = (
            models.Index(
                fields=["authority", "due_at"], name="reviews_waiting", condition=models.Q(decision="")
            ),
            models.Index(fields=["due_at"], name="reviews_by_deadline", condition=models.Q(decision="")),
        )

    def __str__(self) -> str:
        return self.code

    def is_late(self, at: datetime) -> bool:
        return self.decision == "" and self.due_at <= at
