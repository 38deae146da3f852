"""What lies on officials' desks: calls that nobody takes on, groups' calls that wait for a word, late requests, help
between counties, calls that are over."""

from datetime import datetime, timedelta
from functools import partial

from django.utils.timezone import localdate

from operations.drill.drama import Drama
from operations.drill.groups.calls import TAKES_REQUESTS
from operations.drill.groups.ground import about, asked_key, is_open, key_of, place_of
from operations.drill.officials.calls import ask_suggested
from organizations.models import Organization
from organizations.queries import authorities_over
from residents.actions.triage import pass_on
from residents.models import HelpRequest, RequestEvent
from residents.policies import Verb
from tasks.actions.calls import cancel_task, close_task, publish_call
from tasks.actions.escalations import see_escalation
from tasks.actions.marks import decide_appeal
from tasks.actions.reviews import approve_review, return_review
from tasks.actions.transfers import agree_transfer, decline_transfer, propose_transfer
from tasks.models import CallRequest, Escalation, Mark, Review, Task, Transfer
from tasks.permissions.marks import others_to_decide
from tasks.queries.transfers import who_could_help

# How often an office looks at what is new, by the story's clock.
LOOK = timedelta(minutes=60)
# Hours until an official says that their authority looks after a call, answers a group, or another county: lognormal.
SEEN_MEDIAN_H, SEEN_SIGMA = 1.2, 0.8
ANSWER_MEDIAN_H, ANSWER_SIGMA = 2.5, 0.8
AGREE_MEDIAN_H, AGREE_SIGMA = 4.0, 0.7
# Of groups' calls, those that are approved; of those given back, those that are changed and asked for again.
APPROVED, ASKED_AGAIN = 0.9, 0.7
AGREED = 0.8
# A late request is given to another group after so many hours (lognormal), by so many officials.
TAKEN_OVER, TAKE_OVER_MEDIAN_H = 0.75, 2.0
# On a day so often a county asks another one for help, for so much of what a call needs.
HELP_A_DAY, HELP_SHARE = 0.35, 0.3
# Of objections to a mark, those that are decided for the mark.
UPHELD = 0.45
DAILY_HOUR, HELP_HOUR = 17.0, 11.0
RETURN_REASON = "地点写得不清楚，请补充具体集合点后再提交"
OVER_REASON = "时间已过，没有组织接手"
WHY_ELSEWHERE = "原组织几天没有回音，请你们先看"
HELP_WORDS = "人手不够，想请贵区支援几天"
NO_HELP_REASON = "本地这几天也缺人"
MARK_WORDS = "已核对签到记录"


class Desk:
    """Looks at what came since the last look, and decides it some time later."""

    def __init__(self, drama: Drama) -> None:
        self.drama = drama
        self.escalations = self.reviews = self.events = self.transfers = 0

    def begin(self) -> None:
        # What happened to requests before the story is nobody's work any more.
        newest = RequestEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
        self.events = newest or 0
        story = self.drama.story
        story.every(LOOK, self._look, first=story.begins_at + LOOK)
        story.every(timedelta(days=1), self._close_what_is_over, first=self.drama.moment(0, DAILY_HOUR))
        story.every(timedelta(days=1), self._ask_neighbours, first=self.drama.moment(1, HELP_HOUR))
        story.every(timedelta(days=1), self._decide_appeals, first=self.drama.moment(1, HELP_HOUR + 0.5))

    def _later(self, at: datetime, median: float, sigma: float, *key: str | int) -> datetime:
        hours = self.drama.chance.lognormal(median, sigma, *key)
        return about(self.drama, at + timedelta(hours=hours), *key)

    def _look(self, at: datetime) -> None:
        """Four bounded statements: what has a number above the last one seen."""
        if not is_open(at):
            return
        drama = self.drama
        up = Escalation.objects.filter(pk__gt=self.escalations, seen_at=None, task__status=Task.Status.CALLED)
        up = up.select_related("task__area", "authority__home_area").order_by("pk")
        for escalation in drama.hands.look(lambda: list(up)):
            self.escalations = escalation.pk
            drama.say(
                "call_escalated",
                at,
                task=escalation.task.titles,
                place=place_of(escalation.authority.home_area),
            )
            key: tuple[str | int, ...] = ("see", key_of(escalation.task), escalation.authority_id)
            drama.story.plan(
                self._later(at, SEEN_MEDIAN_H, SEEN_SIGMA, *key), partial(self._see, escalation.pk)
            )
        open_reviews = Review.objects.open().filter(pk__gt=self.reviews).select_related("task").order_by("pk")
        for review in drama.hands.look(lambda: list(open_reviews)):
            self.reviews = review.pk
            key = ("review", key_of(review.task))
            moment = self._later(at, ANSWER_MEDIAN_H, ANSWER_SIGMA, *key)
            drama.story.plan(moment, partial(self._answer, review.pk))
        late = RequestEvent.objects.filter(pk__gt=self.events, verb=Verb.LATE).select_related("request")
        for event in drama.hands.look(lambda: list(late.order_by("pk"))):
            self.events = event.pk
            key = ("late", *asked_key(event.request))
            if drama.chance.happens(TAKEN_OVER, *key):
                moment = self._later(at, TAKE_OVER_MEDIAN_H, SEEN_SIGMA, *key)
                drama.story.plan(moment, partial(self._take_over, event.request_id))
        asked = Transfer.objects.filter(pk__gt=self.transfers, status=Transfer.Status.PROPOSED)
        for transfer in drama.hands.look(lambda: list(asked.select_related("task").order_by("pk"))):
            self.transfers = transfer.pk
            moment = self._later(at, AGREE_MEDIAN_H, AGREE_SIGMA, "agree", key_of(transfer.task))
            drama.story.plan(moment, partial(self._agree, transfer.pk))

    def _see(self, pk: int, at: datetime) -> None:
        """Say that the authority looks after the call; its issuer asks others by name."""
        drama = self.drama
        found = Escalation.objects.select_related("task__area__parent__parent", "task__type", "authority")
        escalation = drama.hands.look(lambda: found.get(pk=pk))
        office = next(
            (one for one in drama.cast.offices if one.organization.pk == escalation.authority_id), None
        )
        if office is None or escalation.seen_at is not None or escalation.task.status != Task.Status.CALLED:
            return
        drama.hands.do("look after a call", see_escalation, escalation=escalation, by=office.official)
        asked = CallRequest.objects.filter(task=escalation.task).values_list("organization", flat=True)
        ask_suggested(drama, escalation.task, at, tuple(drama.hands.look(lambda: list(asked))))

    def _answer(self, pk: int, at: datetime) -> None:
        """Approve a group's call, or give it back; it goes to the authority before which it lies by then."""
        drama = self.drama
        found = Review.objects.open().select_related("task__area", "authority__home_area", "asked_by")
        review = drama.hands.look(lambda: found.filter(pk=pk).first())
        if review is None:
            return
        official = drama.cast.office_over(review.authority.home_area).official
        key = key_of(review.task)
        if drama.chance.happens(APPROVED, "approve", key, review.asked_at.isoformat()):
            drama.hands.do("approve", approve_review, review=review, by=official, seen=review.edited_at)
            return
        given_back = drama.hands.do(
            "give back", return_review, review=review, by=official, reason=RETURN_REASON
        )
        if given_back is not None and drama.chance.happens(ASKED_AGAIN, "asked-again", key):
            moment = self._later(at, ANSWER_MEDIAN_H, ANSWER_SIGMA, "asks-again", key)
            drama.story.plan(moment, partial(self._ask_again, review.pk))

    def _ask_again(self, pk: int, at: datetime) -> None:
        rows = Review.objects.select_related("task__area", "task__issuer", "asked_by")
        review = self.drama.hands.look(lambda: rows.get(pk=pk))
        # Later than its first day it would have to be another call.
        if review.task.starts_on >= localdate(at):
            self.drama.hands.do("ask again", publish_call, task=review.task, by=review.asked_by)

    def _take_over(self, pk: int, at: datetime) -> None:
        """Give a request that nobody looked at to another group of the place, or to the authority itself."""
        drama = self.drama
        rows = HelpRequest.objects.select_related("area__parent__parent", "organization")
        request = drama.hands.look(lambda: rows.get(pk=pk))
        if request.status != HelpRequest.Status.NEW:
            return
        office = drama.cast.office_over(request.area)
        others = (
            Organization.objects.approved().serving(request.area).exclude(pk=request.organization_id or 0)
        )
        groups = others.filter(kind__in=TAKES_REQUESTS).order_by("pk")
        found = drama.hands.look(lambda: list(groups[:8]))
        if found:
            heir = drama.chance.pick(found, "heir", *asked_key(request))
        else:
            heir = drama.hands.look(lambda: authorities_over(request.area).first() or office.organization)
        drama.hands.do(
            "take a request over",
            pass_on,
            request=request,
            organization=heir,
            by=office.official,
            words=WHY_ELSEWHERE,
        )

    def _agree(self, pk: int, at: datetime) -> None:
        """The other county's word."""
        drama = self.drama
        rows = Transfer.objects.select_related("task__area", "giver__parent__parent", "taker__parent__parent")
        transfer = drama.hands.look(lambda: rows.filter(pk=pk, status=Transfer.Status.PROPOSED).first())
        if transfer is None:
            return
        side = transfer.taker if transfer.giver_agreed_at else transfer.giver
        official = drama.cast.office_over(side).official
        if drama.chance.happens(AGREED, "agrees", key_of(transfer.task)):
            if drama.hands.do("agree to help", agree_transfer, transfer=transfer, by=official) is not None:
                drama.say("help_agreed", at, giver=place_of(transfer.giver), taker=place_of(transfer.taker))
            return
        drama.hands.do(
            "decline to help", decline_transfer, transfer=transfer, by=official, reason=NO_HELP_REASON
        )

    def _ask_neighbours(self, at: datetime) -> None:
        """One county whose call nobody leads, or that lacks people, asks another one now and then."""
        drama, day = self.drama, int(self.drama.day(at))
        if not drama.chance.happens(HELP_A_DAY, "help", day):
            return
        offices = [one.organization.pk for one in drama.cast.offices]
        lacking = (
            Task.objects.public()
            .filter(ended_at=None, filled_at=None, issuer__in=offices, ends_on__gt=localdate(at))
            .filter(called_at__lte=at - timedelta(hours=20), is_remote=False)
            .select_related("area__parent__parent", "area__county__parent")
            .order_by("-priority", "pk")[:10]
        )
        tasks = drama.hands.look(lambda: list(lacking))
        if not tasks:
            return
        task = drama.chance.pick(tasks, "help-for", day)
        helpers = drama.hands.look(lambda: who_could_help(task.area, at, 2))
        if not helpers:
            return
        drama.hands.do(
            "ask a neighbour",
            propose_transfer,
            task=task,
            giver=helpers[0].giver,
            people=max(1, round(task.people_needed * HELP_SHARE)),
            by=drama.cast.office_over(task.area).official,
            words=HELP_WORDS,
        )

    def _close_what_is_over(self, at: datetime) -> None:
        """Calls of authorities whose last day is over: done where somebody led them, called off where nobody did."""
        drama = self.drama
        officials = {one.organization.pk: one.official for one in drama.cast.offices}
        over = (
            Task.objects.public()
            .filter(ended_at=None, issuer__in=list(officials), ends_on__lt=localdate(at))
            .select_related("area", "issuer")
            .order_by("pk")
        )
        for task in drama.hands.look(lambda: list(over)):
            by = officials[task.issuer_id]
            if task.status == Task.Status.ADOPTED:
                drama.hands.do("close a call", close_task, task=task, by=by)
            else:
                drama.hands.do("call off", cancel_task, task=task, by=by, reason=OVER_REASON)

    def _decide_appeals(self, at: datetime) -> None:
        """Objections to marks: decided by somebody else of the group, else by an official of the place."""
        drama = self.drama
        rows = Mark.objects.filter(status=Mark.Status.APPEALED).select_related(
            "organization", "volunteer", "assignment__shift__area"
        )
        for found in drama.hands.look(lambda: list(rows.order_by("pk"))):
            others = drama.hands.look(partial(others_to_decide, found))
            by = others[0] if others else drama.cast.office_over(found.assignment.shift.area).official
            drama.hands.do(
                "decide an objection",
                decide_appeal,
                mark=found,
                uphold=drama.chance.happens(UPHELD, "uphold", found.volunteer_id, found.organization_id),
                by=by,
                reason=MARK_WORDS,
            )
