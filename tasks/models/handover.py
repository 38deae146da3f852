"""A seat that its holder wants to pass on, to one person, to whoever comes first, or for another seat."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Privacy, new_long_code
from tasks.models.shift import Assignment, Shift
from volunteers.models import Volunteer


class HandoverQuerySet(models.QuerySet["Handover"]):
    def live(self) -> "HandoverQuerySet":
        return self.filter(status__in=(Handover.Status.OPEN, Handover.Status.AGREED))


class Handover(models.Model):
    """The holder keeps the seat, and answers for it, until somebody has taken it."""

    class Kind(models.TextChoices):
        STAND_IN = "stand-in", _("Somebody comes instead")
        SWAP = "swap", _("Two exchange their seats")

    class Status(models.TextChoices):
        OPEN = "open", _("Looking for somebody")
        AGREED = "agreed", _("Waits for the organizer")
        DONE = "done", _("Passed on")
        WITHDRAWN = "withdrawn", _("Taken back")
        REFUSED = "refused", _("Refused by the organizer")
        DECLINED = "declined", _("Whoever was asked said no")
        EXPIRED = "expired", _("Nobody came in time")

    privacy: ClassVar = Privacy(
        purpose="Let people arrange among themselves who comes, with the organizer's knowledge.",
        keep="One year.",
        personal={
            "assignment": "whose seat it is",
            "wanted": "whom they asked",
            "taker": "who takes it",
            "in_return": "the seat given for it",
            "words": "what they wrote",
            "made_by": "who asked",
            "decided_by": "who decided",
            "reason": "why it was refused",
        },
    )

    # The link that its holder passes on.
    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="handovers")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    # Whom it is meant for; nobody: whoever has the link.
    wanted = models.ForeignKey(Volunteer, models.PROTECT, null=True, blank=True, related_name="+")
    # A swap for a seat in this shift; none: the partner chooses which of theirs they give.
    wanted_shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+")
    taker = models.ForeignKey(Volunteer, models.PROTECT, null=True, blank=True, related_name="+")
    in_return = models.ForeignKey(Assignment, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["assignment"],
                name="one_live_handover_a_seat",
                condition=models.Q(status__in=("open", "agreed")),
            ),
            models.CheckConstraint(
                name="whoever_agreed_is_known",
                condition=~models.Q(status__in=("agreed", "done"))
                | models.Q(taker__isnull=False, agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_swap_gives_a_seat_in_return",
                condition=models.Q(kind="swap")
                & (~models.Q(status__in=("agreed", "done")) | models.Q(in_return__isnull=False))
                | models.Q(kind="stand-in", in_return=None),
            ),
            models.CheckConstraint(
                name="only_a_swap_wants_a_shift",
                condition=models.Q(wanted_shift=None) | models.Q(kind="swap"),
            ),
            models.CheckConstraint(
                name="an_ended_handover_says_when",
                condition=models.Q(status__in=("open", "agreed"), ended_at=None)
                | (~models.Q(status__in=("open", "agreed")) & models.Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_refused_handover_has_a_reason",
                condition=~models.Q(status="refused") | ~models.Q(reason=""),
            ),
        )
        indexes = (
            models.Index(
                fields=["expires_at"],
                name="handovers_waiting",
                condition=models.Q(status__in=("open", "agreed")),
            ),
            models.Index(fields=["taker", "-id"], name="handover_by_taker"),
            models.Index(fields=["wanted", "-id"], name="handover_by_wanted"),
        )

    def __str__(self) -> str:
        return self.code

    def is_open(self, at: datetime) -> bool:
        return self.status == Handover.Status.OPEN and self.expires_at > at
