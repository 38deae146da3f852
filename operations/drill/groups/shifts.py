"""Shifts of the calls that a group leads or shares: posted for the days ahead, looked at the day before, confirmed after."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import User
from operations.drill.drama import Drama
from operations.drill.groups.calls import roles_of
from operations.drill.groups.ground import Templates, about, key_of, place_of, points
from operations.drill.groups.silence import Silences
from operations.synthetic.calls import EARLIEST_HOUR, LATEST_HOUR
from operations.synthetic.profile import SERVICES_A_SHIFT
from tasks.actions.adoptions import ask_more_time
from tasks.actions.attendance import check, confirm_hours
from tasks.actions.calls import close_task, leave_task
from tasks.actions.filling import choose_filling
from tasks.actions.marks import mark
from tasks.actions.shifts import cancel_shift, edit_shift, post_shift
from tasks.models import Adoption, Assignment, CheckIn, Mark, Shift, Task
from tasks.queries.marks import proposals
from tasks.queries.roster import unconfirmed

# Hours from taking a call on to its first shift, and from the post of a later one to its start: lognormal.
FIRST_MEDIAN_H, FIRST_SIGMA = 1.5, 0.7
AHEAD_MEDIAN_H, AHEAD_SIGMA = 44.0, 0.35
# Nobody posts a shift that begins sooner.
SOONEST = timedelta(hours=3)
# A shift has more seats than people are needed: some stay away (operations/synthetic/profile.py MISSED).
MORE_SEATS = 1.12
# Of those who take a call on: give it back, or ask for more time first. Hours until then: lognormal.
GIVES_BACK, ASKS_TIME = 0.03, 0.06
GIVES_BACK_MEDIAN_H, ASKS_TIME_H, SLOW_H = 9.0, 4.0, 14.0
# So long before its start a shift is looked at; what happens to it then.
LOOKED_AT_H = 16.0
CANCELLED_EMPTY, RAISED_FULL, LOWERED_SHORT, MOVED = 0.5, 0.35, 0.1, 0.03
SHORT, RAISED_BY, MOVED_BY = 0.5, 2, timedelta(hours=1)
# Whoever did not check out is checked out at the desk so long after the end.
DESK_CLOSES = timedelta(minutes=20)
# Hours after its end in which hours are confirmed: lognormal, 30 at most (operations/synthetic/work_rows.py: 14).
CONFIRMED_MEDIAN_H, CONFIRMED_SIGMA, CONFIRMED_MOST_H = 9.0, 0.8, 30.0
# Of those who stayed away, or came late, so many are noted.
NOTES_ABSENT, NOTES_LATE = 0.7, 0.25
# A call is closed so many hours after its last shift, and once more a day later where something stands in the way.
CLOSED_AFTER_H = 32.0
LEAVES_REASON = "人手都在别的任务上，接不下来了"
TIME_REASON = "正在排人，明天发班次"
CANCEL_REASON = "报名人数不够，这一班取消"
LOWER_REASON = "按报名人数缩减"
MOVE_REASON = "物资晚到，顺延一小时"


@dataclass(frozen=True)
class Wanted:
    """One shift that is to be posted: of whose share, which of how many, and when it is meant to begin."""

    adoption: int
    key: str
    number: int
    starts_at: datetime
    minutes: int
    seats: int


class Shifts:
    """Carries shifts from post to confirmed hours. `leaders`: who acts for an organization, by its id."""

    def __init__(
        self, drama: Drama, silences: Silences, leaders: dict[int, User], templates: Templates
    ) -> None:
        self.drama, self.silences, self.leaders, self.templates = drama, silences, leaders, templates
        self.points = points()

    def plan(self, adoption: Adoption, at: datetime) -> None:
        """What somebody does who took a call on: choose how seats are filled, and plan its shifts."""
        drama, task, own = self.drama, adoption.task, adoption.organization_id
        key = f"{key_of(task)}|{own}"
        fate = drama.chance.uniform("fate", key)
        if adoption.role == Adoption.Role.LEAD:
            drama.hands.do(
                "choose how to fill",
                choose_filling,
                task=task,
                filling=drama.policy.filling,
                by=self.leaders[own],
            )
            if fate < GIVES_BACK:
                self._soon(at, GIVES_BACK_MEDIAN_H, own, partial(self._leave, adoption.pk), "leave", key)
                return
        first = drama.chance.lognormal(FIRST_MEDIAN_H, FIRST_SIGMA, "first-shift", key)
        if adoption.act_by is not None and GIVES_BACK <= fate < GIVES_BACK + ASKS_TIME:
            self._soon(at, ASKS_TIME_H, own, partial(self._ask_time, adoption.pk), "time", key)
            first += SLOW_H
        soonest = self.silences.next_moment(own, at + timedelta(hours=first), "post", key)
        last = at
        for wanted in self._wanted(adoption, key, soonest):
            hours = drama.chance.lognormal(AHEAD_MEDIAN_H, AHEAD_SIGMA, "ahead", key, wanted.number)
            moment = soonest
            if wanted.number:
                ahead = max(soonest, wanted.starts_at - timedelta(hours=hours))
                moment = self.silences.next_moment(own, ahead, "post", key, wanted.number)
            drama.story.plan(moment, partial(self.post, wanted))
            last = max(last, wanted.starts_at)
        if adoption.role == Adoption.Role.LEAD:
            self._close_later(adoption.task_id, own, last + timedelta(hours=CLOSED_AFTER_H), tries=2)

    def _wanted(self, adoption: Adoption, key: str, soonest: datetime) -> list[Wanted]:
        """Its shifts, spread over the days of the call; those that are there already count."""
        task, chance = adoption.task, self.drama.chance
        people = adoption.people or task.people_needed
        there = self.drama.hands.look(
            Shift.objects.filter(task=task, organization=adoption.organization_id, status="open").count
        )
        count = max(1, round(people / SERVICES_A_SHIFT))
        first = max(task.starts_on, localdate(soonest))
        days = max(1, (task.ends_on - first).days + 1)
        seats = max(2, round(people / count * MORE_SEATS))
        template = self.templates.of(task)
        found = []
        for number in range(there, count):
            day = first + timedelta(days=number * days // count)
            moved = int(chance.uniform("start", key, number) * 4) - 1
            starts = at_hour(day, template.starts_hour, template.duration_minutes, moved)
            if starts < soonest + SOONEST:
                starts = at_hour(
                    day + timedelta(days=1), template.starts_hour, template.duration_minutes, moved
                )
            if localdate(starts) <= task.ends_on:
                found.append(
                    Wanted(adoption.pk, key, number, starts, min(template.duration_minutes, 300), seats)
                )
        return found

    def post(self, wanted: Wanted, at: datetime) -> None:
        """Post one shift, if the share is still held and there is time."""
        drama = self.drama
        rows = Adoption.objects.live().select_related(
            "organization__home_area", "task__type", "task__area__county", "task__area__parent__parent"
        )
        adoption = drama.hands.look(lambda: rows.filter(pk=wanted.adoption).first())
        if adoption is None or wanted.starts_at < at + SOONEST / 2:
            return
        template = self.templates.of(adoption.task)
        shift = drama.hands.do(
            "post a shift",
            post_shift,
            task=adoption.task,
            organization=adoption.organization,
            by=self.leaders[adoption.organization_id],
            starts_at=wanted.starts_at,
            ends_at=wanted.starts_at + timedelta(minutes=wanted.minutes),
            roles=roles_of(template, wanted.seats),
            **self.point_of(adoption.task),
        )
        if shift is not None:
            self.follow(shift, at)

    def point_of(self, task: Task) -> dict[str, float]:
        """Where its shifts are: at the point of its area; nowhere where it has none."""
        found = self.points.get(task.area_id)
        return {} if found is None else {"longitude": found[0], "latitude": found[1]}

    def follow(self, shift: Shift, at: datetime) -> None:
        """Plan who looks at a shift: the day before, at its start, at its end, and for its hours."""
        if shift.starts_at is None or shift.ends_at is None:
            return
        story, key = (
            self.drama.story,
            f"{shift.organization_id}|{shift.task_id}|{shift.starts_at.isoformat()}",
        )
        before = about(self.drama, shift.starts_at - timedelta(hours=LOOKED_AT_H), "look", key)
        if before > at:
            story.plan(before, partial(self._look_before, shift.pk, key))
        story.plan(shift.starts_at, partial(self._begin, shift.pk))
        story.plan(shift.ends_at + DESK_CLOSES, partial(self._close_desk, shift.pk))
        hours = self.drama.chance.lognormal(CONFIRMED_MEDIAN_H, CONFIRMED_SIGMA, "confirm", key)
        # Nobody notes that somebody stayed away within half an hour.
        after = timedelta(hours=min(CONFIRMED_MOST_H, max(1.0, hours)))
        moment = self.silences.next_moment(shift.organization_id, shift.ends_at + after, "confirm", key)
        story.plan(moment, partial(self._confirm, shift.pk, key))

    def _soon(self, at: datetime, median: float, own: int, act: partial[None], *key: str | int) -> None:
        hours = self.drama.chance.lognormal(median, FIRST_SIGMA, *key)
        self.drama.story.plan(self.silences.next_moment(own, at + timedelta(hours=hours), *key), act)

    def _leave(self, pk: int, at: datetime) -> None:
        adoption = self._live(pk)
        if adoption is not None:
            by = self.leaders[adoption.organization_id]
            self.drama.hands.do(
                "give a call back", leave_task, adoption=adoption, by=by, reason=LEAVES_REASON
            )

    def _ask_time(self, pk: int, at: datetime) -> None:
        adoption = self._live(pk)
        if adoption is not None:
            by = self.leaders[adoption.organization_id]
            self.drama.hands.do("ask for time", ask_more_time, adoption=adoption, by=by, reason=TIME_REASON)

    def _live(self, pk: int) -> Adoption | None:
        rows = (
            Adoption.objects.live().filter(pk=pk).select_related("organization", "task__area", "task__issuer")
        )
        return self.drama.hands.look(rows.first)

    def _look_before(self, pk: int, key: str, at: datetime) -> None:
        """Cancel what nobody came to, raise what is full, lower what is short, move a little."""
        drama, chance = self.drama, self.drama.chance
        shift = self._shift(pk)
        if shift is None or self.silences.until(shift.organization_id, at) is not None:
            return
        by = self.leaders[shift.organization_id]
        roles = drama.hands.look(lambda: list(shift.roles.order_by("pk")))
        taken, seats = sum(role.seats_taken for role in roles), sum(role.seats for role in roles)
        draw = chance.uniform("before", key)
        if taken == 0:
            if draw < CANCELLED_EMPTY:
                drama.hands.do("cancel a shift", cancel_shift, shift=shift, by=by, reason=CANCEL_REASON)
        elif taken >= seats and draw < RAISED_FULL:
            more = {"seats": roles[-1].seats + RAISED_BY}
            drama.hands.do("raise seats", edit_shift, shift=shift, changes=more, by=by, role=roles[-1])
        elif taken < SHORT * seats and draw < LOWERED_SHORT:
            last = roles[-1]
            fewer = max(1, last.seats_taken + last.seats_held, round(last.seats * SHORT))
            less = {"seats": fewer, "seats_min": min(last.seats_min, fewer)}
            drama.hands.do(
                "lower seats", edit_shift, shift=shift, changes=less, by=by, role=last, reason=LOWER_REASON
            )
        elif draw > 1 - MOVED and shift.starts_at and shift.ends_at:
            later = {"starts_at": shift.starts_at + MOVED_BY, "ends_at": shift.ends_at + MOVED_BY}
            drama.hands.do("move a shift", edit_shift, shift=shift, changes=later, by=by, reason=MOVE_REASON)

    def _begin(self, pk: int, at: datetime) -> None:
        """Say where a shift begins with too few people."""
        shift = self._shift(pk)
        if shift is None:
            return
        roles = self.drama.hands.look(lambda: list(shift.roles.all()))
        missing = sum(max(0, role.seats_min - role.seats_taken) for role in roles)
        if missing:
            self.drama.say(
                "shift_short", at, place=place_of(shift.area), task=shift.task.titles, missing=missing
            )

    def _close_desk(self, pk: int, at: datetime) -> None:
        """Enter the departure of whoever came and went without a word."""
        left = CheckIn.objects.valid().filter(kind=CheckIn.Kind.OUT).values("assignment")
        seats = (
            Assignment.objects.live()
            .filter(shift=pk, check_ins__kind=CheckIn.Kind.IN, check_ins__voided_at=None)
            .exclude(pk__in=left)
            .select_related("shift__area")
            .order_by("pk")
        )
        for seat in self.drama.hands.look(lambda: list(seats)):
            self.drama.hands.do(
                "check out at the desk",
                _check_out,
                assignment=seat,
                by=self.leaders[seat.shift.organization_id],
                nonce=uuid5(NAMESPACE_OID, f"desk-{seat.code}"),
            )

    def _confirm(self, pk: int, key: str, at: datetime) -> None:
        """Confirm the hours of a shift, and note who stayed away."""
        drama = self.drama
        shift = self._shift(pk)
        if shift is None:
            return
        by = self.leaders[shift.organization_id]
        seats = drama.hands.look(
            lambda: list(
                unconfirmed(shift.organization_id, at=at).filter(shift=pk).exclude(volunteer__user=by)
            )
        )
        if seats and drama.hands.do("confirm hours", confirm_hours, assignments=seats, by=by) is None:
            # One of them stands in the way of all: each by themselves then.
            for seat in seats:
                drama.hands.do("confirm hours", confirm_hours, assignments=[seat], by=by)
        noted = drama.hands.look(lambda: proposals(shift.organization, at))
        for each in noted:
            likely = NOTES_ABSENT if each.kind == Mark.Kind.NO_SHOW else NOTES_LATE
            if each.seat.shift_id == pk and drama.chance.happens(likely, "note", key, each.seat.volunteer_id):
                drama.hands.do("note an absence", mark, assignment=each.seat, kind=each.kind, by=by)

    def _close_later(self, task_id: int, own: int, moment: datetime, *, tries: int) -> None:
        moment = self.silences.next_moment(own, moment, "close", task_id)
        self.drama.story.plan(moment, partial(self._close, task_id, own, tries))

    def _close(self, task_id: int, own: int, tries: int, at: datetime) -> None:
        """Say that a call's work is done, if it is led by the same organization still."""
        drama = self.drama
        led = Adoption.objects.live().filter(
            task=task_id, organization=own, role=Adoption.Role.LEAD, task__status=Task.Status.ADOPTED
        )
        adoption = drama.hands.look(led.select_related("task__area", "task__issuer").first)
        if adoption is None:
            return
        done = drama.hands.do("close a call", close_task, task=adoption.task, by=self.leaders[own])
        if done is None and tries > 1:
            self._close_later(task_id, own, at + timedelta(days=1), tries=tries - 1)

    def _shift(self, pk: int) -> Shift | None:
        rows = Shift.objects.filter(pk=pk, status=Shift.Status.OPEN)
        return self.drama.hands.look(rows.select_related("task__type", "area", "organization").first)


def _check_out(*, at: datetime, assignment: Assignment, by: User, nonce: UUID) -> CheckIn:
    return check(
        assignment=assignment,
        kind=CheckIn.Kind.OUT,
        method=CheckIn.Method.DESK,
        at=at,
        by=by,
        nonce=nonce,
        recorded_at=at,
    )


def at_hour(day: date, hour: int, minutes: int, moved: int = 0) -> datetime:
    """When a shift of a template begins on a day: some half hours earlier or later, within the day."""
    halves = min(max(2 * hour + moved, 2 * EARLIEST_HOUR), 2 * LATEST_HOUR - -(-min(minutes, 300) // 30))
    return timezone.make_aware(datetime.combine(day, time(halves // 2, 30 * (halves % 2))))
