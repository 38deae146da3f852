"""Presence at a site, the hours that follow from it, and what went wrong."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_long_code
from organizations.models import Organization
from tasks.models.shift import Assignment, Shift
from tasks.models.task import Task
from volunteers.models import Volunteer


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def valid(self) -> "CheckInQuerySet":
        return self.filter(voided_at=None)


class CheckIn(models.Model):
    """One arrival or departure, and how it was seen."""

    class Kind(models.TextChoices):
        IN = "in", _("In")
        OUT = "out", _("Out")

    class Method(models.TextChoices):
        SCAN = "scan", _("Scanned")
        SITE_CODE = "site_code", _("Typed the site's code")
        SPOKEN = "spoken", _("Said the code")
        DESK = "desk", _("By the desk")
        WALK_IN = "walk_in", _("Walked in")
        PAPER = "paper", _("From paper")

    privacy: ClassVar = Privacy(
        purpose="Time the service.",
        keep="10 years as a record, pseudonymous after erasure.",
        personal={
            "assignment": "who was there",
            "recorded_by": "who recorded it",
            "voided_by": "who took it back",
        },
    )

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="check_ins")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    at = models.DateTimeField()
    method = models.CharField(max_length=9, choices=Method.choices)
    # Made where the check-in happens: the same one sent twice counts once.
    nonce = models.UUIDField(unique=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["assignment", "kind"],
                name="one_valid_check_in_a_kind",
                condition=models.Q(voided_at=None),
            ),
            models.CheckConstraint(
                name="a_voided_check_in_has_who",
                condition=models.Q(voided_at=None, voided_by=None)
                | models.Q(voided_at__isnull=False, voided_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.assignment_id}"


class ServiceRecord(models.Model):
    """Confirmed hours, timed by the system. Rows are only added: nobody edits hours."""

    privacy: ClassVar = Privacy(
        purpose="Recognize service.",
        keep="As long as the law of the place says (10 years in China), pseudonymous after erasure.",
        personal={"volunteer": "who served", "confirmed_by": "who confirmed"},
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="service_record")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    county = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    served_on = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_record_ends_after_it_starts",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="minutes_within_a_day",
                condition=models.Q(minutes__range=(1, 1440)),
            ),
        )
        indexes = (
            models.Index(fields=["volunteer", "-served_on"], name="record_by_volunteer"),
            models.Index(fields=["county", "served_on"], name="record_by_county"),
        )

    def __str__(self) -> str:
        return self.code


class Incident(models.Model):
    """Something that went wrong at a shift."""

    class Kind(models.TextChoices):
        INJURY = "injury", _("Somebody was hurt")
        ILLNESS = "illness", _("Somebody fell ill")
        CONFLICT = "conflict", _("Conflict or threat")
        SAFEGUARDING = "safeguarding", _("Worry about a child or a frail person")
        MATERIAL = "material", _("Damage or missing material")
        OTHER = "other", _("Something else")

    privacy: ClassVar = Privacy(
        purpose="Keep people safe and learn from what went wrong.",
        keep="10 years.",
        personal={
            "reported_by": "who saw it",
            "text": "may name persons",
            "handled_by": "who dealt with it",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="incidents")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    is_urgent = models.BooleanField(default=False)
    text = models.TextField()
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    handling = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_handled_incident_has_who",
                condition=models.Q(handled_at=None, handled_by=None)
                | (models.Q(handled_at__isnull=False, handled_by__isnull=False) & ~models.Q(handling="")),
            ),
        )

    def __str__(self) -> str:
        return self.code
