"""Volunteers: what they can do, when, where, within which limits, and who stands beside them."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_digits


def new_number() -> str:
    """A volunteer number: random, says nothing about the person and nothing about how many there are."""
    return str(1 + int(new_digits(8)) % 8) + new_digits(7)


def evening_and_three_hours() -> list[int]:
    return [0, 180]


class Named(models.Model):
    """Reference data with a name in both languages."""

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class Cause(Named):
    """What a volunteer cares for; every task type serves one."""

    privacy: ClassVar = Privacy(purpose="Reference data.", keep="Always.")


class Capability(Named):
    """A skill, a language or a qualification that a task may require."""

    class Kind(models.TextChoices):
        SKILL = "skill", _("Skill")
        LANGUAGE = "language", _("Language")
        QUALIFICATION = "qualification", _("Qualification")

    privacy: ClassVar = Privacy(purpose="Reference data.", keep="Always.")

    kind = models.CharField(max_length=13, choices=Kind.choices)


class Implication(models.Model):
    """Whoever has one capability has another with it, for as long as the one counts: a nurse is also a first-aider.

    What follows over several steps has a row of its own, so that one look is enough. `actions.set_implications` alone
    writes them; a ring would make a capability imply itself, which no row can say.
    """

    privacy: ClassVar = Privacy(purpose="Reference data.", keep="Always.")

    capability = models.ForeignKey(Capability, models.PROTECT, related_name="implications")
    implied = models.ForeignKey(Capability, models.PROTECT, related_name="+")
    # Whether the data say so; otherwise it follows from others.
    is_direct = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["capability", "implied"], name="one_implication_once"),
            models.CheckConstraint(
                name="nothing_implies_itself", condition=~models.Q(capability=models.F("implied"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.capability_id} {self.implied_id}"


class Volunteer(models.Model):
    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")

    privacy: ClassVar = Privacy(
        purpose="Find work that fits a person, and keep it within their limits.",
        keep="Until erasure, or two years after the last service.",
        personal={
            "user": "whose profile",
            "number": "said instead of an identity number",
            "area": "where they live, to the township at most",
            "longitude": "a point, only when they choose one",
            "latitude": "a point, only when they choose one",
            "birth_on": "whether a guardian is needed",
            "guardian_name": "who answers for a child",
            "guardian_phone": "who answers for a child",
            "guardian_consent_at": "when the guardian agreed",
            "max_hours_week": "their limit",
            "reach_km": "their limit",
            "on_duty_since": "whether they may be asked at once",
            "causes": "what they care for",
            "sex": "only for figures on who serves; never for choosing somebody",
            "is_student": "only for figures on who serves; never for choosing somebody",
            "takes_assignments": "whether they may be given a seat without being asked each time",
            "offers_a_day": "how often they may be asked",
            "reminders": "when they want to be reminded",
            "is_guest": "whether they came for one shift, without an account of their own",
        },
    )

    user = models.OneToOneField(User, models.PROTECT, related_name="+")
    number = models.CharField(max_length=8, unique=True, default=new_number, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    county = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    reach_km = models.PositiveSmallIntegerField(default=5)
    max_hours_week = models.PositiveSmallIntegerField(default=20)
    causes = models.ManyToManyField(Cause, blank=True, related_name="+")
    on_duty_since = models.DateTimeField(null=True, blank=True)
    birth_on = models.DateField(null=True, blank=True)
    # Given freely or not at all: they feed figures on who serves, and nothing that chooses among people.
    sex = models.CharField(max_length=6, choices=Sex.choices, blank=True)
    is_student = models.BooleanField(null=True, blank=True)
    takes_assignments = models.BooleanField(default=False)
    offers_a_day = models.PositiveSmallIntegerField(default=2)
    # Minutes before a shift, each once; 0 is the evening before.
    reminders = ArrayField(
        models.PositiveIntegerField(),
        default=evening_and_three_hours,
        db_default=[0, 180],
        blank=True,
        size=4,
    )
    # Signed up for a shift with no more than a name and a contact; forgotten some weeks after the last one.
    is_guest = models.BooleanField(default=False, db_default=False)
    guardian_name = models.CharField(max_length=80, blank=True)
    guardian_phone = models.CharField(max_length=20, blank=True)
    guardian_consent_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_point_has_both_coordinates",
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
                name="limits_within_a_week",
                condition=models.Q(max_hours_week__range=(1, 80), reach_km__range=(1, 500)),
            ),
            models.CheckConstraint(
                name="offers_within_the_ration", condition=models.Q(offers_a_day__range=(0, 2))
            ),
            models.CheckConstraint(
                name="an_area_comes_with_its_county_or_lies_above",
                condition=models.Q(county=None) | models.Q(area__isnull=False),
            ),
            models.CheckConstraint(
                name="guardian_consent_names_the_guardian",
                condition=models.Q(guardian_consent_at=None)
                | (~models.Q(guardian_name="") & ~models.Q(guardian_phone="")),
            ),
        )
        indexes = (
            models.Index(fields=["county"], name="volunteer_by_county"),
            models.Index(
                fields=["county"],
                name="volunteer_on_duty",
                condition=models.Q(on_duty_since__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.number

    def age_on(self, day: date) -> int | None:
        """Whole years; a birthday on 29 February counts on 1 March of other years. None where unknown."""
        if self.birth_on is None:
            return None
        return (
            day.year - self.birth_on.year - ((day.month, day.day) < (self.birth_on.month, self.birth_on.day))
        )


# Since when a claim waits for somebody to look at it; nothing where nobody has to. As one expression with an index, so
# that the planner knows how few wait: of three columns that are seldom empty it would expect thousands.
WAITING_SINCE = models.Case(models.When(confirmed_at=None, declined_at=None, then=models.F("claimed_at")))


class VolunteerCapability(models.Model):
    """A capability that a volunteer says they have; a qualification counts once somebody has seen the evidence."""

    privacy: ClassVar = Privacy(
        purpose="Ask only those who can do the work.",
        keep="As long as the profile; evidence until one year after expiry.",
        personal={
            "volunteer": "whose",
            "evidence": "what was shown",
            "confirmed_by": "who saw it",
            "declined_by": "who could not accept it",
            "decline_reason": "why it was not accepted",
        },
    )

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="capabilities")
    capability = models.ForeignKey(Capability, models.PROTECT, related_name="+")
    evidence = models.CharField(max_length=200, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decline_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["volunteer", "capability"], name="one_capability_once"),
            models.CheckConstraint(
                name="a_confirmed_capability_has_who",
                condition=models.Q(confirmed_at=None, confirmed_by=None)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_declined_capability_has_who_and_why",
                condition=models.Q(declined_at=None, declined_by=None, decline_reason="")
                | (
                    models.Q(declined_at__isnull=False, declined_by__isnull=False, confirmed_at=None)
                    & ~models.Q(decline_reason="")
                ),
            ),
        )
        indexes = (models.Index(WAITING_SINCE, name="claims_waiting_since"),)

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.capability_id}"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to look at it."""
        return self.claimed_at is not None and self.confirmed_at is None and self.declined_at is None


class WeeklyAvailability(models.Model):
    """A window on a weekday in which the volunteer is free; without any row they are free always."""

    privacy: ClassVar = Privacy(
        purpose="Ask only when it suits.",
        keep="As long as the profile.",
        personal={"volunteer": "whose week"},
    )

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="week")
    weekday = models.PositiveSmallIntegerField()
    starts_hour = models.PositiveSmallIntegerField()
    ends_hour = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_window_lies_in_a_day",
                condition=models.Q(
                    weekday__range=(0, 6),
                    starts_hour__range=(0, 23),
                    ends_hour__range=(1, 24),
                    ends_hour__gt=models.F("starts_hour"),
                ),
            ),
            models.UniqueConstraint(
                fields=["volunteer", "weekday", "starts_hour"],
                name="one_window_a_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts_hour}-{self.ends_hour}"


class AvailabilityException(models.Model):
    """Days that differ from the weekly pattern."""

    privacy: ClassVar = Privacy(
        purpose="Ask only when it suits.",
        keep="30 days after the last day.",
        personal={"volunteer": "whose days", "note": "why"},
    )

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="exceptions")
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_free = models.BooleanField()
    note = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="an_exception_ends_after_it_starts",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_on} {self.ends_on}"


class Proxy(models.Model):
    """Somebody who acts for a volunteer, with that volunteer's consent."""

    privacy: ClassVar = Privacy(
        purpose="Let family or neighbours act for people who do not use a phone.",
        keep="3 years after it ended.",
        personal={
            "volunteer": "for whom",
            "user": "who acts",
            "consent": "how the volunteer agreed",
        },
    )

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="proxies")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    consent = models.CharField(max_length=200)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["volunteer", "user"],
                name="one_live_proxy",
                condition=models.Q(ended_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} for {self.volunteer_id}"
