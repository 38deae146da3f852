"""Kinds of work, and the templates that a post begins from."""

from typing import ClassVar

from django.db import models

from areas.models import reads_chinese
from core.models import Privacy
from volunteers.models import Capability, Cause, Named


class TaskType(Named):
    privacy: ClassVar = Privacy(purpose="Reference data.", keep="Always.")

    cause = models.ForeignKey(Cause, models.PROTECT, related_name="+")
    # How somebody says it who needs it; empty: no resident asks for this kind.
    asked_zh = models.CharField(max_length=60, blank=True, default="", db_default="")
    asked_en = models.CharField(max_length=90, blank=True, default="", db_default="")

    @property
    def asked(self) -> str:
        """How somebody says it who needs it, in the active language; its name where residents do not ask for it."""
        return (self.asked_zh if reads_chinese() else self.asked_en) or self.name


class TaskTemplate(models.Model):
    """Texts and numbers that a call of a type starts with, in both languages."""

    privacy: ClassVar = Privacy(purpose="Reference data.", keep="Always.")

    code = models.SlugField(max_length=40, unique=True)
    type = models.ForeignKey(TaskType, models.PROTECT, related_name="+")
    # 0: any stage.
    stage = models.PositiveSmallIntegerField(default=0)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    content_zh = models.TextField()
    content_en = models.TextField()
    conditions_zh = models.TextField(blank=True)
    conditions_en = models.TextField(blank=True)
    risks_zh = models.TextField(blank=True)
    risks_en = models.TextField(blank=True)
    guarantees_zh = models.TextField(blank=True)
    guarantees_en = models.TextField(blank=True)
    starts_hour = models.PositiveSmallIntegerField(default=9)
    duration_minutes = models.PositiveSmallIntegerField(default=180)
    seats_min = models.PositiveSmallIntegerField(default=4)
    seats = models.PositiveSmallIntegerField(default=6)
    requirements = models.ManyToManyField(Capability, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(name="template_stage_known", condition=models.Q(stage__range=(0, 3))),
            models.CheckConstraint(
                name="template_seats_in_order",
                condition=models.Q(seats_min__lte=models.F("seats"), seats__gte=1),
            ),
        )

    def __str__(self) -> str:
        return self.code
