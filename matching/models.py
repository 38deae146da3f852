"""A run of the matching over an area, the people that it proposes for seats, and what each seat is worth."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import clock
from core.models import Privacy, new_long_code
from tasks.models import ShiftRole, TaskType
from volunteers.models import Volunteer

# How long somebody may be silent about a run: well over the engine's own limit for a problem.
LEASE = timedelta(seconds=600)


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def pending(self) -> "MatchRunQuerySet":
        """Those that still have to plan."""
        return self.filter(status__in=(MatchRun.Status.QUEUED, MatchRun.Status.RUNNING))

    def offering(self) -> "MatchRunQuerySet":
        """Those whose plan stands and whose offers are not all made."""
        return self.filter(status=MatchRun.Status.DONE, offered_at=None)

    def forsaken(self, *, at: datetime) -> "MatchRunQuerySet":
        """Those with work left that nobody holds."""
        left = models.Q(status__in=("queued", "running")) | models.Q(status="done", offered_at=None)
        free = models.Q(leased_until=None) | models.Q(leased_until__lte=at)
        taken_in_a_faster_story = models.Q(leased_until__gt=at + clock.longest_lease(LEASE))
        return self.filter(left).filter(free | taken_in_a_faster_story)


class MatchRun(models.Model):
    """One plan for the open seats of an area: what it was made from, with which weights, and how good it is."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        SUPERSEDED = "superseded", _("Overtaken by a change")
        CANCELLED = "cancelled", _("Called off")

    privacy: ClassVar = Privacy(
        purpose="Show how each plan came about, and repeat it.",
        keep="One year.",
        personal={"cancelled_by": "who called it off"},
    )

    code = models.CharField(max_length=12, unique=True, default=new_long_code, editable=False)
    scope = models.ForeignKey(Area, models.PROTECT, related_name="+")
    # The run before it, the terms of the open roles, and their free seats: `matching.queries.demand` makes it.
    demand_version = models.CharField(max_length=80)
    # The full hour from which it plans.
    plans_from = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # When the last of its offers was made.
    offered_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    seed = models.PositiveIntegerField(default=1)
    weights = models.JSONField(default=dict)
    engine_version = models.CharField(max_length=20, blank=True)
    volunteer_count = models.PositiveIntegerField(default=0)
    role_count = models.PositiveIntegerField(default=0)
    # Roles that no place or no hour of the plan could hold; a later run takes those that are only too far ahead.
    left_out_count = models.PositiveIntegerField(default=0)
    seat_count = models.PositiveIntegerField(default=0)
    proposal_count = models.PositiveIntegerField(default=0)
    offer_count = models.PositiveIntegerField(default=0)
    objective = models.BigIntegerField(null=True, blank=True)
    upper_bound = models.FloatField(null=True, blank=True)
    gap_percent = models.FloatField(null=True, blank=True)
    # Free seats that the plan leaves empty, by the engine's verdict on their role.
    unfilled = models.JSONField(default=dict, db_default={})
    # Pairs of the plan before it, still open, that this one does not have; None where there was none to compare with.
    moved_count = models.PositiveIntegerField(null=True, blank=True)
    # Who was asked, of those who could have come, by group: raw counts, shown only as `insights.queries.equity` protects them.
    equity = models.JSONField(default=dict, db_default={})
    # Seconds by step: snapshot, solve, count, store, offer.
    seconds = models.JSONField(default=dict)
    # What it does at the moment: `step`, and `done` of `all` where that is known.
    progress = models.JSONField(default=dict, db_default={})
    # SHA-256 of the plan's arrays: a replay must come to the same.
    plan_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    failure_reason = models.CharField(max_length=300, blank=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["scope", "demand_version"], name="one_run_a_demand"),
            models.CheckConstraint(
                name="a_failed_run_says_why",
                condition=(models.Q(status="failed") & ~models.Q(failure_reason=""))
                | (~models.Q(status="failed") & models.Q(failure_reason="")),
            ),
            models.CheckConstraint(
                name="an_ended_run_says_when",
                condition=models.Q(status__in=("queued", "running"), finished_at=None)
                | (~models.Q(status__in=("queued", "running")) & models.Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_running_run_has_a_lease",
                condition=~models.Q(status="running") | models.Q(leased_until__isnull=False),
            ),
            models.CheckConstraint(
                name="only_a_done_run_makes_offers",
                condition=models.Q(status="done") | models.Q(offered_at=None, offer_count=0),
            ),
        )
        indexes = (
            models.Index(fields=["scope", "-id"], name="run_by_scope"),
            models.Index(
                fields=["leased_until"],
                name="runs_with_work_left",
                condition=models.Q(status__in=("queued", "running"))
                | models.Q(status="done", offered_at=None),
            ),
        )

    def __str__(self) -> str:
        return self.code


class Proposal(models.Model):
    """A volunteer whom the last plan of an area puts into a role; the next plan replaces it."""

    privacy: ClassVar = Privacy(
        purpose="Suggest people for seats, and tell everybody why.",
        keep="Until the next plan of the area, an hour later at most while there are open seats.",
        personal={
            "volunteer": "who is suggested",
            "factors": "what spoke for them: distance, what the work costs them, who else could come",
        },
    )

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="proposals")
    role = models.ForeignKey(ShiftRole, models.CASCADE, related_name="+")
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="+")
    # From 1: in which order the people of a role are asked.
    rank = models.PositiveSmallIntegerField()
    factors = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "role", "volunteer"], name="one_proposal_a_seat"),
            models.UniqueConstraint(fields=["run", "role", "rank"], name="one_proposal_a_rank"),
            models.CheckConstraint(name="a_rank_counts_from_one", condition=models.Q(rank__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.role_id} {self.rank} {self.volunteer_id}"


class RolePrice(models.Model):
    """What one more seat of a role is worth in the last plan: what anybody is asked to be worth elsewhere.

    And why the plan leaves seats of it empty: the engine's verdict, and how many people what keeps from coming.
    """

    class Verdict(models.TextChoices):
        FULL = "full", _("Filled")
        FEW_QUALIFY = "few-qualify", _("Too few qualify")
        ELSEWHERE = "worth-more-elsewhere", _("Needed more elsewhere")
        NO_WORTH = "worth-less-than-they-cost", _("Not worth the way")

    privacy: ClassVar = Privacy(
        purpose="Explain why somebody is not asked.", keep="Until the next plan of the area."
    )

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="prices")
    role = models.ForeignKey(ShiftRole, models.CASCADE, related_name="+")
    price = models.FloatField()
    verdict = models.CharField(max_length=30, choices=Verdict.choices, blank=True, default="", db_default="")
    # Seats for which the plan has nobody.
    empty_count = models.PositiveIntegerField(default=0, db_default=0)
    # Rounded by `matching.policies.counting`: who qualifies, and who fails at one thing alone.
    people = models.JSONField(default=dict, db_default={})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "role"], name="one_price_a_role"),
            models.CheckConstraint(name="a_price_is_not_negative", condition=models.Q(price__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.role_id} {self.price}"


class MatchInput(models.Model):
    """What the engine was given for a run, array by array, so that the run can be repeated bit by bit."""

    privacy: ClassVar = Privacy(
        purpose="Repeat a plan that somebody doubts.",
        keep="14 days at most, after one day one of each hour; gone as soon as somebody of the area is erased.",
        personal={
            "content": "place, hours, reach and abilities of whoever could be asked, as numbers without names"
        },
    )

    run = models.OneToOneField(MatchRun, models.CASCADE, related_name="input")
    # Written by `matching.policies.given`; empty where it would be larger than is kept.
    content = models.BinaryField()
    kept_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["kept_at"], name="input_by_age"),)

    def __str__(self) -> str:
        return str(self.run_id)


class Repair(models.Model):
    """One change of a standing plan after an event: what happened, what moved with it, and how long it took."""

    class Kind(models.TextChoices):
        DROPPED = "dropped", _("Somebody gave a seat back")
        DECLINED = "declined", _("Somebody said no")
        NO_SHOW = "no-show", _("Somebody did not come")
        URGENT = "urgent", _("An urgent shift")
        MOVED = "moved", _("Another time")
        SEATS = "seats", _("More or fewer seats")

    privacy: ClassVar = Privacy(purpose="Show how plans change and how fast.", keep="One year.")

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="repairs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    role = models.ForeignKey(ShiftRole, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    # Pairs that came, and pairs of others that went, beside the seat of the event itself.
    filled_count = models.PositiveSmallIntegerField(default=0)
    moved_count = models.PositiveSmallIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["run", "-id"], name="repair_by_run"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.kind}"


class ReplyRate(models.Model):
    """How many offers were answered with a yes: of a kind of work in a county at a time of the week; of a whole county
    (no `type`, no `band`); and of everywhere (no `county` either)."""

    class Band(models.TextChoices):
        DAY = "day", _("Weekdays by day")
        EVENING = "evening", _("Weekday evenings")
        WEEKEND = "weekend", _("Weekends")
        NIGHT = "night", _("At night")
        ANY = "any", _("At any time")

    privacy: ClassVar = Privacy(purpose="Ask as few people as a seat needs.", keep="Counted anew each night.")

    county = models.ForeignKey(Area, models.CASCADE, null=True, blank=True, related_name="+")
    type = models.ForeignKey(TaskType, models.CASCADE, null=True, blank=True, related_name="+")
    band = models.CharField(max_length=10, choices=Band.choices, blank=True)
    # Offers that were answered or ran out; what we took back asked nobody in the end.
    asked = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    # The midnight up to which it is counted.
    counted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["county", "type", "band"], name="one_reply_rate_a_kind", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="a_whole_has_neither_kind_nor_time",
                condition=models.Q(type=None, band="")
                | (models.Q(type__isnull=False, county__isnull=False) & ~models.Q(band="")),
            ),
            models.CheckConstraint(
                name="no_more_yes_than_asked", condition=models.Q(accepted__lte=models.F("asked"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.county_id} {self.type_id} {self.band}"
