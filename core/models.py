"""What every app's models share, and the two logs that are only ever added to."""

import secrets
from dataclasses import dataclass, field
from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

# No 0 O 1 I L U V 5 S 8 B 2 Z: what is read aloud or copied by hand must not be mistaken.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
_draw = secrets.SystemRandom()


def new_code(length: int = 8) -> str:
    """A random public code without look-alikes; 23^8 is about 78 thousand million, enough for rows in thousands."""
    return "".join(_draw.choices(ALPHABET, k=length))


def new_long_code() -> str:
    """A code for rows that come in millions: two alike are not to be expected."""
    return new_code(12)


def new_digits(length: int) -> str:
    """Random digits, for what is spoken."""
    return "".join(_draw.choices("0123456789", k=length))


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
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class AccessRecord(models.Model):
    """One look at a person's details by somebody else, with its purpose; the person reads these rows."""

    privacy: ClassVar = Privacy(
        purpose="Let every person see who looked at their details, and why.",
        keep="2 years.",
        personal={"person_id": "whose details", "actor_id": "who looked"},
    )

    at = models.DateTimeField()
    person_id = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    actor_label = models.CharField(max_length=200)
    purpose = models.CharField(max_length=200)
    what = models.CharField(max_length=200)

    class Meta:
        indexes = (models.Index(fields=["person_id", "-id"], name="access_by_person"),)

    def __str__(self) -> str:
        return f"{self.what} of {self.person_id}"


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
