"""Who comes to a shift, when, and who does not: seats given back, arrivals, departures, objections."""

from datetime import datetime, timedelta
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Max, QuerySet

from accounts.models import User
from operations.drill.drama import Drama
from operations.drill.people.known import Crowd
from tasks.actions.attendance import check
from tasks.actions.marks import appeal
from tasks.actions.seats import release
from tasks.models import Assignment, CheckIn, Mark, Shift
from tasks.policies import release_until

LOOK = timedelta(minutes=30)
READ_MOST = 1_000
# Who does not come without a word: this share, and so much more for each day since they signed up; of those with
# some experience this part.
AWAY, AWAY_A_DAY, AWAY_MOST, AWAY_OF_EXPERIENCED = 0.04, 0.012, 0.2, 0.7
EXPERIENCED_HOURS = 30.0
# Seats that are given back before the shift's notice: this share, and so much more for each day until the shift.
GIVEN_BACK, GIVEN_BACK_A_DAY, GIVEN_BACK_MOST = 0.05, 0.01, 0.15
# Minutes from the start: normal. Who is late is late by as many minutes more, on average.
ARRIVAL_MEAN, ARRIVAL_SD, ARRIVAL_FIRST = -6.0, 5.0, -45.0
LATE, LATE_MEAN = 0.06, 25.0
# Who leaves early, at the earliest after this part of the shift; the others some minutes after its end.
EARLY, EARLY_FROM, LEAVING_MEAN = 0.07, 0.5, 5.0
# By when after the start, and after the end, most arrivals and departures are written down.
ARRIVED_BY, LATE_BY, LEFT_BY = timedelta(minutes=20), timedelta(minutes=90), timedelta(minutes=15)
# How people check in: at the desk, by the pass that it scans, or themselves with the site's code.
METHODS = (CheckIn.Method.DESK, CheckIn.Method.SCAN, CheckIn.Method.SITE_CODE)
METHOD_SHARES = (0.3, 0.25, 0.45)
# Of those of whom it is noted that they did not come: who objects, within how many days.
OBJECTS, OBJECTS_WITHIN_DAYS = 0.15, 4.0
# What they write: unwell, a mistake, called off by telephone.
ILL = ("突然发烧，按规定不能出门，电话没打通。", "家里老人送医院，来不及取消。")
WORDS = (*ILL, "我到了，登记台没有人。", "前一天晚上已经打电话说过不能来。")
REASONS = ("身体不舒服", "单位临时要加班", "小区封闭，出不来", "")


class Serving:
    """Follows each seat from the day on which it was taken to the end of its shift."""

    def __init__(self, drama: Drama, crowd: Crowd) -> None:
        self.drama, self.crowd = drama, crowd
        self.last_seat = self.last_mark = 0
        self.begun_until = drama.story.begins_at
        self.desks: dict[int, User] = {one.organization.pk: one.owner for one in drama.cast.groups} | {
            one.organization.pk: one.official for one in drama.cast.offices
        }

    def begin(self) -> None:
        look, story = self.drama.hands.look, self.drama.story
        self.last_seat = look(lambda: Assignment.objects.aggregate(last=Max("id"))["last"]) or 0
        self.last_mark = look(lambda: Mark.objects.aggregate(last=Max("id"))["last"]) or 0
        story.every(LOOK, self.look, first=story.begins_at + LOOK)

    def look(self, at: datetime) -> None:
        """New seats, shifts that have begun, what was noted of people."""
        self._new_seats(at)
        self._shifts(at)
        self._marks(at)

    def _new_seats(self, at: datetime) -> None:
        rows = (
            Assignment.objects.live()
            .filter(id__gt=self.last_seat)
            .order_by("id")
            .values_list("id", "shift__starts_at", "shift__release_notice_minutes")[:READ_MOST]
        )
        chance = self.drama.chance
        for pk, starts_at, notice in self.drama.hands.look(lambda: list(rows)):
            self.last_seat = pk
            until = release_until(starts_at, notice)
            if until is None or until <= at:
                continue
            days = (until - at) / timedelta(days=1)
            share = min(GIVEN_BACK + GIVEN_BACK_A_DAY * days, GIVEN_BACK_MOST)
            if chance.happens(share, "gives back", pk):
                moment = at + (until - at) * chance.between(0.1, 0.95, "gives back when", pk)
                self.drama.story.plan(moment, partial(self.give_back, pk))

    def give_back(self, pk: int, at: datetime) -> None:
        """Step back, where the page still has the button."""
        seat = self._seat(pk)
        if seat is None or seat.status != Assignment.Status.ACTIVE:
            return
        until = release_until(seat.shift.starts_at, seat.shift.release_notice_minutes)
        if until is not None and at < until:
            reason = self.drama.chance.pick(REASONS, "gives back why", pk)
            self.drama.hands.do(
                "give a seat back", release, assignment=seat, by=seat.volunteer.user, reason=reason
            )

    def _seat(self, pk: int) -> Assignment | None:
        return self.drama.hands.look(lambda: self._seats().filter(pk=pk).first())

    @staticmethod
    def _seats() -> QuerySet[Assignment]:
        return Assignment.objects.select_related("volunteer__user", "shift__area").order_by("id")

    def _shifts(self, at: datetime) -> None:
        until = at - ARRIVED_BY
        begun = Shift.objects.filter(
            status=Shift.Status.OPEN, starts_at__gt=self.begun_until - ARRIVED_BY, starts_at__lte=until
        )
        rows = begun.order_by("starts_at", "id").values_list("id", "starts_at", "ends_at")
        for pk, starts_at, ends_at in self.drama.hands.look(lambda: list(rows)):
            assert starts_at is not None and ends_at is not None
            self.arrive(pk, at)
            self.drama.story.plan(max(starts_at + LATE_BY, at), partial(self.arrive, pk))
            self.drama.story.plan(max(ends_at + LEFT_BY, at), partial(self.leave, pk))
        self.begun_until = at

    def arrive(self, shift: int, at: datetime) -> None:
        """Check in whoever has come by now, each at the moment at which they came."""
        seats = self._seats().filter(shift=shift, status=Assignment.Status.ACTIVE)
        here = _seen_at(shift, CheckIn.Kind.IN)
        found = self.drama.hands.look(lambda: list(seats.exclude(pk__in=here)))
        for seat in found:
            moment = self.arrival(seat)
            if moment is not None and moment <= at:
                self._check(seat, CheckIn.Kind.IN, moment)

    def leave(self, shift: int, at: datetime) -> None:
        """Check out whoever is there, apart from those whom the desk has seen off."""
        came = self._seats().filter(
            shift=shift, status=Assignment.Status.ACTIVE, check_ins__kind=CheckIn.Kind.IN
        )
        seen_off = self.drama.hands.look(lambda: set(_seen_at(shift, CheckIn.Kind.OUT)))
        for seat in self.drama.hands.look(lambda: list(came.annotate(came_at=Max("check_ins__at")))):
            if seat.pk not in seen_off:
                moment = max(self.departure(seat), seat.came_at + timedelta(minutes=1))
                self._check(seat, CheckIn.Kind.OUT, min(moment, at))
            if person := self.crowd.people.get(seat.volunteer_id):
                person.served(at)

    def arrival(self, seat: Assignment) -> datetime | None:
        """When somebody comes; None where they stay away without a word."""
        chance, shift = self.drama.chance, seat.shift
        assert shift.starts_at is not None and shift.ends_at is not None
        days = (shift.starts_at - seat.created_at) / timedelta(days=1)
        away = min(AWAY + AWAY_A_DAY * max(days, 0.0), AWAY_MOST)
        person = self.crowd.people.get(seat.volunteer_id)
        if person is not None and person.hours >= EXPERIENCED_HOURS:
            away *= AWAY_OF_EXPERIENCED
        if chance.happens(away, "stays away", seat.pk):
            return None
        minutes = max(ARRIVAL_MEAN + ARRIVAL_SD * chance.normal("arrival", seat.pk), ARRIVAL_FIRST)
        if chance.happens(LATE, "late", seat.pk):
            minutes = max(minutes, 0.0) + chance.waiting(LATE_MEAN, "how late", seat.pk)
        moment = shift.starts_at + timedelta(minutes=minutes)
        return moment if moment < shift.starts_at + LATE_BY and moment < shift.ends_at else None

    def departure(self, seat: Assignment) -> datetime:
        """When somebody goes home."""
        chance, shift = self.drama.chance, seat.shift
        assert shift.starts_at is not None and shift.ends_at is not None
        if chance.happens(EARLY, "leaves early", seat.pk):
            part = chance.between(EARLY_FROM, 0.95, "leaves when", seat.pk)
            return shift.starts_at + (shift.ends_at - shift.starts_at) * part
        minutes = min(chance.waiting(LEAVING_MEAN, "leaves after", seat.pk), LEFT_BY / timedelta(minutes=1))
        return shift.ends_at + timedelta(minutes=minutes)

    def _check(self, seat: Assignment, kind: str, moment: datetime) -> None:
        """As it is seen at the site: by whoever runs it, or by themselves with the site's code."""
        method = self.drama.chance.weighted(METHODS, METHOD_SHARES, "check-in", seat.pk)
        desk = self.desks.get(seat.shift.organization_id)
        if desk is None:
            method = CheckIn.Method.SITE_CODE
        self.drama.hands.do(
            "come" if kind == CheckIn.Kind.IN else "leave",
            _seen,
            seat=seat,
            kind=kind,
            method=method,
            moment=moment,
            by=seat.volunteer.user if desk is None or method == CheckIn.Method.SITE_CODE else desk,
        )

    def _marks(self, at: datetime) -> None:
        rows = Mark.objects.filter(id__gt=self.last_mark).order_by("id").values_list("id", "kind")[:READ_MOST]
        chance = self.drama.chance
        for pk, kind in self.drama.hands.look(lambda: list(rows)):
            self.last_mark = pk
            if kind == Mark.Kind.NO_SHOW and chance.happens(OBJECTS, "objects", pk):
                days = chance.between(0.05, OBJECTS_WITHIN_DAYS, "objects when", pk)
                self.drama.story.plan(at + timedelta(days=days), partial(self.object, pk))

    def object(self, pk: int, at: datetime) -> None:
        """Say how it was, while it stands."""
        mark = self.drama.hands.look(lambda: Mark.objects.select_related("volunteer__user").get(pk=pk))
        if mark.status == Mark.Status.NOTED:
            words = self.drama.chance.pick(WORDS, "objects why", pk)
            self.drama.hands.do("object to a mark", appeal, mark=mark, by=mark.volunteer.user, words=words)


def _seen_at(shift: int, kind: str) -> QuerySet[Assignment, int]:
    """The ids of those who were seen to come, or to leave."""
    return Assignment.objects.filter(shift=shift, check_ins__kind=kind).values_list("pk", flat=True)


def _seen(*, seat: Assignment, kind: str, method: str, moment: datetime, by: User, at: datetime) -> CheckIn:
    """Written down now, of a moment before."""
    return check(
        assignment=seat,
        kind=kind,
        method=method,
        at=min(moment, at),
        by=by,
        nonce=_nonce(seat, kind),
        recorded_at=at,
        site_code=seat.shift.site_code if method == CheckIn.Method.SITE_CODE else "",
    )


def _nonce(seat: Assignment, kind: str) -> UUID:
    """The same whenever it is done again."""
    return uuid5(NAMESPACE_URL, f"drill:{seat.code}:{kind}")
