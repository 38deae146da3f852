"""What residents do: ask for help, some of them twice, and say whether it came."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from accounts.models import User
from areas.models import Area
from operations.drill.drama import Drama
from operations.drill.groups.calls import street_at
from operations.drill.groups.ground import about, asked_key, place_of, survey
from operations.drill.residents.desks import Desks
from operations.synthetic.asked import A_VOLUNTEER, CHANNELS, CONFIRMED, MERGED, WITHDRAWN
from operations.synthetic.curve import crisis_volume
from operations.synthetic.words import REQUESTS, SURNAMES
from residents.actions.asking import (
    ask_help,
    confirm_done,
    say_not_done,
    tell_whoever_asked,
    withdraw_request,
)
from residents.models import Channel, HelpRequest, RequestEvent, RequestPoint
from residents.policies import Verb
from tasks.models import TaskType

CRISIS_DAYS = 61
# Asked from this hour of the place to that one; the sum of two uniform draws between them, so most at noon.
FIRST_HOUR, LAST_HOUR = 7.0, 22.0
# A second request for the same: hours after the first, lognormal; somebody else of the house, in similar words.
TWICE_MEDIAN_H, TWICE_SIGMA = 7.0, 1.0
TWICE_WORDS = ("隔壁邻居说：", "再问一次，", "帮楼上问：")
TWICE_CHANNELS = (Channel.PHONE, Channel.PROXY, Channel.WEB)
# Hours until somebody takes a request back, and until somebody says whether help came.
WITHDRAWN_MEDIAN_H, SAYS_MEDIAN_H, SAYS_SIGMA = 5.0, 5.0, 0.9
# Of those to whom help is said to have come, it did not; of the others so many confirm, the rest say nothing.
NOT_DONE = 0.04
# Those who leave a telephone number; who ask for two persons; who say on which day, and how many days ahead.
LEAVES_PHONE, FOR_TWO, SAYS_A_DAY, DAYS_AHEAD = 0.65, 0.15, 0.3, 3
FIRST_PHONE = 97_500_000
HOUSES = 120
LOOK = timedelta(minutes=60)
NOT_DONE_WORDS = "东西还没收到"
WITHDRAWN_WORDS = "家里人已经办好了"


@dataclass(frozen=True)
class Need:
    """What a household needs, before anybody wrote it down. `number`: which of the story."""

    number: int
    area: Area
    kind: int
    words: str
    place: str
    channel: Channel
    second: bool = False


class Residents:
    def begin(self, drama: Drama) -> None:
        """Plan what is asked on every day, and looks at what came of it."""
        self.drama = drama
        self.ground = survey()
        self.types = {row.code: row for row in TaskType.objects.all()}
        self.desks = Desks(drama, self.ground)
        self.desks.begin()
        newest = RequestEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
        self.events = newest or 0
        number = 0
        for day, expected in enumerate(requests_by_day(self.ground.volunteers)):
            for of_day in range(drama.chance.count(expected, "requests", day)):
                self._plan(number, day, of_day)
                number += 1
        drama.story.every(LOOK, self._look, first=drama.story.begins_at + LOOK)

    def _plan(self, number: int, day: int, of_day: int) -> None:
        drama, chance, who = self.drama, self.drama.chance, (day, of_day)
        hours = (chance.uniform("ask-1", *who) + chance.uniform("ask-2", *who)) / 2
        moment = drama.moment(day, FIRST_HOUR + (LAST_HOUR - FIRST_HOUR) * hours)
        if moment <= drama.story.begins_at:
            moment = drama.story.begins_at + timedelta(hours=0.5 + 6 * hours)
        kind = chance.weighted(range(len(REQUESTS)), [one.weight for one in REQUESTS], "ask-kind", *who)
        area = self.ground.drawn(drama, "ask-area", *who)
        street = street_at(chance.uniform("ask-street", *who))
        house = 1 + int(chance.uniform("ask-house", *who) * HOUSES)
        need = Need(
            number,
            area,
            kind,
            chance.pick(REQUESTS[kind].words, "ask-words", *who),
            f"{area.name_zh}{street.zh} {house} 号",
            chance.weighted(list(CHANNELS), list(CHANNELS.values()), "ask-channel", *who),
        )
        drama.story.plan(moment, partial(self._ask, need))
        if chance.happens(MERGED, "twice", *who):
            later = chance.lognormal(TWICE_MEDIAN_H, TWICE_SIGMA, "twice-after", *who)
            again = replace(
                need,
                words=chance.pick(TWICE_WORDS, "twice-words", *who) + need.words,
                channel=chance.pick(TWICE_CHANNELS, "twice-channel", *who),
                second=True,
            )
            drama.story.plan(about(drama, moment + timedelta(hours=later), *who), partial(self._ask, again))

    def _ask(self, need: Need, at: datetime) -> None:
        """Write it down: by oneself, by a code on a building, or over the telephone of whoever looks at requests."""
        drama, chance, who = self.drama, self.drama.chance, (need.number, int(need.second))
        request_type = self.types[REQUESTS[need.kind].type]
        point, channel = self._point(need, *who), need.channel
        entered_by: User | None = None
        if channel in (Channel.PHONE, Channel.PAPER):
            entered_by = self.desks.who_answers(need.area)
        if channel == Channel.QR and point is None:
            channel = Channel.WEB
        leaves = entered_by is not None or chance.happens(LEAVES_PHONE, "phone", *who)
        surname = chance.pick(SURNAMES, "surname", *who)
        wanted = None
        if chance.happens(SAYS_A_DAY, "day", need.number):
            ahead = int(chance.uniform("day-ahead", need.number) * DAYS_AHEAD)
            wanted = (at + timedelta(days=ahead)).astimezone(drama.moment(0, 0).tzinfo).date()
        request = drama.hands.do(
            "ask for help",
            ask_help,
            type=request_type,
            area=need.area,
            words=need.words,
            channel=channel,
            entered_by=entered_by,
            point=point if channel == Channel.QR else None,
            place=need.place,
            people=2 if chance.happens(FOR_TWO, "two", need.number) else 1,
            wanted_on=wanted,
            name=f"{surname}阿姨" if leaves else "",
            phone=f"+86100{FIRST_PHONE + 2 * need.number + need.second:08d}" if leaves else "",
            language="zh-hans",
        )
        if request is None:
            return
        help_in_words = {"zh": request_type.name_zh, "en": request_type.name_en}
        drama.say("request_asked", at, place=place_of(need.area), help=help_in_words)
        if leaves and entered_by is None:
            drama.hands.do("answer whoever asked", tell_whoever_asked, request=request)
        if chance.happens(WITHDRAWN, "withdraws", *who):
            hours = chance.lognormal(WITHDRAWN_MEDIAN_H, SAYS_SIGMA, "withdraws-after", *who)
            moment = about(drama, at + timedelta(hours=hours), *who)
            drama.story.plan(moment, partial(self._withdraw, request.pk))

    def _point(self, need: Need, *who: int) -> RequestPoint | None:
        """A code on a building of the area, where the request came by one and there is one."""
        points = self.desks.points.get(need.area.county_id or need.area.pk, [])
        if need.channel != Channel.QR or not points:
            return None
        return self.drama.chance.pick(points, "point", *who)

    def _withdraw(self, pk: int, at: datetime) -> None:
        request = self._request(pk)
        if request.status in (HelpRequest.Status.NEW, HelpRequest.Status.VERIFIED, HelpRequest.Status.PLACED):
            self.drama.hands.do("withdraw", withdraw_request, request=request, words=WITHDRAWN_WORDS)

    def _look(self, at: datetime) -> None:
        """One statement: to whom help is said to have come since the last look."""
        drama, chance = self.drama, self.drama.chance
        served = RequestEvent.objects.filter(pk__gt=self.events, verb=Verb.SERVED).order_by("pk")
        for event in drama.hands.look(lambda: list(served.select_related("request__type", "request__area"))):
            self.events = event.pk
            request = event.request
            drama.say(
                "request_served",
                at,
                place=place_of(request.area),
                help={"zh": request.type.name_zh, "en": request.type.name_en},
                minutes=round((event.at - request.asked_at).total_seconds() / 60),
            )
            key = (*asked_key(request), request.reopened)
            draw = chance.uniform("came", *key)
            if draw >= NOT_DONE + CONFIRMED:
                continue
            hours = chance.lognormal(SAYS_MEDIAN_H, SAYS_SIGMA, "says-after", *key)
            act = self._not_done if draw < NOT_DONE else self._confirm
            drama.story.plan(about(drama, at + timedelta(hours=hours), *key), partial(act, request.pk))

    def _confirm(self, pk: int, at: datetime) -> None:
        request = self._request(pk)
        if request.status == HelpRequest.Status.SERVED:
            self.drama.hands.do("confirm that help came", confirm_done, request=request)

    def _not_done(self, pk: int, at: datetime) -> None:
        request = self._request(pk)
        if request.status == HelpRequest.Status.SERVED:
            self.drama.hands.do("say that nothing came", say_not_done, request=request, words=NOT_DONE_WORDS)

    def _request(self, pk: int) -> HelpRequest:
        rows = HelpRequest.objects.select_related(
            "type", "area", "organization", "merged_into", "task", "shift"
        )
        return self.drama.hands.look(lambda: rows.get(pk=pk))


def requests_by_day(volunteers: int) -> list[float]:
    """How many requests are expected on each day of the crisis: more on days on which more is done."""
    volume = crisis_volume(np.arange(CRISIS_DAYS, dtype=float))
    shares: list[float] = (volume / volume.sum() * A_VOLUNTEER * volunteers).tolist()
    return shares
