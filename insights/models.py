"""Counts per area and day, and the figures that were made public."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.models import Privacy


class AreaDay(models.Model):
    """What an area, with all below it, asked for and got on a day. Made again from the source rows at any time."""

    privacy: ClassVar = Privacy(
        purpose="Show need and answer by area and day, without a person.",
        keep="Always: counts of seats, calls and minutes only.",
    )

    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    shifts = models.PositiveIntegerField(default=0)
    # All seats; the least that the shifts need; what of that least is taken (a full shift does not help another).
    seats_asked = models.PositiveIntegerField(default=0)
    seats_least = models.PositiveIntegerField(default=0)
    seats_covered = models.PositiveIntegerField(default=0)
    seats_filled = models.PositiveIntegerField(default=0)
    services = models.PositiveIntegerField(default=0)
    minutes = models.PositiveBigIntegerField(default=0)
    refreshed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["area", "day"], name="one_row_an_area_and_day"),
            models.CheckConstraint(
                name="covered_seats_within_the_least",
                condition=models.Q(seats_covered__lte=models.F("seats_least")),
            ),
        )
        indexes = (models.Index(fields=["day", "area"], name="area_day_by_day"),)

    def __str__(self) -> str:
        return f"{self.area_id} {self.day}"

    @property
    def short(self) -> int:
        return self.seats_least - self.seats_covered


class AreaWindow(models.Model):
    """What happened in an area, with all below it, over the days that overviews look back on. One row an area, made
    again from the source rows at any time."""

    privacy: ClassVar = Privacy(
        purpose="Show who served over the last days without counting persons anew for every page.",
        keep="Until the next refresh. The counts of persons are raw: pages show them only after disclosure control.",
    )

    area = models.OneToOneField(Area, models.CASCADE, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    persons = models.PositiveIntegerField()
    minutes = models.PositiveBigIntegerField()
    # Median minutes from a call to an organization, and to enough hands.
    to_organization = models.FloatField(null=True)
    to_hands = models.FloatField(null=True)
    refreshed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_window_ends_after_it_starts", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.area_id} {self.starts_on} {self.ends_on}"


class RefreshMark(models.Model):
    """How far the aggregates have read: the last service record and when. One row."""

    privacy: ClassVar = Privacy(purpose="Find late hours without reading all of them.", keep="Always.")

    record_id = models.BigIntegerField(default=0)
    refreshed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(name="one_refresh_mark", condition=models.Q(pk=1)),)

    def __str__(self) -> str:
        return f"{self.record_id}"


class Release(models.Model):
    """Figures as they were made public: for a period, at a moment, already protected. Never changed: a correction
    is the next version, and says why."""

    class Period(models.TextChoices):
        DAY = "day", _("Yesterday")
        WEEK = "week", _("Last 7 days")
        CRISIS = "crisis", _("Since the crisis began")

    privacy: ClassVar = Privacy(
        purpose="Publish honest figures on fixed days, so that periods cannot be played against each other.",
        keep="Always: protected figures only.",
    )

    period = models.CharField(max_length=6, choices=Period.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    released_at = models.DateTimeField()
    correction = models.TextField(blank=True)
    # Area code -> figure key -> [value or null, why it is hidden or ""].
    figures = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["period", "ends_on", "version"], name="one_release_a_period_and_version"
            ),
            models.CheckConstraint(
                name="a_release_ends_after_it_starts", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="a_correction_says_why",
                condition=models.Q(version=1, correction="")
                | (models.Q(version__gt=1) & ~models.Q(correction="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.period} {self.ends_on} {self.version}"
