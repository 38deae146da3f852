"""A crisis, the stage of each area in it, and the stop that an official can call."""

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_code
from tasks.models.playbook import Playbook


class CrisisQuerySet(models.QuerySet["Crisis"]):
    def running(self) -> "CrisisQuerySet":
        return self.filter(ended_at=None)


class Crisis(models.Model):
    privacy: ClassVar = Privacy(purpose="Name what the response is to.", keep="Always.")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    playbook = models.ForeignKey(Playbook, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CrisisQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_crisis_ends_after_it_starts",
                condition=models.Q(ended_at=None) | models.Q(ended_at__gt=models.F("started_at")),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class Stage(models.IntegerChoices):
    """The three stages of the response; 0 is the time outside them."""

    NONE = 0, _("No stage")
    PREVENTION = 1, _("Full prevention and control")
    BOTH_HANDS = 2, _("Both hands: control and keep things running")
    NORMALISED = 3, _("Normalised prevention")


class StageChange(models.Model):
    """From when an area, and all below it without a later word of its own, is in a stage. Rows are only added."""

    privacy: ClassVar = Privacy(
        purpose="Show which stage was in force where, and who decided it.",
        keep="Always.",
        personal={"decided_by": "the official who decided"},
    )

    crisis = models.ForeignKey(Crisis, models.PROTECT, related_name="stage_changes")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    stage = models.PositiveSmallIntegerField(choices=Stage.choices)
    effective_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="stage_known", condition=models.Q(stage__range=(0, 3))),
            models.UniqueConstraint(fields=["crisis", "area", "effective_at"], name="one_stage_a_moment"),
        )

    def __str__(self) -> str:
        return f"{self.area_id} {self.stage}"


class AreaStopQuerySet(models.QuerySet["AreaStop"]):
    def live(self) -> "AreaStopQuerySet":
        return self.filter(lifted_at=None)


class AreaStop(models.Model):
    """Everything in an area stands still: no publishing, no sign-up, no check-in, until it is lifted."""

    privacy: ClassVar = Privacy(
        purpose="Stop work that became unsafe, and show who did.",
        keep="Always.",
        personal={
            "stopped_by": "the official who stopped it",
            "lifted_by": "the official who lifted it",
        },
    )

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField()
    stopped_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AreaStopQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["area"],
                name="one_live_stop_an_area",
                condition=models.Q(lifted_at=None),
            ),
            models.CheckConstraint(
                name="a_lifted_stop_has_who",
                condition=models.Q(lifted_at=None, lifted_by=None)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"stop {self.area_id}"
