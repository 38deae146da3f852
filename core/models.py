"""What every app's models share, and the two logs that are only ever added to."""

import random
import secrets
from dataclasses import dataclass, field
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# No 0 O 1 I L U V 5 S 8 B 2 Z: what is read aloud or copied by hand must not be mistaken.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"


class _Draw:
    """Where this process takes the letters of codes from: chance that nobody can foresee."""

    source: random.Random = secrets.SystemRandom()


def draw_codes_from(source: random.Random | None) -> None:
    """Let this process alone draw codes from `source`, so that an invented story can be told again letter by letter;
    None gives it chance again."""
    _Draw.source = source or secrets.SystemRandom()


def new_code(length: int = 8) -> str:
    """A random public code without look-alikes; 23^8 is about 78 thousand million, enough for rows in thousands."""
    return "".join(_Draw.source.choices(ALPHABET, k=length))


def new_long_code() -> str:
    """A code for rows that come in millions: two alike are not to be expected."""
    return new_code(12)


def new_digits(length: int) -> str:
    """Random digits, for what is spoken."""
    return "".join(_Draw.source.choices("0123456789", k=length))


@dataclass(frozen=True)
class Privacy:
    """What a model holds of persons: its purpose, each personal field with its reason, and how long it is kept."""

    purpose: str
    keep: str
    personal: dict[str, str] = field(default_factory=dict)


class AuditRecord(models.Model):
    """One act that changed something: who, what, when, why. The database refuses to change or delete a row."""

    privacy: ClassVar = Privacy(
        purpose="Show afterwards who decided what, and why.",
        keep="10 years, pseudonymous: holds ids and codes, never names or contacts.",
        personal={"actor_id": "pseudonym of who acted"},
    )

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    area_code = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        indexes = (
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject"),
            models.Index(fields=["area_code", "-id"], name="audit_by_area"),
            # Rows come in the order of time: a few pages of index for millions of them.
            BrinIndex(fields=["at"], name="audit_by_time", pages_per_range=32),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class AccessRecord(models.Model):
    """One look at a person's details by somebody else, with its purpose; the person reads these rows in their language."""

    class Purpose(models.TextChoices):
        """Why somebody looked; stable, rows keep them for years. Each is worded for the person looked at."""

        MISSING = "missing", _("To call you, since somebody was not there")
        CHANGE = "change", _("To call you about a change of the shift")
        BEFORE = "before", _("To prepare the shift with you")
        WALK_IN = "walk-in", _("You came to the desk without a seat")
        BY_TELEPHONE = "by-telephone", _("You called to sign up")
        PAPER = "paper", _("To look at your paper")
        OFFER = "offer", _("To ask you for a seat")
        RECOVERY = "recovery", _("To give you back your account")
        SUPPORT = "support", _("To help you, since you asked us")
        DELIVERY = "delivery", _("To find out what became of a message to you")
        REVIEW = "review", _("To look into a decision on record")
        HELP = "help", _("To bring you the help that you asked for")
        OTHER = "other", _("For another reason")

    class What(models.TextChoices):
        """What they saw."""

        NAME = "name", _("Your name")
        TELEPHONE = "telephone", _("Your name and telephone number")
        ADDRESS = "address", _("Your name, telephone number and address")
        PAPER = "paper", _("Your name and your paper")
        ACCOUNT = "account", _("Your name, and in which state your account is")
        MESSAGES = "messages", _("Which messages went to you, without their words")
        ACTS = "acts", _("What you did on record")

    privacy: ClassVar = Privacy(
        purpose="Let every person see who looked at their details, and why.",
        keep="2 years.",
        personal={"person_id": "whose details", "actor_id": "who looked"},
    )

    at = models.DateTimeField()
    person_id = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    actor_label = models.CharField(max_length=200)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    # Said where no purpose of the list fits, in the words and the language of whoever looked.
    own_words = models.CharField(max_length=200, blank=True)
    what = models.CharField(max_length=20, choices=What.choices)
    # The shift, the paper: its name by language, "zh" and "en", as far as it has them.
    about = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = (models.Index(fields=["person_id", "-id"], name="access_by_person"),)

    def __str__(self) -> str:
        return f"{self.what} of {self.person_id}"

    @property
    def purpose_words(self) -> str:
        return self.own_words or self.get_purpose_display()

    @property
    def about_words(self) -> str:
        """What it was about in the reader's language, or in the one that there is."""
        names: dict[str, str] = self.about
        return names.get((get_language() or "zh")[:2]) or next(iter(names.values()), "")


class RateCount(models.Model):
    """How often a key was tried in a window; `core.rates` writes it, a job purges what is over."""

    privacy: ClassVar = Privacy(purpose="Keep out floods of codes and guesses.", keep="2 days; digests only.")

    digest = models.CharField(max_length=64)
    window_start = models.BigIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["digest", "window_start"], name="one_count_a_window"),)

    def __str__(self) -> str:
        return f"{self.digest[:8]} {self.count}"


class JobRun(models.Model):
    """One run of a job by a worker; `core.job_log` writes it, staff read it."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        LOST = "lost", _("Lost")

    privacy: ClassVar = Privacy(
        purpose="Show which jobs ran, and why one failed.",
        keep="7 days, 90 where it failed; holds ids and codes, never names or contacts.",
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    name = models.CharField(max_length=60)
    queue = models.CharField(max_length=40)
    worker = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    # False where an argument was too long or of a kind that is not kept: such a run cannot be rung again.
    has_all_arguments = models.BooleanField(default=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    # The class of the exception, and its words without what could be of a person.
    error = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="an_ended_run_has_an_end",
                condition=models.Q(state="running", ended_at=None)
                | (~models.Q(state="running") & models.Q(ended_at__isnull=False)),
            ),
        )
        indexes = (
            models.Index(fields=["name", "-id"], name="run_by_job"),
            models.Index(fields=["queue", "-id"], name="run_by_queue"),
            models.Index(fields=["started_at"], name="run_by_age"),
            models.Index(
                fields=["-id"], name="run_gone_wrong", condition=models.Q(state__in=["failed", "lost"])
            ),
            models.Index(fields=["started_at"], name="run_running", condition=models.Q(state="running")),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class ClockStretch(models.Model):
    """A stretch of the time of a synthetic database: when it begins by a machine's clock, what the story's clock shows
    then, and how many times as fast it goes. Without rows, time is the machine's."""

    privacy: ClassVar = Privacy(
        purpose="Let all processes of a drill share one clock.", keep="As long as the synthetic database."
    )

    begins_at = models.DateTimeField(unique=True)
    shows = models.DateTimeField()
    speed = models.FloatField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(speed__gte=0), name="clock_goes_forward"),)

    def __str__(self) -> str:
        return f"{self.shows:%Y-%m-%d %H:%M} × {self.speed:g}"


class Deployment(models.Model):
    """What this database is as a whole. One row, or none in a database of real people."""

    privacy: ClassVar = Privacy(purpose="Say on every page that all people are invented.", keep="Always.")

    # Since when it holds invented people and nothing else. It never becomes real again: it is dropped.
    synthetic_since = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="one_deployment", condition=models.Q(pk=1)),)

    def __str__(self) -> str:
        return f"synthetic since {self.synthetic_since:%Y-%m-%d}"


class RequestKey(models.Model):
    """The answer to a request that carried a key: the same key again gets the same answer, and no second effect."""

    privacy: ClassVar = Privacy(
        purpose="Let a request be sent again where its answer was lost.",
        keep="2 days.",
        personal={"actor_id": "who asked", "answer": "what they were answered"},
    )

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=64)
    # SHA-256 of method, path and body, 32 bytes.
    body_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    # What the answer is made from again: the body of an API's answer, the address that a page led to.
    answer = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["actor_id", "key"], name="one_answer_a_key"),)
        indexes = (BrinIndex(fields=["at"], name="request_key_by_time", pages_per_range=32),)

    def __str__(self) -> str:
        return f"{self.actor_id} {self.key}"
