"""Shifts that come again by a rule."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from core.models import Privacy, new_code
from organizations.models import Organization
from tasks.models.task import Task


class Series(models.Model):
    """A rule of RFC 5545 on the clock of the place: summer time moves the moment, never what the clock shows.

    Occurrences are shifts of their own. They are made some weeks ahead, each once, after the pattern of the latest one
    that nobody changed by itself.
    """

    privacy: ClassVar = Privacy(
        purpose="Post the same shift again by a rule.",
        keep="10 years.",
        personal={"made_by": "who posted it"},
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="series")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    # RRULE without its name, as "FREQ=WEEKLY;BYDAY=MO,WE"; its end is `ends_on`, never UNTIL or COUNT.
    rule = models.CharField(max_length=200)
    # The name of a time zone, as "Asia/Shanghai".
    zone = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    starts = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    # Every occurrence up to this day has been made, or was left out on purpose.
    made_until = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_series_ends_after_it_starts",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="an_occurrence_lasts_a_day_at_most", condition=models.Q(minutes__range=(1, 1440))
            ),
        )
        indexes = (
            models.Index(fields=["made_until"], name="series_running", condition=models.Q(ended_at=None)),
        )

    def __str__(self) -> str:
        return self.code
