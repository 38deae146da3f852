"""Work that is asked for, and who has taken it on."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core.models import Privacy, new_code
from core.words import WordGrams, holding
from organizations.models import Organization
from tasks.models.crisis import Crisis
from tasks.models.reference import TaskType
from volunteers.models import Capability


class TaskQuerySet(models.QuerySet["Task"]):
    def public(self) -> "TaskQuerySet":
        """What everybody may read."""
        return self.filter(status__in=(Task.Status.CALLED, Task.Status.ADOPTED))

    def waiting(self) -> "TaskQuerySet":
        """Called, and taken on by nobody."""
        return self.filter(status=Task.Status.CALLED)

    def holding(self, word: str) -> "TaskQuerySet":
        """Those whose titles or place hold a word."""
        return self.filter(holding(word, "title", "second_title", "place"))


class Task(models.Model):
    """A call: work that an authority or an organization asks for."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CALLED = "called", _("Waiting for an organization")
        ADOPTED = "adopted", _("Taken on")
        CLOSED = "closed", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    class Filling(models.TextChoices):
        """How empty seats find people, beside those who sign up by themselves."""

        PROPOSE = "propose", _("Suggest people to me, I send the offers")
        OFFER = "offer", _("Send offers by itself")
        ASSIGN = "assign", _("Assign those who asked for it, send offers to the others")

    privacy: ClassVar = Privacy(
        purpose="Say what is needed, where and under which conditions.",
        keep="10 years; the private details until 30 days after the last shift.",
        personal={
            "address": "may be a home: shown only with a seat",
            "private_details": "may name a resident: shown only with a seat",
            "contact_name": "whom to ask",
            "contact_phone": "whom to ask: shown only with a seat",
            "created_by": "who asked",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    crisis = models.ForeignKey(Crisis, models.PROTECT, null=True, blank=True, related_name="+")
    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    type = models.ForeignKey(TaskType, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    county = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    priority = models.PositiveSmallIntegerField(default=1)
    filling = models.CharField(max_length=7, choices=Filling.choices, default=Filling.PROPOSE)
    language = models.CharField(max_length=7, default="zh-hans")
    title = models.CharField(max_length=120)
    content = models.TextField()
    conditions = models.TextField(blank=True)
    how_to_apply = models.TextField(blank=True)
    risks = models.TextField(blank=True)
    guarantees = models.TextField(blank=True)
    second_title = models.CharField(max_length=160, blank=True)
    second_content = models.TextField(blank=True)
    people_needed = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    place = models.CharField(max_length=200)
    is_remote = models.BooleanField(default=False)
    address = models.CharField(max_length=300, blank=True)
    private_details = models.TextField(blank=True)
    contact_name = models.CharField(max_length=80, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    requirements = models.ManyToManyField(Capability, blank=True, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField(null=True, blank=True)
    adopted_at = models.DateTimeField(null=True, blank=True)
    # When the seats taken first reached the people needed: what "median time from call to filled" measures.
    filled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_task_ends_after_it_starts",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(name="a_task_needs_people", condition=models.Q(people_needed__gte=1)),
            models.CheckConstraint(name="priority_known", condition=models.Q(priority__range=(0, 3))),
            models.CheckConstraint(
                name="a_public_task_says_since_when",
                condition=models.Q(status="draft", called_at=None)
                | models.Q(status="cancelled")
                | (~models.Q(status="draft") & models.Q(called_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="an_ended_task_says_when",
                condition=(models.Q(status__in=("closed", "cancelled")) & models.Q(ended_at__isnull=False))
                | (~models.Q(status__in=("closed", "cancelled")) & models.Q(ended_at=None)),
            ),
        )
        indexes = (
            models.Index(fields=["county", "status", "starts_on"], name="task_by_county"),
            models.Index(fields=["issuer", "-id"], name="task_by_issuer"),
            # What goes on has not ended: the same index finds it and what ended lately.
            models.Index(fields=["ended_at"], name="task_by_end"),
            models.Index(fields=["called_at"], name="task_by_call"),
            GinIndex(WordGrams("title", "second_title", "place"), name="task_by_words"),
        )

    def __str__(self) -> str:
        return self.title

    def _reads_second(self) -> bool:
        return bool(self.second_title) and (get_language() or "")[:2] != self.language[:2]

    @property
    def display_title(self) -> str:
        """The title in the reader's language, where the task has it."""
        return self.second_title if self._reads_second() else self.title

    @property
    def titles(self) -> dict[str, str]:
        """The title by language, "zh" and "en"; where the task has only one, that one under both."""
        own, other = ("zh", "en") if self.language.startswith("zh") else ("en", "zh")
        return {own: self.title, other: self.second_title or self.title}

    @property
    def display_content(self) -> str:
        return self.second_content if self._reads_second() and self.second_content else self.content


class AdoptionQuerySet(models.QuerySet["Adoption"]):
    def live(self) -> "AdoptionQuerySet":
        return self.filter(ended_at=None)


class Adoption(models.Model):
    """An organization's share in a task."""

    class Role(models.TextChoices):
        LEAD = "lead", _("Lead")
        PARTNER = "partner", _("Partner")

    privacy: ClassVar = Privacy(
        purpose="Know who answers for a task.",
        keep="10 years.",
        personal={"adopted_by": "who took it on"},
    )

    task = models.ForeignKey(Task, models.CASCADE, related_name="adoptions")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    role = models.CharField(max_length=7, choices=Role.choices)
    # How many of the people needed they mean to bring; nothing: they did not say.
    people = models.PositiveIntegerField(null=True, blank=True)
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # A claim that is not acted on ends by itself: until when a first shift must be posted; none once there is one.
    act_by = models.DateTimeField(null=True, blank=True)
    # When more time was asked for: once.
    extended_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    lapsed = models.BooleanField(default=False, db_default=False)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["task"],
                name="one_live_lead_a_task",
                condition=models.Q(role="lead", ended_at=None),
            ),
            models.UniqueConstraint(
                fields=["task", "organization"],
                name="one_live_share_an_organization",
                condition=models.Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="a_share_brings_people", condition=models.Q(people=None) | models.Q(people__gte=1)
            ),
        )
        indexes = (
            models.Index(fields=["organization", "-id"], name="adoption_by_organization"),
            models.Index(
                fields=["act_by"],
                name="adoptions_to_act_on",
                condition=models.Q(ended_at=None, act_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} {self.role} {self.task_id}"
