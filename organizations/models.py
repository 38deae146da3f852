"""Organizations, who belongs to them, where they serve, and who has checked them."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_code
from core.words import WordGrams, holding


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def approved(self) -> "OrganizationQuerySet":
        return self.filter(status=Organization.Status.APPROVED)

    def authorities(self) -> "OrganizationQuerySet":
        return self.approved().filter(kind=Organization.Kind.GOVERNMENT)

    def named(self, word: str) -> "OrganizationQuerySet":
        """Those whose name holds a word."""
        return self.filter(holding(word, "name", "name_en"))

    def serving(self, area: Area) -> "OrganizationQuerySet":
        """Those whose home or service area holds `area`, or lies in it."""
        holds = models.Exists(
            ServiceArea.objects.filter(organization=models.OuterRef("pk")).filter(
                models.Q(area__path__startswith=area.path) | _holding("area__path", area)
            )
        )
        return self.filter(
            models.Q(holds)
            | models.Q(home_area__path__startswith=area.path)
            | _holding("home_area__path", area)
        )


def _holding(field: str, area: Area) -> models.Q:
    return models.Q(**{f"{field}__in": area.paths_above()})


class Organization(models.Model):
    """A group that can take on work. An authority is one of kind government, over its home area and all below."""

    class Kind(models.TextChoices):
        COMMUNITY = "community", _("Community group")
        CBO = "cbo", _("Community-based organization")
        GOVERNMENT = "government", _("Government body")
        ENTERPRISE = "enterprise", _("Enterprise")
        SCHOOL = "school", _("School")

    class CboType(models.TextChoices):
        EMERGENCY = "emergency", _("Emergency")
        CHARITY = "charity", _("Charity")
        PROFESSIONAL = "professional", _("Professional service")
        ECONOMIC = "economic", _("Economic")
        MENTAL_HEALTH = "mental_health", _("Mental health")

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for approval")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        SUSPENDED = "suspended", _("Suspended")

    privacy: ClassVar = Privacy(
        purpose="Know which groups can be trusted with which work, and how to reach them.",
        keep="As long as the organization exists, then 10 years.",
        personal={
            "contact_phone": "may be one person's telephone",
            "created_by": "who registered it",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    cbo_type = models.CharField(max_length=13, choices=CboType.choices, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    home_area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    summary = models.TextField(blank=True)
    registration_number = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="only_a_cbo_has_a_cbo_type",
                condition=models.Q(kind="cbo", cbo_type__gt="")
                | (~models.Q(kind="cbo") & models.Q(cbo_type="")),
            ),
            models.CheckConstraint(
                name="an_organization_is_not_its_own_parent",
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("pk")),
            ),
            models.UniqueConstraint(fields=["name", "home_area"], name="one_organization_a_name_and_area"),
        )
        indexes = (
            models.Index(fields=["home_area", "status"], name="organization_by_area"),
            GinIndex(WordGrams("name", "name_en"), name="organization_by_words"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def display_name(self) -> str:
        """The name in the active language, where it has one."""
        return self.name_en or self.name if (get_language() or "").startswith("en") else self.name

    @property
    def is_authority(self) -> bool:
        return self.kind == self.Kind.GOVERNMENT


class ServiceArea(models.Model):
    """An area beyond its home in which an organization works."""

    privacy: ClassVar = Privacy(purpose="Find who can serve a place.", keep="As long as the organization.")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="service_areas")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "area"], name="one_service_area_once"),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} {self.area_id}"


class VerificationQuerySet(models.QuerySet["Verification"]):
    def open(self) -> "VerificationQuerySet":
        return self.filter(decision="")


class Verification(models.Model):
    """One check of an organization: what it showed, who decided, when and why."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    privacy: ClassVar = Privacy(
        purpose="Show on what evidence an organization was approved.",
        keep="10 years.",
        personal={
            "requested_by": "who asked",
            "decided_by": "who decided",
            "evidence": "may name persons",
        },
    )

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="verifications")
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    evidence = models.TextField()
    # Until when it is to be decided; then it goes to the authority above.
    due_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # On which delegation, where somebody decided in the place of an authority.
    delegation = models.ForeignKey("Delegation", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_decided_verification_has_who_and_when",
                condition=models.Q(decision="", decided_at=None, decided_by=None)
                | (~models.Q(decision="") & models.Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_declined_verification_has_a_reason",
                condition=~models.Q(decision="declined") | ~models.Q(reason=""),
            ),
            models.UniqueConstraint(
                fields=["organization"],
                name="one_open_verification",
                condition=models.Q(decision=""),
            ),
            models.CheckConstraint(
                name="only_a_decided_verification_has_a_delegation",
                condition=models.Q(delegation=None) | ~models.Q(decision=""),
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], name="verifications_waiting", condition=models.Q(decision="")),
        )

    def __str__(self) -> str:
        return f"verification {self.pk}"

    def is_late(self, at: datetime) -> bool:
        return self.decision == "" and self.due_at is not None and self.due_at <= at


class MembershipQuerySet(models.QuerySet["Membership"]):
    def live(self) -> "MembershipQuerySet":
        return self.filter(ended_at=None)


class Membership(models.Model):
    """What a person may do for an organization. In an authority, owners and organizers are its officials."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        ORGANIZER = "organizer", _("Organizer")
        DESK = "desk", _("On-site desk")

    privacy: ClassVar = Privacy(
        purpose="Decide who may act for an organization.",
        keep="10 years, as part of its records.",
        personal={"user": "who acts"},
    )

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "organization"],
                name="one_live_membership",
                condition=models.Q(ended_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organization_id}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, at: datetime) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """A colleague invited to a role; the code in the message is the key."""

    privacy: ClassVar = Privacy(
        purpose="Bring colleagues into an organization.",
        keep="90 days after it was accepted, withdrawn or expired.",
        personal={
            "contact": "where the invitation went",
            "invited_by": "who invited",
            "accepted_by": "who accepted",
        },
    )

    code = models.CharField(max_length=24, unique=True)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    contact = models.CharField(max_length=254)
    role = models.CharField(max_length=9, choices=Membership.Role.choices)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="an_accepted_invitation_has_who",
                condition=models.Q(accepted_at=None, accepted_by=None)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def live(self, at: datetime) -> "DelegationQuerySet":
        return self.filter(starts_at__lte=at, ends_at__gt=at, revoked_at=None)


class Delegation(models.Model):
    """Decisions that an authority lets another organization make in its place, in an area, for a time."""

    class Kind(models.TextChoices):
        VERIFY = "verify", _("Check organizations")
        REVIEW = "review", _("Make the calls of groups public")
        TRIAGE = "triage", _("Look at the requests of residents")
        TRANSFER = "transfer", _("Agree to help between areas")

    privacy: ClassVar = Privacy(
        purpose="Show who decided in whose place, and on whose word.",
        keep="10 years.",
        personal={"granted_by": "who granted it", "revoked_by": "who took it back"},
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    reason = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_delegation_ends_after_it_starts",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="nobody_delegates_to_themselves",
                condition=~models.Q(delegate=models.F("authority")),
            ),
            # One that ran out does not stand in the way of the next.
            ExclusionConstraint(
                name="one_delegation_a_kind_and_area_at_a_time",
                expressions=[
                    ("authority", RangeOperators.EQUAL),
                    ("delegate", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("area", RangeOperators.EQUAL),
                    (
                        models.Func(
                            "starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(revoked_at=None),
            ),
            models.CheckConstraint(
                name="a_revoked_delegation_has_who",
                condition=models.Q(revoked_at=None, revoked_by=None)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["delegate", "kind"], name="delegation_by_delegate"),
            models.Index(fields=["authority", "-id"], name="delegation_by_authority"),
        )

    def __str__(self) -> str:
        return self.code
