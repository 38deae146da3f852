"""A seat proposed to a volunteer, with its reason and the time until which it stands."""

from datetime import datetime
from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_long_code
from tasks.models.shift import Assignment, Shift, ShiftRole
from volunteers.models import Volunteer


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self, *, at: datetime) -> "OfferQuerySet":
        """Those that can still be answered."""
        return self.filter(status=Offer.Status.OFFERED, expires_at__gt=at)

    def waiting(self) -> "OfferQuerySet":
        """Those without an end, also where their time is over and no sweep has come by yet."""
        return self.filter(status=Offer.Status.OFFERED)


class Offer(models.Model):
    """Asking one volunteer for one seat. Each is an alert, and nobody gets more alerts a day than the ration."""

    class Status(models.TextChoices):
        OFFERED = "offered", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Said no")
        EXPIRED = "expired", _("Not answered in time")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Source(models.TextChoices):
        ORGANIZER = "organizer", _("Sent by the organizer")
        MATCHING = "matching", _("Sent by the matching")

    class Answer(models.TextChoices):
        """Why a volunteer said no; each teaches the next choice something else."""

        NO_TIME = "no-time", _("I have no time then")
        TOO_FAR = "too-far", _("It is too far for me")
        NOT_THIS_WORK = "not-this-work", _("This work is not for me")
        NEED_REST = "need-rest", _("I need a rest")
        OTHER = "other", _("Another reason")

    privacy: ClassVar = Privacy(
        purpose="Ask people for a seat, tell them why, and ask nobody too often.",
        keep="One year.",
        personal={
            "volunteer": "who was asked",
            "answer": "why they said no",
            "answer_words": "what they added to a no",
            "factors": "what spoke for them: distance, earlier service, whether they were on duty",
            "made_by": "who asked",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    role = models.ForeignKey(ShiftRole, models.CASCADE, related_name="offers")
    shift = models.ForeignKey(Shift, models.CASCADE, related_name="offers")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="+")
    county = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=9, choices=Source.choices)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OFFERED)
    # What decided: distance, cost terms, price, runner-up, weights and version of the run. Said in words to the person.
    factors = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # The public code of the match run that proposed it; empty where a person chose.
    run_code = models.CharField(max_length=12, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    # The local day on which it was sent, and which of the day's alerts it is: the ration as a constraint.
    offered_on = models.DateField()
    ration_slot = models.PositiveSmallIntegerField()
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=13, choices=Answer.choices, blank=True)
    answer_words = models.CharField(max_length=300, blank=True)
    assignment = models.OneToOneField(Assignment, models.PROTECT, null=True, blank=True, related_name="offer")

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["volunteer", "offered_on", "ration_slot"], name="no_more_alerts_than_the_ration"
            ),
            models.CheckConstraint(name="ration_of_alerts", condition=models.Q(ration_slot__range=(1, 2))),
            models.UniqueConstraint(
                fields=["role", "volunteer"],
                name="one_open_offer_a_seat",
                condition=models.Q(status="offered"),
            ),
            models.CheckConstraint(
                name="an_offer_expires_after_it_was_made",
                condition=models.Q(expires_at__gt=models.F("made_at")),
            ),
            models.CheckConstraint(
                name="an_ended_offer_says_when",
                condition=models.Q(status="offered", ended_at=None)
                | (~models.Q(status="offered") & models.Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="an_accepted_offer_has_its_seat",
                condition=(models.Q(status="accepted") & models.Q(assignment__isnull=False))
                | (~models.Q(status="accepted") & models.Q(assignment=None)),
            ),
            models.CheckConstraint(
                name="only_a_declined_offer_has_an_answer",
                condition=(models.Q(status="declined") & ~models.Q(answer=""))
                | (~models.Q(status="declined") & models.Q(answer="", answer_words="")),
            ),
        )
        indexes = (
            models.Index(fields=["volunteer", "-id"], name="offer_by_volunteer"),
            models.Index(fields=["shift", "-id"], name="offer_by_shift"),
            models.Index(fields=["expires_at"], name="offers_waiting", condition=models.Q(status="offered")),
            models.Index(
                fields=["ended_at"],
                name="offers_answered",
                condition=models.Q(status__in=("accepted", "declined", "expired")),
            ),
        )

    def __str__(self) -> str:
        return self.code

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be answered, also where no sweep has come by yet."""
        return self.status == Offer.Status.OFFERED and self.expires_at > at
