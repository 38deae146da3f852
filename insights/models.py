"""Counts per area and day, and the figures that were made public."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.models import Privacy
from tasks.models import TaskType


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


class AreaDayKind(models.Model):
    """The part of a kind of work in what an area asked for and got on a day. Made again with the day."""

    privacy: ClassVar = Privacy(
        purpose="Show which kinds of work lack hands.", keep="Always: counts of seats and calls only."
    )

    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    day = models.DateField()
    type = models.ForeignKey(TaskType, models.CASCADE, related_name="+")
    calls = models.PositiveIntegerField(default=0)
    shifts = models.PositiveIntegerField(default=0)
    seats_asked = models.PositiveIntegerField(default=0)
    seats_least = models.PositiveIntegerField(default=0)
    seats_covered = models.PositiveIntegerField(default=0)
    seats_filled = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["area", "day", "type"], name="one_row_an_area_day_and_kind"),
            models.CheckConstraint(
                name="covered_seats_of_a_kind_within_the_least",
                condition=models.Q(seats_covered__lte=models.F("seats_least")),
            ),
        )
        indexes = (models.Index(fields=["day"], name="area_day_kind_by_day"),)

    def __str__(self) -> str:
        return f"{self.area_id} {self.day} {self.type_id}"


class AreaWindow(models.Model):
    """What overviews say of the last days of an area, with all below it. Figures about persons are made once a day,
    for all areas at once, and kept as they may be shown; how fast calls were taken on is counted at every refresh."""

    privacy: ClassVar = Privacy(
        purpose="Show officials what happened lately without counting persons anew for every page.",
        keep="Until the next day. Protected figures only.",
    )

    area = models.OneToOneField(Area, models.CASCADE, related_name="+")
    # The 30 days of volunteers and hours; requests are those of the last 7 of them, duty is that of the last moment.
    starts_on = models.DateField()
    ends_on = models.DateField()
    made_at = models.DateTimeField(db_default=Now())
    # Figure key -> [value or null, why it is hidden or ""]; the same by code of the kind of work.
    cells = models.JSONField(default=dict, db_default={})
    kinds = models.JSONField(default=dict, db_default={})
    # Median minutes from a call to an organization, and to enough hands, over the last 30 days with today.
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


class AreaPicture(models.Model):
    """What the pictures of an area, with all below it, are drawn from: in a stage, or without one over all days. Made
    again once a day; the same source gives the same rows."""

    privacy: ClassVar = Privacy(
        purpose="Show which groups are missing where, and who works with whom, without reading every call.",
        keep="Until the next day. Organizations and calls; of persons protected figures only.",
    )

    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    stage = models.PositiveSmallIntegerField(null=True)
    # Kind of organization -> what is asked of it and what there is; see insights.policies.Gap.
    gaps = models.JSONField(default=dict)
    # Measures of who worked with whom, and the strongest ties; see insights.policies.Together.
    together = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["area", "stage"], name="one_picture_an_area_and_stage", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.area_id} {self.stage}"


class CauseShift(models.Model):
    """What became of an area's standing causes in a crisis: whom of their people it drew, and how much of their work was
    left. Of the whole crisis up to a day; made again once a day, the same source gives the same rows."""

    privacy: ClassVar = Privacy(
        purpose="Show who came to a crisis from which cause, and which causes are starved, without a person.",
        keep="Until the next day. Protected counts of persons; seats and their hours.",
    )

    area = models.OneToOneField(Area, models.CASCADE, related_name="+")
    began_on = models.DateField()
    ends_on = models.DateField()
    made_at = models.DateTimeField()
    # Code of the usual cause ("" without one) -> where they went -> [persons or null, why it is hidden or ""].
    flows = models.JSONField(default=dict)
    # Code of the cause -> by week, the usual weeks before the crisis first: [minutes of taken seats, least, covered].
    weeks = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_shift_of_causes_ends_after_it_began",
                condition=models.Q(ends_on__gte=models.F("began_on")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.area_id} {self.began_on} {self.ends_on}"


class Change(models.Model):
    """Something that figures count changed: the days that it belongs to are counted again. Written by triggers, in the
    transaction of the change itself, taken away by the refresh that counted it. A row without anything: all days."""

    privacy: ClassVar = Privacy(
        purpose="Count again only what changed.", keep="Until the next refresh, a minute later."
    )

    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)
    # Numbers and no foreign keys: a change of a row that is gone still says what to count again, and locks nothing.
    shift = models.BigIntegerField(null=True)
    task = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.day or self.moment or self.shift or self.task}"


class RefreshMark(models.Model):
    """When the aggregates were last made. One row."""

    privacy: ClassVar = Privacy(purpose="Say how fresh figures are.", keep="Always.")

    refreshed_at = models.DateTimeField(null=True)
    pictures_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(name="one_refresh_mark", condition=models.Q(pk=1)),)

    def __str__(self) -> str:
        return f"{self.refreshed_at}"


class IndexVersion(models.Model):
    """The parts of the index and their weights, from a day on. Never changed: other weights are the next version."""

    privacy: ClassVar = Privacy(purpose="Say what the index is made of.", keep="Always.")

    version = models.PositiveSmallIntegerField(unique=True)
    # Part -> weight.
    weights = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version}"


class AreaIndex(models.Model):
    """The index of an area on a day, with the parts that it was made from. Never changed."""

    privacy: ClassVar = Privacy(
        purpose="Compare areas and days by one number that can be taken apart.",
        keep="Always: made from protected figures only.",
    )

    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    day = models.DateField()
    version = models.ForeignKey(IndexVersion, models.PROTECT, related_name="+")
    # 0 to 100.
    value = models.PositiveSmallIntegerField()
    # Part -> 0 to 100, or null where nothing was to measure or it is hidden; its weight then goes to the others.
    parts = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["area", "day"], name="one_index_an_area_and_day"),
            models.CheckConstraint(
                name="an_index_is_of_a_hundred", condition=models.Q(value__range=(0, 100))
            ),
        )

    def __str__(self) -> str:
        return f"{self.area_id} {self.day} {self.value}"


class Release(models.Model):
    """Figures as they were made public: for a period, at a moment, already protected. Never changed: a correction
    is the next version, and says why."""

    class Period(models.TextChoices):
        DAY = "day", _("Yesterday")
        WEEK = "week", _("Last 7 days")
        MONTH = "month", _("Last 30 days")
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
    # Area code -> code of the kind of work -> figure key -> the same. Only where kinds are made public.
    kinds = models.JSONField(encoder=DjangoJSONEncoder, default=dict, db_default={})

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
