"""Whoever waits for a seat: in line for a full one, or for an organizer's word."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Privacy, new_long_code
from tasks.models.shift import Assignment, Shift, ShiftRole
from volunteers.models import Volunteer


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def live(self) -> "WaitingQuerySet":
        return self.filter(status__in=(Waiting.Status.WAITING, Waiting.Status.OFFERED))

    def in_line(self) -> "WaitingQuerySet":
        """In the order in which they are asked."""
        return self.order_by("rank", "id")


class Waiting(models.Model):
    """A place in line. It never moves back: those who lost a seat come first, then everybody in order of arrival.

    While it is offered, its seats are held in the role.
    """

    class Kind(models.TextChoices):
        SEAT = "seat", _("Waits for a free seat")
        APPROVAL = "approval", _("Waits for the organizer's word")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("A seat is held")
        TAKEN = "taken", _("Got a seat")
        DECLINED = "declined", _("Said no")
        EXPIRED = "expired", _("Not answered in time")
        LEFT = "left", _("Left the list")
        REFUSED = "refused", _("Refused by the organizer")
        CLOSED = "closed", _("The shift is over or cancelled")

    privacy: ClassVar = Privacy(
        purpose="Give freed seats in a fair order, and tell everybody where they stand.",
        keep="One year.",
        personal={
            "volunteer": "who waits",
            "created_by": "who put them on the list",
            "ended_by": "who ended it",
            "end_reason": "why it ended",
            "words": "what they wrote to the organizer",
        },
    )

    # The link or what is typed to answer an offer.
    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    role = models.ForeignKey(ShiftRole, models.CASCADE, related_name="waiting")
    shift = models.ForeignKey(Shift, models.CASCADE, related_name="waiting")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SEAT)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    seats = models.PositiveSmallIntegerField(default=1)
    # 0 for everybody; below it for those whose seat was taken away.
    rank = models.SmallIntegerField(default=0)
    # Which place it was when they came, from 1; unknown where a seat was taken away, or an organizer decides.
    joined_as = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    words = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    offered_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.TextField(blank=True)
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, null=True, blank=True, related_name="waited_for"
    )

    objects = WaitingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["role", "volunteer"],
                name="one_live_place_in_line",
                condition=models.Q(status__in=("waiting", "offered")),
            ),
            models.CheckConstraint(
                name="waits_for_some_seats", condition=models.Q(seats__range=(1, 10), rank__lte=0)
            ),
            models.CheckConstraint(
                name="a_held_seat_has_its_deadline",
                condition=~models.Q(status="offered")
                | models.Q(
                    offered_at__isnull=False, expires_at__isnull=False, expires_at__gt=models.F("offered_at")
                ),
            ),
            models.CheckConstraint(
                name="whoever_waits_no_more_has_when",
                condition=models.Q(status__in=("waiting", "offered"), ended_at=None)
                | (~models.Q(status__in=("waiting", "offered")) & models.Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="whoever_got_the_seat_has_it",
                condition=(models.Q(status="taken") & models.Q(assignment__isnull=False))
                | (~models.Q(status="taken") & models.Q(assignment=None)),
            ),
            models.CheckConstraint(
                name="a_refusal_on_the_list_has_a_reason",
                condition=~models.Q(status="refused") | ~models.Q(end_reason=""),
            ),
        )
        indexes = (
            models.Index(
                fields=["role", "rank", "id"], name="waiting_line", condition=models.Q(status="waiting")
            ),
            models.Index(fields=["expires_at"], name="waiting_offered", condition=models.Q(status="offered")),
            models.Index(fields=["volunteer", "-id"], name="waiting_by_volunteer"),
            models.Index(fields=["shift", "status"], name="waiting_by_shift"),
            models.Index(
                fields=["joined_as", "-id"],
                name="waiting_ended_by_place",
                condition=models.Q(ended_at__isnull=False, joined_as__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.code

    def is_open(self, at: datetime) -> bool:
        """Whether a seat is held that can still be taken."""
        return self.status == Waiting.Status.OFFERED and self.expires_at is not None and self.expires_at > at
