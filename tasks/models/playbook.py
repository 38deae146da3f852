"""What a stage of a response means, as data: who leads, who may publish, what comes first, how far alerts reach."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy
from organizations.models import Organization
from tasks.models.reference import TaskTemplate, TaskType


class Playbook(models.Model):
    """The stages that a crisis goes through. A crisis follows one; without one nothing is narrowed."""

    privacy: ClassVar = Privacy(
        purpose="Decide calmly, beforehand, what each stage changes.",
        keep="Always.",
        personal={"changed_by": "who changed it last"},
    )

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    summary_zh = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    # Where it may be followed, with all below; nowhere named: everywhere.
    areas = models.ManyToManyField(Area, blank=True, related_name="+")
    # Grows with every change, so that two who edit at once do not overwrite each other.
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def summary(self) -> str:
        return self.summary_en if (get_language() or "").startswith("en") else self.summary_zh


class PlaybookStage(models.Model):
    """One stage of a playbook and what it changes."""

    class Reach(models.TextChoices):
        """How far from the work volunteers are alerted."""

        COUNTY = "county", _("The county")
        CITY = "city", _("The city")
        PROVINCE = "province", _("The whole province")

    privacy: ClassVar = Privacy(purpose="Decide calmly, beforehand, what each stage changes.", keep="Always.")

    playbook = models.ForeignKey(Playbook, models.CASCADE, related_name="stages")
    stage = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    summary_zh = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    # The days of the crisis, 1 the first, on which the stage is expected; a plan, not a decision.
    first_day = models.PositiveIntegerField(null=True, blank=True)
    last_day = models.PositiveIntegerField(null=True, blank=True)
    # Which kinds of organizations may make calls public (Organization.Kind); authorities always may.
    publishers = ArrayField(models.CharField(max_length=10, choices=Organization.Kind.choices), default=list)
    # Calls of groups wait for an official's word.
    needs_review = models.BooleanField(default=False)
    # Which CBO types, or other kinds of organizations, lead: they are suggested first.
    lead_kinds = ArrayField(models.CharField(max_length=13), default=list, blank=True)
    alert_reach = models.CharField(max_length=8, choices=Reach.choices, default=Reach.PROVINCE)
    # After how many hours a call that nobody took on goes to the authority above.
    escalate_hours = models.PositiveSmallIntegerField(default=24)
    # How much a seat weighs in plans beside one outside of any stage.
    seat_weight = models.DecimalField(max_digits=4, decimal_places=2, default=1)
    templates = models.ManyToManyField(TaskTemplate, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["playbook", "stage"], name="one_stage_a_playbook_and_number"),
            models.CheckConstraint(name="playbook_stage_known", condition=models.Q(stage__range=(0, 3))),
            models.CheckConstraint(
                name="planned_days_in_order",
                condition=models.Q(first_day=None, last_day=None)
                | models.Q(first_day__gte=1, last_day=None)
                | models.Q(first_day__gte=1, last_day__gte=models.F("first_day")),
            ),
            models.CheckConstraint(
                name="escalation_within_a_week", condition=models.Q(escalate_hours__range=(1, 168))
            ),
            models.CheckConstraint(
                name="seat_weight_between_a_quarter_and_four",
                condition=models.Q(seat_weight__range=("0.25", "4")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.playbook_id} {self.stage}"

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def summary(self) -> str:
        return self.summary_en if (get_language() or "").startswith("en") else self.summary_zh


class PlaybookPriority(models.Model):
    """How urgent a kind of work is in a stage: what a new call starts with."""

    privacy: ClassVar = Privacy(purpose="Decide calmly, beforehand, what each stage changes.", keep="Always.")

    stage = models.ForeignKey(PlaybookStage, models.CASCADE, related_name="priorities")
    type = models.ForeignKey(TaskType, models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["stage", "type"], name="one_priority_a_stage_and_type"),
            models.CheckConstraint(
                name="playbook_priority_known", condition=models.Q(priority__range=(0, 3))
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage_id} {self.type_id} {self.priority}"
