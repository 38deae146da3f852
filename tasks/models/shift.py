"""Times and places with seats, and who holds them."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_code, new_digits
from core.words import WordGrams, holding
from organizations.models import Organization
from tasks.models.series import Series
from tasks.models.task import Task
from volunteers.models import Capability, Volunteer


def new_assignment_code() -> str:
    return new_code(12)


def new_site_code() -> str:
    return new_code(7)


def new_spoken_code() -> str:
    return new_digits(4)


def _of_roles(field: str) -> Coalesce:
    """The sum of a number over the roles of a shift."""
    roles = ShiftRole.objects.filter(shift=models.OuterRef("pk")).order_by().values("shift")
    total = roles.annotate(total=models.Sum(field)).values("total")
    return Coalesce(models.Subquery(total, output_field=models.IntegerField()), 0)


class ShiftQuerySet(models.QuerySet["Shift"]):
    def open(self, *, at: datetime) -> "ShiftQuerySet":
        """What a volunteer can still join."""
        return self.filter(
            status=Shift.Status.OPEN,
            starts_at__gt=at,
            task__status__in=(Task.Status.CALLED, Task.Status.ADOPTED),
        )

    def of(self, organization: Organization) -> "ShiftQuerySet":
        return self.filter(organization=organization)

    def at_place(self, word: str) -> "ShiftQuerySet":
        """Those whose place holds a word."""
        return self.filter(holding(word, "place"))

    def with_seats(self) -> models.QuerySet[Any]:
        """With `taken`, `needed` (the least number) and `seats`, over all roles of a shift."""
        # One look at an index for each: a join would sort every column of every shift to put its roles together.
        return self.annotate(
            taken=_of_roles("seats_taken"), needed=_of_roles("seats_min"), seats=_of_roles("seats")
        )


class SignUpRules(models.Model):
    """Who may take a seat, from when, until when and how. Times are moments, lengths whole minutes.

    A window opens earlier for those named by it; where it is empty they wait for the next one. Without `opens_at`
    the shift is open to everybody as soon as it is posted.
    """

    class HandoverRule(models.TextChoices):
        FREE = "free", _("They arrange it among themselves")
        APPROVE = "approve", _("They arrange it, an organizer agrees")
        NONE = "none", _("Nobody passes a seat on")

    opens_to_members_at = models.DateTimeField(null=True, blank=True)
    opens_to_area_at = models.DateTimeField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    # The last moment for a sign-up, and how long before the start it must come at the latest.
    closes_at = models.DateTimeField(null=True, blank=True)
    notice_minutes = models.PositiveIntegerField(default=0, db_default=0)
    needs_approval = models.BooleanField(default=False, db_default=False)
    party_most = models.PositiveSmallIntegerField(default=10, db_default=10)
    has_waiting_list = models.BooleanField(default=True, db_default=True)
    handover_rule = models.CharField(
        max_length=7, choices=HandoverRule.choices, default=HandoverRule.FREE, db_default="free"
    )
    # Work without a fixed time: how long after signing up somebody says that they are on it, else the seat goes on.
    claim_hours = models.PositiveSmallIntegerField(default=48, db_default=48)
    # How long before the start its organizers are warned that people are missing; 0 is never.
    warn_days = models.PositiveSmallIntegerField(default=3, db_default=3)
    warn_hours = models.PositiveSmallIntegerField(default=12, db_default=12)

    class Meta:
        abstract = True


class Shift(SignUpRules):
    """A time and a place of a task. Work without a fixed time has neither start nor end, and perhaps a deadline."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CANCELLED = "cancelled", _("Cancelled")

    privacy: ClassVar = Privacy(
        purpose="Say when and where to come, and to whom.",
        keep="10 years; the private details until 30 days after the end.",
        personal={
            "address": "may be a home: shown only with a seat",
            "private_details": "may name a resident: shown only with a seat",
            "contact_name": "whom to ask for",
            "contact_phone": "whom to call: shown only with a seat",
            "created_by": "who posted it",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="shifts")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    county = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    # Until when work without a fixed time must be done; none is open-ended.
    due_at = models.DateTimeField(null=True, blank=True)
    # The series that it is an occurrence of, and the moment at which the rule put it: that never moves, so that a
    # changed or cancelled occurrence is never made a second time.
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="shifts")
    occurs_at = models.DateTimeField(null=True, blank=True)
    # Changed by itself: what is changed for the whole series leaves it alone.
    stands_alone = models.BooleanField(default=False, db_default=False)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    place = models.CharField(max_length=200)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    private_details = models.TextField(blank=True)
    contact_name = models.CharField(max_length=80, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    bring = models.CharField(max_length=200, blank=True)
    release_notice_minutes = models.PositiveSmallIntegerField(default=120)
    # Typed or scanned at the site: it proves that somebody stands there.
    site_code = models.CharField(max_length=7, unique=True, default=new_site_code, editable=False)
    version = models.PositiveIntegerField(default=1)
    # The start for which its organizers were warned that people are missing: a shift that moves is warned of anew.
    warned_days_for = models.DateTimeField(null=True, blank=True, editable=False)
    warned_hours_for = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_shift_ends_after_it_starts",
                condition=models.Q(starts_at=None, ends_at=None)
                | models.Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="only_work_without_a_time_has_a_deadline",
                condition=models.Q(due_at=None) | models.Q(starts_at=None),
            ),
            models.UniqueConstraint(fields=["series", "occurs_at"], name="one_shift_an_occurrence"),
            models.CheckConstraint(
                name="an_occurrence_has_its_series_and_its_moment",
                condition=models.Q(series=None, occurs_at=None)
                | models.Q(series__isnull=False, occurs_at__isnull=False),
            ),
            models.CheckConstraint(
                name="windows_open_in_order",
                condition=(
                    models.Q(opens_to_members_at=None)
                    | models.Q(opens_to_area_at=None)
                    | models.Q(opens_to_members_at__lte=models.F("opens_to_area_at"))
                )
                & (
                    models.Q(opens_to_area_at=None)
                    | models.Q(opens_at=None)
                    | models.Q(opens_to_area_at__lte=models.F("opens_at"))
                )
                & (
                    models.Q(opens_to_members_at=None)
                    | models.Q(opens_at=None)
                    | models.Q(opens_to_members_at__lte=models.F("opens_at"))
                ),
            ),
            models.CheckConstraint(
                name="an_early_window_needs_a_public_one",
                condition=models.Q(opens_at__isnull=False)
                | models.Q(opens_to_members_at=None, opens_to_area_at=None),
            ),
            models.CheckConstraint(
                name="sign_up_rules_within_bounds",
                condition=models.Q(
                    party_most__range=(1, 10),
                    notice_minutes__lte=20160,
                    claim_hours__range=(1, 720),
                    warn_days__lte=30,
                    warn_hours__lte=72,
                ),
            ),
            models.CheckConstraint(
                name="a_shift_point_has_both_coordinates",
                # A comparison with NULL is not false, so each half is asked for.
                condition=models.Q(longitude=None, latitude=None)
                | models.Q(
                    longitude__isnull=False,
                    latitude__isnull=False,
                    longitude__range=(-180, 180),
                    latitude__range=(-90, 90),
                ),
            ),
            models.CheckConstraint(
                name="a_cancelled_shift_says_when_and_why",
                condition=models.Q(status="open", cancelled_at=None)
                | (models.Q(status="cancelled", cancelled_at__isnull=False) & ~models.Q(cancel_reason="")),
            ),
        )
        indexes = (
            models.Index(
                fields=["county", "starts_at", "id"],
                name="shift_open_by_county",
                condition=models.Q(status="open"),
            ),
            models.Index(
                fields=["starts_at", "id"],
                name="shift_open",
                condition=models.Q(status="open"),
            ),
            models.Index(fields=["organization", "starts_at"], name="shift_by_organization"),
            models.Index(
                fields=["due_at", "id"],
                name="shift_open_without_time",
                condition=models.Q(status="open", starts_at=None),
            ),
            GinIndex(WordGrams("place"), name="shift_by_words", condition=models.Q(status="open")),
        )

    def __str__(self) -> str:
        return self.code


class ShiftRole(models.Model):
    """Seats of one kind in a shift. The counters are the truth about seats; the database keeps them in bounds."""

    privacy: ClassVar = Privacy(purpose="Count seats.", keep="10 years.")

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="roles")
    name = models.CharField(max_length=80, blank=True)
    seats_min = models.PositiveIntegerField()
    seats = models.PositiveIntegerField()
    seats_taken = models.PositiveIntegerField(default=0)
    # Offered to the waiting list with a deadline.
    seats_held = models.PositiveIntegerField(default=0)
    # Fewer seats than are taken were wished for and everybody stays: seats that are given back go, down to this.
    seats_goal = models.PositiveIntegerField(null=True, blank=True)
    min_age = models.PositiveSmallIntegerField(default=0)
    requirements = models.ManyToManyField(Capability, blank=True, related_name="+")
    # Raised when the shift moves or ends: a sign-up that is under way for the old one then finds no seat.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="seats_never_over",
                condition=models.Q(
                    seats_taken__gte=0,
                    seats_held__gte=0,
                    seats__gte=models.F("seats_taken") + models.F("seats_held"),
                ),
            ),
            models.CheckConstraint(
                name="seats_in_order",
                condition=models.Q(seats__gte=1, seats_min__lte=models.F("seats")),
            ),
            models.CheckConstraint(
                name="a_goal_lies_below_the_seats",
                condition=models.Q(seats_goal=None)
                | models.Q(seats_goal__gte=1, seats_goal__lt=models.F("seats")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.shift_id} {self.name}"

    @property
    def seats_free(self) -> int:
        return self.seats - self.seats_taken - self.seats_held


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def live(self) -> "AssignmentQuerySet":
        return self.filter(status=Assignment.Status.ACTIVE)


class Assignment(models.Model):
    """A volunteer's seat, or seats, in a role of a shift."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Signed up")
        RELEASED = "released", _("Gave the seat back")
        REMOVED = "removed", _("Removed by the organizer")
        CANCELLED = "cancelled", _("Shift cancelled")
        WAITING = "waiting", _("Moved to the waiting list")
        HANDED_ON = "handed-on", _("Passed on to somebody else")
        LAPSED = "lapsed", _("Not begun in time")

    privacy: ClassVar = Privacy(
        purpose="Know who comes when, and keep two shifts apart.",
        keep="10 years as a record, pseudonymous after erasure.",
        personal={
            "volunteer": "who comes",
            "created_by": "who signed them up",
            "spoken_code": "said at the site",
            "ended_by": "who ended it",
            "end_reason": "why it ended",
            "overridden_by": "who allowed an exception",
            "join_code": "lets those who come along take the seats that were kept for them",
            "came_with": "who kept the seat for them",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_assignment_code, editable=False)
    role = models.ForeignKey(ShiftRole, models.PROTECT, related_name="assignments")
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="assignments")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="+")
    county = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.ACTIVE)
    seats = models.PositiveSmallIntegerField(default=1)
    # A party: whoever knows the code takes one of its seats in their own name.
    join_code = models.CharField(max_length=8, unique=True, null=True, blank=True)
    came_with = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="companions")
    # Work without a fixed time: until when its holder says that they are on it, and since when they are.
    begin_by = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    # The time that it takes of the volunteer; null for work without a fixed time.
    period = DateTimeRangeField(null=True, blank=True)
    spoken_code = models.CharField(max_length=4, default=new_spoken_code, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    override_reason = models.TextField(blank=True)
    overridden_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.TextField(blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="no_two_shifts_at_once",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(status="active"),
            ),
            models.UniqueConstraint(
                fields=["volunteer", "role"],
                name="one_live_seat_a_role",
                condition=models.Q(status="active"),
            ),
            models.CheckConstraint(name="an_assignment_takes_seats", condition=models.Q(seats__gte=1)),
            models.CheckConstraint(
                name="an_ended_assignment_says_when",
                condition=models.Q(status="active", ended_at=None)
                | (~models.Q(status="active") & models.Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_removal_has_a_reason",
                condition=~models.Q(status__in=("removed", "cancelled", "waiting", "lapsed"))
                | ~models.Q(end_reason=""),
            ),
            models.CheckConstraint(
                name="an_override_has_who_and_why",
                condition=models.Q(override_reason="", overridden_by=None)
                | (~models.Q(override_reason="") & models.Q(overridden_by__isnull=False)),
            ),
        )
        indexes = (
            models.Index(fields=["volunteer", "-id"], name="assignment_by_volunteer"),
            models.Index(fields=["shift", "status"], name="assignment_by_shift"),
            models.Index(
                fields=["begin_by"],
                name="claims_waiting",
                condition=models.Q(status="active", begun_at=None, begin_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.code
