"""What an organizer notes of a seat whose holder did not come or came late, and what they say to it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Privacy, new_long_code
from organizations.models import Organization
from tasks.models.shift import Assignment
from volunteers.models import Volunteer


class MarkQuerySet(models.QuerySet["Mark"]):
    def standing(self) -> "MarkQuerySet":
        """Those that count: not taken back, and not lifted after an appeal."""
        return self.exclude(status__in=(Mark.Status.LIFTED, Mark.Status.WITHDRAWN))


class Mark(models.Model):
    """Seen by its holder at once, with the way to object. Somebody else decides on the objection."""

    class Kind(models.TextChoices):
        NO_SHOW = "no-show", _("Did not come")
        LATE = "late", _("Came late")

    class Status(models.TextChoices):
        NOTED = "noted", _("Noted")
        APPEALED = "appealed", _("Objection waits for a decision")
        UPHELD = "upheld", _("Stays after the objection")
        LIFTED = "lifted", _("Lifted after the objection")
        WITHDRAWN = "withdrawn", _("Taken back")

    privacy: ClassVar = Privacy(
        purpose="Plan with who comes, and let people object to what is noted of them.",
        keep="One year.",
        personal={
            "assignment": "which seat",
            "volunteer": "of whom it is noted",
            "note": "what the organizer saw",
            "marked_by": "who noted it",
            "appeal": "what the person says",
            "decided_by": "who decided",
            "decision": "why",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="marks")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    minutes_late = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.NOTED)
    note = models.CharField(max_length=300, blank=True)
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MarkQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["assignment", "kind"],
                name="one_mark_a_kind",
                condition=~models.Q(status="withdrawn"),
            ),
            models.CheckConstraint(
                name="only_who_came_late_has_minutes",
                condition=models.Q(kind="late", minutes_late__isnull=False, minutes_late__gte=1)
                | models.Q(kind="no-show", minutes_late=None),
            ),
            models.CheckConstraint(
                name="an_appeal_has_its_words",
                condition=models.Q(appealed_at=None, appeal="")
                | (models.Q(appealed_at__isnull=False) & ~models.Q(appeal="")),
            ),
            models.CheckConstraint(
                name="a_decided_mark_says_who_and_why",
                condition=(models.Q(status__in=("noted", "appealed"), decided_at=None, decided_by=None))
                | (
                    models.Q(status__in=("upheld", "lifted", "withdrawn"), decided_at__isnull=False)
                    & models.Q(decided_by__isnull=False)
                    & ~models.Q(decision="")
                ),
            ),
            models.CheckConstraint(
                name="only_an_appeal_is_decided",
                condition=~models.Q(status__in=("appealed", "upheld", "lifted"))
                | models.Q(appealed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="nobody_decides_on_their_own_mark",
                condition=~models.Q(status__in=("upheld", "lifted"))
                | ~models.Q(decided_by=models.F("marked_by")),
            ),
        )
        indexes = (
            models.Index(fields=["volunteer", "-id"], name="mark_by_volunteer"),
            models.Index(fields=["organization", "status", "-id"], name="mark_by_organization"),
        )

    def __str__(self) -> str:
        return self.code
