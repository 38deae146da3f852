"""What residents ask for: one record from the request to the public number, and how fast the answer was promised."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_code, new_long_code
from organizations.models import Organization
from tasks.models import Shift, Task, TaskType


class Channel(models.TextChoices):
    """How a request came."""

    WEB = "web", _("On this site")
    QR = "qr", _("By a code on a building")
    PHONE = "phone", _("By telephone")
    PROXY = "proxy", _("Through somebody else")
    PAPER = "paper", _("On paper")


class RequestPoint(models.Model):
    """A place whose QR code opens the form with the place filled in: a building, a gate, a notice board."""

    privacy: ClassVar = Privacy(
        purpose="Let people ask for help without typing where they are.",
        keep="One year after it is taken down; longer where requests came by it.",
        personal={"made_by": "who put it up"},
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    place = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["area", "place"], name="one_live_point_a_place", condition=models.Q(ended_at=None)
            ),
        )

    def __str__(self) -> str:
        return self.code


class RequestDesk(models.Model):
    """An organization looks at the requests of residents where it is at home and where it serves."""

    privacy: ClassVar = Privacy(
        purpose="Know which group looks at requests first, and who decided that it does.",
        keep="10 years.",
        personal={"opened_by": "who decided", "closed_by": "who ended it"},
    )

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization"], name="one_open_request_desk", condition=models.Q(closed_at=None)
            ),
            models.CheckConstraint(
                name="a_closed_request_desk_has_who",
                condition=models.Q(closed_at=None, closed_by=None)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"desk of {self.organization_id}"


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def open(self) -> "HelpRequestQuerySet":
        """Those that somebody still waits for."""
        return self.filter(status__in=OPEN)


class HelpRequest(models.Model):
    """What a resident asked for, until they said that it is done. Shown to whoever has the code, to the organization
    that looks at it, and without contact to officials."""

    class Status(models.TextChoices):
        NEW = "new", _("Not looked at yet")
        VERIFIED = "verified", _("Checked, looking for somebody")
        PLACED = "placed", _("Part of a piece of work")
        SERVED = "served", _("Done, says the organization")
        CONFIRMED = "confirmed", _("Done, says the resident")
        MERGED = "merged", _("Same as another")
        DECLINED = "declined", _("Cannot be done")
        WITHDRAWN = "withdrawn", _("Taken back")

    privacy: ClassVar = Privacy(
        purpose="Bring help to whoever asks for it, and show how fast that went.",
        keep="Contact, address and words until 30 days after the end; the rest 10 years, without a person.",
        personal={
            "name": "whom to ask for",
            "phone": "how to reach them",
            "address": "where they live: only for whoever brings help",
            "words": "what they wrote",
            "place": "where help is needed",
            "asked_by": "the account that asked",
            "entered_by": "who wrote it down for them",
            "code": "opens the request",
            "reason": "may name persons",
        },
    )

    # The key by which whoever asked reads and confirms it.
    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    # Names it in the addresses of whoever looks at it: it opens nothing to anybody else.
    ref = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    type = models.ForeignKey(TaskType, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    point = models.ForeignKey(RequestPoint, models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    county = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=7, default="zh-hans")
    words = models.TextField()
    # As everybody there calls it; the exact address is a field of its own.
    place = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=300, blank=True)
    people = models.PositiveSmallIntegerField(default=1)
    wanted_on = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.NEW)
    # Who looks at it; none: the nearest organization or authority has not been found.
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="+")
    # The shift that brings the help, where one is named; else whichever of the work comes next.
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # The promises of the day on which it came: until when somebody answers, until when it is done.
    answer_due_at = models.DateTimeField(null=True, blank=True)
    done_due_at = models.DateTimeField(null=True, blank=True)
    # First decision: verified, declined, merged or split.
    answered_at = models.DateTimeField(null=True, blank=True)
    placed_at = models.DateTimeField(null=True, blank=True)
    served_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    # When it was late and went to the authority above: once.
    escalated_at = models.DateTimeField(null=True, blank=True)
    # How often the resident said that it was not done after all.
    reopened = models.PositiveSmallIntegerField(default=0)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(name="a_request_is_for_somebody", condition=models.Q(people__gte=1)),
            models.CheckConstraint(
                name="a_merged_request_says_into_which",
                condition=models.Q(status="merged", merged_into__isnull=False)
                | (~models.Q(status="merged") & models.Q(merged_into=None)),
            ),
            models.CheckConstraint(
                name="a_request_is_not_merged_into_itself",
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("pk")),
            ),
            models.CheckConstraint(
                name="a_declined_request_has_a_reason",
                condition=~models.Q(status="declined") | ~models.Q(reason=""),
            ),
            models.CheckConstraint(
                name="a_placed_request_has_its_work",
                condition=~models.Q(status="placed") | models.Q(task__isnull=False, placed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_request_with_a_shift_has_its_work",
                condition=models.Q(shift=None) | models.Q(task__isnull=False),
            ),
            models.CheckConstraint(
                name="an_ended_request_says_when",
                condition=(
                    models.Q(status__in=("confirmed", "merged", "declined", "withdrawn"))
                    & models.Q(ended_at__isnull=False)
                )
                | (
                    ~models.Q(status__in=("confirmed", "merged", "declined", "withdrawn"))
                    & models.Q(ended_at=None)
                ),
            ),
            models.CheckConstraint(
                name="a_looked_at_request_was_answered",
                condition=models.Q(status__in=("new", "withdrawn")) | models.Q(answered_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["organization", "status", "asked_at"], name="request_by_organization"),
            models.Index(fields=["area", "asked_at"], name="request_by_area"),
            models.Index(fields=["asked_at"], name="request_by_day"),
            models.Index(fields=["asked_at"], name="request_going_on", condition=models.Q(ended_at=None)),
            models.Index(
                fields=["county", "type", "asked_at"],
                name="request_open_alike",
                condition=models.Q(status__in=("new", "verified", "placed")),
            ),
            # What is waited for has not ended: the same index finds it and what ended lately.
            models.Index(fields=["organization", "ended_at"], name="request_by_end"),
            models.Index(fields=["task"], name="request_by_task", condition=models.Q(task__isnull=False)),
            models.Index(
                fields=["answer_due_at"],
                name="requests_to_answer",
                condition=models.Q(status="new", escalated_at=None),
            ),
            models.Index(
                fields=["done_due_at"],
                name="requests_to_do",
                condition=models.Q(status__in=("new", "verified", "placed"), escalated_at=None),
            ),
            models.Index(
                fields=["served_at"],
                name="requests_to_confirm",
                condition=models.Q(status="served"),
            ),
        )

    def __str__(self) -> str:
        return self.code


OPEN = (
    HelpRequest.Status.NEW,
    HelpRequest.Status.VERIFIED,
    HelpRequest.Status.PLACED,
    HelpRequest.Status.SERVED,
)


class RequestEvent(models.Model):
    """One thing that happened to a request, in words for whoever asked. Rows are only added."""

    privacy: ClassVar = Privacy(
        purpose="Show whoever asked what happened to it, and who decided.",
        keep="Words until 30 days after the end, the rest 10 years.",
        personal={"by": "who did it", "words": "may name persons"},
    )

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    verb = models.CharField(max_length=20)
    words = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["request", "id"], name="event_by_request"),)

    def __str__(self) -> str:
        return f"{self.request_id} {self.verb}"


class RequestLook(models.Model):
    """One look at the contact and address of a request; whoever asked reads these rows, with or without an account."""

    privacy: ClassVar = Privacy(
        purpose="Let whoever asked for help see who looked at their contact.",
        keep="2 years.",
        personal={"by": "who looked"},
    )

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="looks")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["request", "by", "at"], name="look_by_request"),)

    def __str__(self) -> str:
        return f"{self.request_id} seen by {self.by_id}"


class Promise(models.Model):
    """How fast requests of a kind are answered and done in an area and all below it. A new row replaces the earlier
    one from its day on; rows are only added."""

    privacy: ClassVar = Privacy(
        purpose="Hold the authority to what it promised.",
        keep="Always.",
        personal={"decided_by": "the official who promised"},
    )

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    # No kind: every kind without a promise of its own.
    type = models.ForeignKey(TaskType, models.PROTECT, null=True, blank=True, related_name="+")
    answer_minutes = models.PositiveIntegerField()
    done_minutes = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["area", "type", "starts_at"],
                name="one_promise_a_kind_and_moment",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="a_promise_is_done_after_it_is_answered",
                condition=models.Q(answer_minutes__gte=1, done_minutes__gte=models.F("answer_minutes")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.area_id} {self.type_id} {self.answer_minutes}"

    @property
    def answer_within(self) -> timedelta:
        return timedelta(minutes=self.answer_minutes)

    @property
    def done_within(self) -> timedelta:
        return timedelta(minutes=self.done_minutes)
