"""People whom an organization invites to volunteer with it, and those who do."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_code
from organizations.models import Organization
from volunteers.models.volunteer import Volunteer


def new_invitation_code() -> str:
    return new_code(16)


class VolunteerInvitationQuerySet(models.QuerySet["VolunteerInvitation"]):
    def open(self, *, at: datetime) -> "VolunteerInvitationQuerySet":
        """Those that can still be answered."""
        return self.filter(ended_at=None, expires_at__gt=at)


class VolunteerInvitation(models.Model):
    """Somebody invited to volunteer with an organization. The code in the message is the key.

    It says nothing of whether anybody is behind the contact: that is never looked up before the answer.
    """

    class Ending(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")
        EXPIRED = "expired", _("Expired")

    privacy: ClassVar = Privacy(
        purpose="Bring the people of an organization in, each by their own word.",
        keep="90 days after it ended; the contact of a refusal 2 years, so that no further invitation comes.",
        personal={
            "contact": "where the invitation went",
            "name": "what the organization calls the person, until the answer",
            "area": "where the organization says they live, until the answer",
            "capability_codes": "what the organization says they can do, until the answer",
            "note": "what the organization wrote about them, until the answer",
            "invited_by": "who invited",
            "accepted_by": "who accepted",
        },
    )

    code = models.CharField(max_length=24, unique=True, default=new_invitation_code, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    contact = models.CharField(max_length=254)
    name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=7, default="zh-hans")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    capability_codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=9, choices=Ending.choices, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = VolunteerInvitationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "contact"],
                name="one_open_invitation_a_contact",
                condition=models.Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="an_ended_invitation_says_how",
                condition=models.Q(ended_at=None, ending="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ending="")),
            ),
            models.CheckConstraint(
                name="an_accepted_volunteer_invitation_has_who",
                condition=models.Q(ending="accepted", accepted_by__isnull=False)
                | (~models.Q(ending="accepted") & models.Q(accepted_by=None)),
            ),
        )
        indexes = (
            models.Index(fields=["organization", "contact"], name="invited_by_contact"),
            models.Index(fields=["organization", "-invited_at"], name="invited_by_day"),
            models.Index(fields=["contact"], name="invited_and_open", condition=models.Q(ended_at=None)),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def live(self) -> "AffiliationQuerySet":
        return self.filter(ended_at=None)


class Affiliation(models.Model):
    """A volunteer who belongs to an organization's people, by their own word, until either side ends it."""

    privacy: ClassVar = Privacy(
        purpose="Know who volunteers with which organization.",
        keep="2 years after it ended.",
        personal={
            "volunteer": "who belongs to it",
            "invitation": "by which invitation",
            "ended_by": "who ended it",
        },
    )

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="affiliations")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    invitation = models.ForeignKey(
        VolunteerInvitation, models.SET_NULL, null=True, blank=True, related_name="affiliations"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["volunteer", "organization"],
                name="one_live_affiliation",
                condition=models.Q(ended_at=None),
            ),
        )
        indexes = (
            models.Index(
                fields=["organization", "started_at"],
                name="affiliation_by_organization",
                condition=models.Q(ended_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} with {self.organization_id}"
