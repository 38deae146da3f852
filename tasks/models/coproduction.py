"""What authorities and organizations do together on a call: steps, help from elsewhere, and what nobody took on."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_code
from organizations.models import Organization
from tasks.models.task import Task


class CallRequestQuerySet(models.QuerySet["CallRequest"]):
    def open(self) -> "CallRequestQuerySet":
        """Those that wait for an answer."""
        return self.filter(answer="")


class CallRequest(models.Model):
    """An organization that was asked by name to take a call on, and what it said. Answered once."""

    class Answer(models.TextChoices):
        LEAD = "lead", _("Took it on as lead")
        PARTNER = "partner", _("Joined as a partner")
        DECLINED = "declined", _("Cannot")

    privacy: ClassVar = Privacy(
        purpose="Show who was asked to take a call on, how long an answer took, and what it was.",
        keep="10 years, with the call.",
        personal={
            "asked_by": "who asked",
            "answered_by": "who answered",
            "reason": "may name persons",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="asked")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    # The authority in whose name it was asked.
    asker = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    objects = CallRequestQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["task", "organization"],
                name="one_open_request_a_call_and_organization",
                condition=models.Q(answer=""),
            ),
            models.CheckConstraint(
                name="nobody_asks_themselves", condition=~models.Q(organization=models.F("asker"))
            ),
            models.CheckConstraint(
                name="an_answered_request_has_who_and_when",
                condition=models.Q(answer="", answered_at=None, answered_by=None)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False, answered_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="only_a_declined_request_has_a_reason",
                condition=models.Q(answer="declined", reason__gt="")
                | (~models.Q(answer="declined") & models.Q(reason="")),
            ),
        )
        indexes = (models.Index(fields=["organization", "-id"], name="call_request_by_organization"),)

    def __str__(self) -> str:
        return self.code


class Step(models.Model):
    """A word on how a call is made together: proposed by one side, answered by the other. Answered once."""

    class Kind(models.TextChoices):
        COMMISSION = "commission", _("Decide together what is needed")
        DESIGN = "design", _("Plan it together")
        DELIVER = "deliver", _("Do it together")
        ASSESS = "assess", _("Look back together")

    class Answer(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Not agreed")

    privacy: ClassVar = Privacy(
        purpose="Show how a call came about, and what both sides thought of it afterwards.",
        keep="10 years, with the call.",
        personal={
            "made_by": "who wrote it",
            "answered_by": "who answered",
            "words": "may name persons",
            "answer_words": "may name persons",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    words = models.TextField()
    # Of an assessment: how well the work met the need, 1 to 5.
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_for = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    answer_words = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="only_an_assessment_has_a_score",
                # A comparison with NULL is not false, so it is asked for.
                condition=models.Q(kind="assess", score__isnull=False, score__range=(1, 5))
                | (~models.Q(kind="assess") & models.Q(score=None)),
            ),
            models.CheckConstraint(
                name="an_answered_step_has_who_and_when",
                condition=models.Q(answer="", answered_at=None, answered_by=None, answered_for=None)
                | (
                    ~models.Q(answer="")
                    & models.Q(
                        answered_at__isnull=False, answered_by__isnull=False, answered_for__isnull=False
                    )
                ),
            ),
            models.CheckConstraint(
                name="nobody_answers_their_own_step",
                condition=models.Q(answered_for=None) | ~models.Q(answered_for=models.F("organization")),
            ),
            models.CheckConstraint(
                name="a_declined_step_says_why",
                condition=~models.Q(answer="declined") | ~models.Q(answer_words=""),
            ),
            models.UniqueConstraint(
                fields=["task", "organization", "kind"],
                name="one_open_step_a_kind_and_organization",
                condition=models.Q(answer=""),
            ),
            models.UniqueConstraint(
                fields=["task", "organization"],
                name="one_assessment_an_organization",
                condition=models.Q(kind="assess"),
            ),
        )
        indexes = (
            models.Index(fields=["task", "id"], name="step_by_task"),
            models.Index(fields=["organization", "-id"], name="step_by_organization"),
        )

    def __str__(self) -> str:
        return self.code


class Escalation(models.Model):
    """A call that nobody took on in time, brought before the next authority above. Each authority once a call."""

    privacy: ClassVar = Privacy(
        purpose="Show that a call in silence was taken further.",
        keep="10 years.",
        personal={"seen_by": "who said that they look after it"},
    )

    task = models.ForeignKey(Task, models.CASCADE, related_name="escalations")
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    escalated_at = models.DateTimeField()
    # When an official of that authority said that they look after it.
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["task", "authority"], name="one_escalation_a_task_and_authority"),
            models.CheckConstraint(
                name="a_seen_escalation_has_who",
                condition=models.Q(seen_at=None, seen_by=None)
                | models.Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["authority", "-id"], name="escalation_by_authority"),)

    def __str__(self) -> str:
        return f"{self.task_id} {self.authority_id}"


class TransferQuerySet(models.QuerySet["Transfer"]):
    def live(self) -> "TransferQuerySet":
        return self.filter(status__in=(Transfer.Status.PROPOSED, Transfer.Status.AGREED))


class Transfer(models.Model):
    """Hands from one area for a call in another, where both sides agreed: organizations and volunteers of the giving
    area are then asked as if the call were theirs."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waits for the other side")
        AGREED = "agreed", _("Both sides agreed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")
        ENDED = "ended", _("Over")

    privacy: ClassVar = Privacy(
        purpose="Let areas help each other with the consent of both.",
        keep="10 years.",
        personal={
            "asked_by": "who proposed it",
            "giver_agreed_by": "who agreed for the giving area",
            "taker_agreed_by": "who agreed for the area in need",
            "ended_by": "who ended it",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="transfers")
    giver = models.ForeignKey(Area, models.PROTECT, related_name="+")
    taker = models.ForeignKey(Area, models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    words = models.TextField(blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PROPOSED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # Until when the other side may answer.
    due_at = models.DateTimeField()
    # The word of each side: when, who, and in the place of which authority.
    giver_agreed_at = models.DateTimeField(null=True, blank=True)
    giver_agreed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    giver_agreed_for = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    taker_agreed_at = models.DateTimeField(null=True, blank=True)
    taker_agreed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taker_agreed_for = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(name="a_transfer_needs_people", condition=models.Q(people__gte=1)),
            models.CheckConstraint(
                name="a_transfer_joins_two_areas", condition=~models.Q(giver=models.F("taker"))
            ),
            models.UniqueConstraint(
                fields=["task", "giver"],
                name="one_live_transfer_a_task_and_area",
                condition=models.Q(status__in=("proposed", "agreed")),
            ),
            models.CheckConstraint(
                name="an_agreed_transfer_has_both_words",
                condition=~models.Q(status="agreed")
                | models.Q(giver_agreed_at__isnull=False, taker_agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="whoever_agreed_to_a_transfer_is_known",
                condition=(
                    models.Q(giver_agreed_at=None, giver_agreed_by=None, giver_agreed_for=None)
                    | models.Q(
                        giver_agreed_at__isnull=False,
                        giver_agreed_by__isnull=False,
                        giver_agreed_for__isnull=False,
                    )
                )
                & (
                    models.Q(taker_agreed_at=None, taker_agreed_by=None, taker_agreed_for=None)
                    | models.Q(
                        taker_agreed_at__isnull=False,
                        taker_agreed_by__isnull=False,
                        taker_agreed_for__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="each_side_of_a_transfer_has_its_own_word",
                condition=models.Q(giver_agreed_by=None)
                | models.Q(taker_agreed_by=None)
                | (
                    ~models.Q(giver_agreed_by=models.F("taker_agreed_by"))
                    & ~models.Q(giver_agreed_for=models.F("taker_agreed_for"))
                ),
            ),
            models.CheckConstraint(
                name="an_ended_transfer_says_when",
                condition=(models.Q(status__in=("proposed", "agreed")) & models.Q(ended_at=None))
                | (~models.Q(status__in=("proposed", "agreed")) & models.Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_declined_transfer_has_a_reason",
                condition=~models.Q(status="declined") | ~models.Q(reason=""),
            ),
        )
        indexes = (
            models.Index(fields=["giver", "-id"], name="transfer_by_giver"),
            models.Index(fields=["taker", "-id"], name="transfer_by_taker"),
            models.Index(fields=["due_at"], name="transfers_waiting", condition=models.Q(status="proposed")),
            models.Index(fields=["task"], name="transfers_agreed", condition=models.Q(status="agreed")),
        )

    def __str__(self) -> str:
        return self.code
