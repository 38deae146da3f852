"""Writes what residents asked for, what happened to each, promises, desks and codes on buildings."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from areas.models import Area
from operations.synthetic import codes
from operations.synthetic.asked import CLOSED_BY_ITSELF_S, PROMISES, Asked, looks_at
from operations.synthetic.copying import Days, Moments, copy, fix_sequences, next_id
from operations.synthetic.curve import Calendar
from operations.synthetic.groups import Groups
from operations.synthetic.places import Places
from operations.synthetic.words import REQUESTS, STREETS
from organizations.models import Organization
from residents.models import Channel, HelpRequest, Promise, RequestDesk, RequestEvent, RequestPoint
from tasks.models import TaskType

TABLES = (HelpRequest, RequestEvent)
DAY_S = 86_400
FORGOTTEN_AFTER_S = 30 * DAY_S
# The job that takes late ones further looks every few minutes.
LATE_S = 300
FIRST_PHONE = 97_000_000
DECLINE_REASONS = (
    "不在我们服务的范围，已把社区电话告诉您",
    "需要专业救助，已转告 120",
    "联系不上，打了三次电话",
)
POINTS = ("小区东门公告栏", "一号楼大厅", "社区服务站窗口", "菜场北门")


def write(
    asked: Asked,
    places: Places,
    groups: Groups,
    task_id: np.ndarray,
    calendar: Calendar,
    rng: np.random.Generator,
    tick: Callable[[int], None] | None = None,
) -> None:
    """The requests by COPY, and what happened to each. Contacts and words are forgotten 30 days after the end."""
    count = len(asked)
    ids = np.arange(count) + next_id(HelpRequest)
    types = {row.code: row.pk for row in TaskType.objects.all()}
    told = [REQUESTS[index] for index in asked.kind.tolist()]
    forgotten = (asked.ended_at >= 0) & (asked.ended_at < calendar.at - FORGOTTEN_AFTER_S)
    known = ~forgotten
    township = [places.townships[index] for index in asked.township.tolist()]
    street = [STREETS[index] for index in rng.integers(0, len(STREETS), count).tolist()]
    number = rng.integers(1, 120, count).tolist()
    room = rng.integers(101, 1805, count).tolist()
    which = rng.integers(0, 1_000, count).tolist()
    names = codes.names(count, rng)
    answer, done = (
        np.array([PROMISES.get(request.type, PROMISES[""])[part] for request in REQUESTS])[asked.kind] * 60
        for part in (0, 1)
    )
    is_declined = asked.status == HelpRequest.Status.DECLINED.value
    has_task = asked.call >= 0
    by_phone = np.isin(asked.channel, [Channel.PHONE, Channel.PAPER])
    owner = groups.owner_id[asked.group]
    copy(
        HelpRequest,
        count,
        {
            "id": ids,
            "code": codes.codes(count, 12, rng),
            "ref": codes.codes(count, 12, rng),
            "type_id": np.array([types[request.type] for request in REQUESTS])[asked.kind],
            "channel": asked.channel,
            "area_id": places.area_ids()[asked.township],
            "county_id": places.county_ids()[places.county[asked.township]],
            "words": [
                request.words[index % len(request.words)] if kept else ""
                for request, index, kept in zip(told, which, known.tolist(), strict=True)
            ],
            "place": [f"{area.name_zh}{s.zh}" for area, s in zip(township, street, strict=True)],
            "address": [
                f"{s.zh} {n} 号 {r} 室" if kept else ""
                for s, n, r, kept in zip(street, number, room, known.tolist(), strict=True)
            ],
            "people": np.where(rng.random(count) < 0.85, 1, 2),
            "wanted_on": Days(calendar.date(calendar.day_of(asked.asked_at + DAY_S // 2))),
            "name": [name if kept else "" for name, kept in zip(names, known.tolist(), strict=True)],
            "phone": [
                f"+86100{FIRST_PHONE + index:08d}" if kept else ""
                for index, kept in enumerate(known.tolist())
            ],
            "phone_confirmed_at": Moments(np.where(by_phone | forgotten, -1, asked.asked_at + 60)),
            "status": asked.status,
            "organization_id": groups.id[asked.group],
            "task_id": np.ma.masked_array(task_id[np.maximum(asked.call, 0)], mask=~has_task),
            "merged_into_id": np.ma.masked_array(
                ids[np.maximum(asked.merged_into, 0)], mask=asked.merged_into < 0
            ),
            "asked_at": Moments(asked.asked_at),
            "entered_by_id": np.ma.masked_array(owner, mask=~by_phone),
            "answer_due_at": Moments(asked.asked_at + answer),
            "done_due_at": Moments(asked.asked_at + done),
            "answered_at": Moments(asked.answered_at),
            "placed_at": Moments(asked.placed_at),
            "served_at": Moments(asked.served_at),
            # Of which nobody said anything ends without anybody's word.
            "confirmed_at": Moments(np.where(_confirmed(asked), asked.ended_at, -1)),
            "ended_at": Moments(asked.ended_at),
            "escalated_at": Moments(_escalated_at(asked, asked.asked_at + answer, calendar)),
            "reason": [
                DECLINE_REASONS[index % len(DECLINE_REASONS)] if declined else ""
                for index, declined in zip(which, is_declined.tolist(), strict=True)
            ],
        },
        tick,
    )
    _events(asked, ids, groups, tick)
    fix_sequences(TABLES)


def _events(asked: Asked, ids: np.ndarray, groups: Groups, tick: Callable[[int], None] | None) -> None:
    """Each step in the order of time; the resident's own have no organization."""
    owner, group = groups.owner_id[asked.group], groups.id[asked.group]
    is_ = {status: asked.status == status.value for status in HelpRequest.Status}
    decided = asked.answered_at >= 0
    passed = decided & ~is_[HelpRequest.Status.DECLINED] & ~is_[HelpRequest.Status.MERGED]
    steps = (
        ("asked", np.full(len(asked), True), asked.asked_at, False),
        ("verified", passed, asked.answered_at, True),
        ("declined", is_[HelpRequest.Status.DECLINED], asked.answered_at, True),
        ("merged", is_[HelpRequest.Status.MERGED], asked.answered_at, True),
        ("withdrawn", is_[HelpRequest.Status.WITHDRAWN], asked.ended_at, False),
        ("placed", asked.placed_at >= 0, asked.placed_at, True),
        ("served", asked.served_at >= 0, asked.served_at, True),
        ("confirmed", _confirmed(asked), asked.ended_at, False),
        ("ended", is_[HelpRequest.Status.CONFIRMED] & ~_confirmed(asked), asked.ended_at, True),
    )
    for verb, chosen, at, by_group in steps:
        rows = np.flatnonzero(chosen)
        values: dict[str, object] = {"request_id": ids[rows], "at": Moments(at[rows]), "verb": verb}
        if by_group:
            values |= {"by_id": owner[rows], "organization_id": group[rows]}
        copy(RequestEvent, len(rows), values, tick)


def _confirmed(asked: Asked) -> np.ndarray:
    """Those of which the resident said that it was done."""
    by_itself = asked.ended_at == asked.served_at + CLOSED_BY_ITSELF_S
    return (asked.status == HelpRequest.Status.CONFIRMED.value) & ~by_itself


def _escalated_at(asked: Asked, due_at: np.ndarray, calendar: Calendar) -> np.ndarray:
    """Those that nobody had looked at when an answer was due went up a little later."""
    late = np.where(asked.answered_at < 0, calendar.at, asked.answered_at) > due_at + LATE_S
    late &= due_at + LATE_S < calendar.at
    late &= asked.status != HelpRequest.Status.WITHDRAWN.value
    return np.where(late, due_at + LATE_S, -1)


def add_promises(places: Places, *, official_id: int, starts_at: datetime) -> None:
    """What the province promised when the crisis began."""
    types = {row.code: row for row in TaskType.objects.filter(code__in=PROMISES)}
    Promise.objects.bulk_create(
        Promise(
            area=places.province,
            type=types[code] if code else None,
            answer_minutes=answer,
            done_minutes=done,
            starts_at=starts_at,
            decided_at=starts_at,
            decided_by_id=official_id,
        )
        for code, (answer, done) in PROMISES.items()
    )


def open_desks(places: Places, groups: Groups, *, at: datetime) -> None:
    """One group in each county looks at the requests of its residents."""
    rows = {looks_at(groups, number) for number in range(len(places.counties))}
    RequestDesk.objects.bulk_create(
        RequestDesk(organization_id=int(groups.id[row]), opened_at=at, opened_by_id=int(groups.owner_id[row]))
        for row in sorted(rows)
    )


def add_points(places: Places, groups: Groups, *, at: datetime) -> None:
    """Codes on buildings of the demo's organization."""
    home = Organization.objects.get(pk=int(groups.id[groups.home]))
    owner = int(groups.owner_id[groups.home])
    area = _township_at_home(places)
    RequestPoint.objects.bulk_create(
        RequestPoint(
            area=area,
            organization=home,
            place=f"{area.name_zh}{place}",
            made_at=at - timedelta(days=9),
            made_by_id=owner,
        )
        for place in POINTS
    )


def add_alike(places: Places, groups: Groups, *, at: datetime) -> None:
    """Two requests that say the same, before the demo's organization."""
    home = Organization.objects.get(pk=int(groups.id[groups.home]))
    owner = int(groups.owner_id[groups.home])
    area = _township_at_home(places)
    kind = TaskType.objects.get(code="errands")
    alike = (
        ("张阿姨家的降压药吃完了，明天早上之前要有人去医院代配，老人一个人住", Channel.PHONE, 190),
        ("隔壁张阿姨独居，降压药没有了，请人明早前到医院代配一下", Channel.PROXY, 75),
    )
    for words, channel, minutes in alike:
        asked_at = at - timedelta(minutes=minutes)
        request = HelpRequest.objects.create(
            type=kind,
            channel=channel,
            area=area,
            county_id=area.county_id,
            words=words,
            place=f"{area.name_zh}{STREETS[0].zh}",
            address=f"{STREETS[0].zh} 18 号 302 室",
            name="张阿姨" if channel == Channel.PHONE else "邻居小陈",
            phone=f"+86100{FIRST_PHONE - minutes:08d}",
            organization=home,
            asked_at=asked_at,
            entered_by_id=owner if channel == Channel.PHONE else None,
            answer_due_at=asked_at + timedelta(minutes=PROMISES[""][0]),
            done_due_at=asked_at + timedelta(minutes=PROMISES[""][1]),
        )
        RequestEvent.objects.create(request=request, at=asked_at, verb="asked")


def _township_at_home(places: Places) -> Area:
    return places.townships[int(np.flatnonzero(places.county == places.home_county)[0])]
