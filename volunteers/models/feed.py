"""Calendars that a phone reads by a secret address."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from core.models import Privacy, new_code
from organizations.models import Organization
from volunteers.models.volunteer import Volunteer


def new_secret() -> str:
    """About 144 bits."""
    return new_code(32)


class FeedQuerySet(models.QuerySet["CalendarFeed"]):
    def live(self) -> "FeedQuerySet":
        return self.filter(revoked_at=None)


class CalendarFeed(models.Model):
    """Whoever knows the address reads it, without signing in: it says what and where, and nothing private."""

    privacy: ClassVar = Privacy(
        purpose="Show shifts in the calendar of a phone.",
        keep="Until 30 days after it is revoked, or until erasure. Nothing is kept of who reads it.",
        personal={
            "volunteer": "whose shifts",
            "secret": "opens the calendar",
            "made_by": "who made it",
        },
    )

    secret = models.CharField(max_length=32, unique=True, default=new_secret, editable=False)
    # Of one of the two.
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, null=True, blank=True, related_name="feeds")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_feed_is_of_one",
                condition=models.Q(volunteer__isnull=False, organization=None)
                | models.Q(volunteer=None, organization__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["volunteer"],
                name="one_live_feed_a_volunteer",
                condition=models.Q(revoked_at=None, volunteer__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["organization"],
                name="one_live_feed_an_organization",
                condition=models.Q(revoked_at=None, organization__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"feed {self.pk}"
