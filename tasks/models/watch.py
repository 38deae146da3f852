"""Shifts that somebody keeps an eye on, and places that have more hands than work."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy
from tasks.models.shift import Shift


class Watch(models.Model):
    """Somebody who wants to hear when a shift opens, gets a free seat, runs short or changes.

    A row remembers how the shift stood when it was last looked at, so that each turn is told once.
    """

    class News(models.TextChoices):
        OPENED = "opened", _("Sign-up is open")
        SEAT_FREE = "seat-free", _("A seat is free")
        SHORT = "short", _("People are missing")
        CHANGED = "changed", _("The shift has changed")

    privacy: ClassVar = Privacy(
        purpose="Tell people of a shift that they asked about.",
        keep="Until the shift is over.",
        personal={"user": "who watches"},
    )

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="watches")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    was_open = models.BooleanField(default=True, db_default=True)
    was_full = models.BooleanField(default=False, db_default=False)
    seen_version = models.PositiveIntegerField(default=1, db_default=1)
    # The start for which they were told that people are missing: once for each.
    short_for = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    # What came too soon after the last message, and waits for its turn.
    news = models.CharField(max_length=9, choices=News.choices, blank=True, default="", db_default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["shift", "user"], name="one_watch_a_shift"),)
        indexes = (models.Index(fields=["user", "-id"], name="watch_by_user"),)

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.shift_id}"


class Recruiting(models.Model):
    """Hands and open seats of a county as last counted; paused while many more want to help than there is work."""

    privacy: ClassVar = Privacy(
        purpose="Call nobody whom no work waits for.", keep="Always; figures of areas."
    )

    area = models.OneToOneField(Area, models.CASCADE, related_name="+")
    hands = models.PositiveIntegerField()
    seats_open = models.PositiveIntegerField()
    counted_at = models.DateTimeField()
    paused_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"recruiting in {self.area_id}"
