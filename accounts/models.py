"""People, what they agreed to, and the codes that let them in."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.models import Privacy, new_long_code


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, name: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. What they may do follows from memberships of organizations, never from flags here."""

    class ContactBy(models.TextChoices):
        SMS = "sms", _("Text message")
        EMAIL = "email", _("E-mail")

    privacy: ClassVar = Privacy(
        purpose="Let a person sign in and be reached.",
        keep="Until the person asks for erasure, or two years after the last sign-in or shift.",
        personal={
            "name": "how others call the person at a shift",
            "phone": "sign-in codes and messages; a family may share one",
            "email": "sign-in and messages",
            "password": "sign-in of organizers and officials",
            "language": "language of messages",
            "contact_by": "how the person wants to be reached",
            "last_login": "noticing accounts that nobody uses",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20, blank=True)
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)
    email = models.EmailField(blank=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    contact_by = models.CharField(max_length=5, choices=ContactBy.choices, default=ContactBy.SMS)
    language = models.CharField(
        max_length=7,
        choices=[("zh-hans", "中文"), ("en", "English")],
        default="zh-hans",
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "code"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_an_email",
                condition=~models.Q(email=""),
            ),
            models.CheckConstraint(
                name="an_erased_user_has_no_contacts",
                condition=models.Q(erased_at=None) | models.Q(phone="", email="", is_active=False),
            ),
        )
        indexes = (models.Index(fields=["phone"], name="user_by_phone", condition=~models.Q(phone="")),)

    def __str__(self) -> str:
        return self.name

    @property
    def address_of_messages(self) -> tuple[str, str]:
        """(channel, address) of the way in which the person is reached; ("", "") where there is none."""
        if self.contact_by == self.ContactBy.EMAIL and self.email:
            return "email", self.email
        if self.phone:
            return "sms", self.phone
        return ("email", self.email) if self.email else ("", "")


class LoginCodeQuerySet(models.QuerySet["LoginCode"]):
    def open(self, *, at: datetime) -> "LoginCodeQuerySet":
        return self.filter(used_at=None, expires_at__gt=at)


class LoginCode(models.Model):
    """A one-time code sent to a phone or an e-mail address, for joining, signing in or changing a contact."""

    class Purpose(models.TextChoices):
        ENTER = "enter", _("Join or sign in")
        CHANGE = "change", _("Change a contact")
        HELP = "help", _("Ask for help")

    privacy: ClassVar = Privacy(
        purpose="Prove that a person holds a phone or an e-mail address.",
        keep="1 day.",
        personal={
            "contact": "where the code went",
            "name": "what the person wants to be called",
            "user": "who changes a contact",
        },
    )

    token = models.CharField(max_length=32, unique=True)
    purpose = models.CharField(max_length=6, choices=Purpose.choices)
    contact = models.CharField(max_length=254)
    name = models.CharField(max_length=80, blank=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=128)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects = LoginCodeQuerySet.as_manager()

    # The digits, only on the object that was just made; the table keeps a digest.
    secret = ""

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_code_expires_after_it_is_made",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            ),
        )
        indexes = (
            models.Index(fields=["created_at"], name="login_code_by_age"),
            models.Index(fields=["contact"], name="login_code_by_contact"),
        )

    def __str__(self) -> str:
        return self.token


class ConsentQuerySet(models.QuerySet["Consent"]):
    def current(self, user: User) -> dict[str, "Consent"]:
        """The last word per purpose."""
        rows = self.filter(user=user).order_by("purpose", "-id").distinct("purpose")
        return {row.purpose: row for row in rows}


class Consent(models.Model):
    """One word of a person on one purpose: granted or withdrawn. Rows are only added."""

    class Purpose(models.TextChoices):
        TERMS = "terms", _("Taking part and keeping a record of my service")
        MESSAGES = "messages", _("Messages about needs near me")
        RESEARCH = "research", _("Pseudonymous use of my service for research")

    class Decision(models.TextChoices):
        GRANTED = "granted", _("Granted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    privacy: ClassVar = Privacy(
        purpose="Prove what a person agreed to, and when they took it back.",
        keep="As long as the account, then pseudonymous for 3 years.",
        personal={"user": "who agreed"},
    )

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    version = models.CharField(max_length=20)
    decision = models.CharField(max_length=9, choices=Decision.choices)
    at = models.DateTimeField()

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["user", "purpose", "-id"], name="consent_last_word"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.decision}"


class ErasureRequest(models.Model):
    """A person's wish to be forgotten, or an account that nobody uses, with days to think before it is carried out."""

    class Cause(models.TextChoices):
        ASKED = "asked", _("The person asked")
        UNUSED = "unused", _("Nobody uses the account")

    privacy: ClassVar = Privacy(
        purpose="Carry out and prove an erasure.",
        keep="3 years, pseudonymous.",
        personal={"user": "who asked"},
    )

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    cause = models.CharField(max_length=6, choices=Cause.choices, default=Cause.ASKED)
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    carried_out_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user"],
                name="one_open_erasure_a_user",
                condition=models.Q(cancelled_at=None, carried_out_at=None),
            ),
            models.CheckConstraint(
                name="an_erasure_is_cancelled_or_carried_out",
                condition=models.Q(cancelled_at=None) | models.Q(carried_out_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class Recovery(models.Model):
    """A request for help by somebody who lost a phone or a second factor; another person decides."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Lost phone or number")
        SECOND_FACTOR = "second_factor", _("Lost second factor")

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    privacy: ClassVar = Privacy(
        purpose="Give somebody back their account after they lost a phone or a second factor.",
        keep="1 year.",
        personal={
            "user": "whose account",
            "new_contact": "the new phone or e-mail",
            "reason": "what happened",
            "decided_by": "who decided",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    new_contact = models.CharField(max_length=254, blank=True)
    reason = models.TextField()
    requested_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_decided_recovery_has_who_and_when",
                condition=models.Q(decision="", decided_at=None, decided_by=None)
                | (~models.Q(decision="") & models.Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="nobody_decides_their_own_recovery",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("user")),
            ),
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="one_open_recovery_a_kind",
                condition=models.Q(decision=""),
            ),
        )

    def __str__(self) -> str:
        return self.code


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self) -> "ApiTokenQuerySet":
        return self.filter(revoked_at=None)


class ApiToken(models.Model):
    """Lets a program act as its owner. Only a hash is kept: the token itself is shown once."""

    privacy: ClassVar = Privacy(
        purpose="Let a person's own programs use the service in their name.",
        keep="Until it is revoked, or unused for 1 year.",
        personal={"user": "whose token", "name": "what it is for", "last_used_on": "whether it is in use"},
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    # SHA-256 of the token, which is random: no salt is needed, and looking it up needs one index.
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["user", "-id"], name="api_token_by_user"),)

    def __str__(self) -> str:
        return self.code
