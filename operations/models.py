"""What a drill leaves: one row for each that was played, and what happened in it, in words."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Privacy, new_code

STILL = "As long as the synthetic database, which is dropped as a whole."


class Drill(models.Model):
    """A crisis that is played, or was: by which script, for which people, from when to when by the story's clock."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Over")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    privacy: ClassVar = Privacy(purpose="Show a drill while it runs, and what came of it.", keep=STILL)

    code = models.CharField(max_length=12, unique=True, default=new_code)
    scenario = models.CharField(max_length=40)
    policy = models.CharField(max_length=40)
    seed = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    # By the story's clock.
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # By a machine's clock.
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # How far the story has come, written by whoever plays it.
    reached_at = models.DateTimeField()
    # How often each thing was done, and how often it was refused and why: {"done": {…}, "refused": {…}}.
    counts = models.JSONField(default=dict)
    # The figures of `operations.drill.outcome.summary`, once it is over.
    summary = models.JSONField(default=dict)
    failure = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="drill_ends_later"
            ),
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status="running"), name="one_drill_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scenario} {self.policy} {self.seed}"


class DrillEntry(models.Model):
    """One thing that happened, of a kind of `operations.drill.words`; only the newest are kept."""

    privacy: ClassVar = Privacy(purpose="Say in words what happens in a drill.", keep=STILL)

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="entries")
    # By the story's clock.
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    # Names by language, "zh" and "en", and numbers; never a person's name.
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["drill", "-id"], name="drill_entry_newest"),)

    def __str__(self) -> str:
        return self.kind


class Comparison(models.Model):
    """Two policies that played the same crisis with the same seeds, and what came of it: see `drill.comparing`."""

    privacy: ClassVar = Privacy(purpose="Show how two ways of asking people differ.", keep=STILL)

    # By a machine's clock.
    made_at = models.DateTimeField()
    a = models.CharField(max_length=40)
    b = models.CharField(max_length=40)
    result = models.JSONField()

    def __str__(self) -> str:
        return f"{self.a} {self.b}"
