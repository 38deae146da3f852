"""Tables on their way in or out: the file, how far it is, and what was wrong with which line."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from areas.models import Area
from core import clock
from core.models import Privacy, new_long_code
from organizations.models import Organization
from tasks.models import Shift, Task

# How long the bytes of a file are kept, and how long what came of it.
CONTENT_KEPT = timedelta(days=7)
SHEETS_KEPT = timedelta(days=90)
LEASE = timedelta(seconds=90)


class SheetQuerySet(models.QuerySet["Sheet"]):
    def light(self) -> "SheetQuerySet":
        """Without the file itself."""
        return self.defer("content")

    def claimable(self, *, at: datetime) -> "SheetQuerySet":
        """What a worker has to go on with, and none holds."""
        free = models.Q(leased_until=None) | models.Q(leased_until__lte=at)
        # Taken while the clock of a story went faster.
        free |= models.Q(leased_until__gt=at + clock.longest_lease(LEASE))
        return self.filter(free, status__in=Sheet.WORKING)


class Sheet(models.Model):
    """One table that somebody brings in or takes out."""

    class Direction(models.TextChoices):
        IN = "in", _("Import")
        OUT = "out", _("Export")

    class Kind(models.TextChoices):
        PEOPLE = "people", pgettext_lazy("kind of table", "People")
        SHIFTS = "shifts", _("Shifts")
        ORGANIZATIONS = "organizations", _("Organizations")
        ROSTER = "roster", _("Roster of a shift")
        HOURS = "hours", _("Hours")

    class Status(models.TextChoices):
        NEW = "new", _("Say which column is which")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, waits for your word")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Nothing was taken over")
        FAILED = "failed", _("Could not be read")
        DROPPED = "dropped", _("Given up")

    WORKING = (Status.CHECKING, Status.RUNNING)

    privacy: ClassVar = Privacy(
        purpose="Take a table in or out in steps that survive an interruption.",
        keep="The file 7 days, what came of it 90 days.",
        personal={
            "by": "who brought or took the table",
            "content": "the file itself, which names persons",
            "file_name": "as the file was called",
            "mapping": "the headers of the file",
            "options": "what the table was taken out for",
        },
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=13, choices=Kind.choices)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    # What an official looks after; empty for an organization's own tables.
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    task = models.ForeignKey(Task, models.CASCADE, null=True, blank=True, related_name="+")
    shift = models.ForeignKey(Shift, models.CASCADE, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    language = models.CharField(max_length=7, default="zh-hans")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NEW)
    file_name = models.CharField(max_length=200, blank=True)
    format = models.CharField(max_length=4)
    encoding = models.CharField(max_length=20, blank=True)
    sheet_name = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(null=True)
    content_size = models.PositiveIntegerField(default=0)
    header_line = models.PositiveIntegerField(default=0)
    # Field by field the column of the file, from 0.
    mapping = models.JSONField(default=dict)
    # Language of messages, purpose of a look, limits of this run.
    options = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    notes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    whole_only = models.BooleanField(default=False)
    # The last line that is through: where the next worker goes on.
    line = models.PositiveIntegerField(default=0)
    row_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(null=True)
    good_count = models.PositiveIntegerField(default=0)
    bad_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    # Why the whole file was refused: a code and what fills its sentence.
    failure = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="a_failed_sheet_says_why",
                condition=~models.Q(status="failed") | ~models.Q(failure={}),
            ),
            models.CheckConstraint(
                name="an_ended_sheet_says_when",
                condition=models.Q(status__in=("new", "checking", "checked", "running"), ended_at=None)
                | models.Q(status__in=("done", "refused", "failed", "dropped"), ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="sheets_of_shifts_name_the_task",
                condition=~models.Q(direction="in", kind="shifts") | models.Q(task__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["organization", "-id"], name="sheet_by_organization"),
            models.Index(
                fields=["id"], name="sheet_at_work", condition=models.Q(status__in=("checking", "running"))
            ),
            models.Index(fields=["created_at"], name="sheet_by_age"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def is_working(self) -> bool:
        return self.status in self.WORKING

    @property
    def percent(self) -> int | None:
        """How far it is, where the number of lines is known."""
        return min(99, 100 * self.row_count // self.total_count) if self.total_count else None


class SheetProblem(models.Model):
    """What is wrong with one cell or one line; the words are found when it is read, in the reader's language."""

    privacy: ClassVar = Privacy(
        purpose="Say which lines of a table could not be taken over, and why.",
        keep="90 days.",
        personal={"params": "may quote the cell"},
    )

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    field = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=40)
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        indexes = (models.Index(fields=["sheet", "line", "id"], name="problem_by_line"),)

    def __str__(self) -> str:
        return f"{self.line} {self.field} {self.reason}"
