"""The outbox: one row for each message to one person by one channel."""

from datetime import datetime
from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Privacy, new_code


def new_message_code() -> str:
    return new_code(12)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, *, at: datetime) -> "MessageQuerySet":
        """Waiting for a send, and leased by nobody."""
        return self.filter(status=Message.Status.QUEUED, next_try_at__lte=at)

    def inbox_of(self, user: User) -> "MessageQuerySet":
        """What the person may read in the app; withheld messages are not among it."""
        return self.filter(recipient=user, channel=Message.Channel.INBOX, status=Message.Status.SENT)


class Message(models.Model):
    class Channel(models.TextChoices):
        INBOX = "inbox", _("In the app")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        EXPIRED = "expired", _("Too late to be of use")
        WITHHELD = "withheld", _("Withheld")

    class Outcome(models.TextChoices):
        """Why a message ended without a send; a provider's refusal is kept in its own words."""

        NO_CONSENT = "no-consent", _("The person has not agreed to it")
        ACCOUNT_CLOSED = "account-closed", _("The account is closed")
        TOO_LATE = "too-late", _("Too late to be of use")
        GAVE_UP = "gave-up", _("Given up after many tries")

    privacy: ClassVar = Privacy(
        purpose="Tell people what they need to know, once.",
        keep="90 days; secrets in it are removed at the send.",
        personal={
            "recipient": "to whom",
            "address": "where it went",
            "context": "what it said",
            "read_at": "whether it was read",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_message_code, editable=False)
    # One message per event, person and channel: what makes a replay a no-op.
    event = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    recipient = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    address = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=7)
    context = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()
    useful_until = models.DateTimeField(null=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    outcome = models.CharField(max_length=200, blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    provider_reference = models.CharField(max_length=100, blank=True)
    ended_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["event", "recipient", "channel", "address"],
                name="one_message_an_event_person_channel",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="an_ended_message_has_an_end",
                condition=models.Q(status="queued", ended_at=None)
                | (~models.Q(status="queued") & models.Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_message_outside_has_an_address",
                condition=models.Q(channel="inbox", recipient__isnull=False)
                | (~models.Q(channel="inbox") & ~models.Q(address="")),
            ),
        )
        indexes = (
            models.Index(
                fields=["next_try_at", "id"],
                name="message_due",
                condition=models.Q(status="queued"),
            ),
            models.Index(
                fields=["recipient", "-id"],
                name="message_inbox",
                condition=models.Q(channel="inbox"),
            ),
            models.Index(fields=["created_at"], name="message_by_age"),
            models.Index(fields=["-id"], name="message_failed", condition=models.Q(status="failed")),
            models.Index(fields=["address", "-id"], name="message_to", condition=~models.Q(address="")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
