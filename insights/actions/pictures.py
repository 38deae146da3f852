"""Makes what officials' pictures are drawn from: once a day, for all areas and stages at once."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from areas.models import Area
from core import faults
from insights.actions.window import last_day
from insights.disclosure import over_persons, persons
from insights.models import AreaPicture, RefreshMark
from insights.policies import Gap, Tie, Together, centralization, density, strongest
from insights.queries import picture_sources as sources
from insights.queries.picture_sources import Call, Met, Seats, Serving, Stages, Tree

logger = logging.getLogger(__name__)

# Any number that nothing else locks.
LOCK = 7_102_333
# Pictures look back as far as reports do.
LOOKS_BACK = timedelta(days=400)
# In smaller areas a few services, or requests that were passed on, would tell of single persons.
PERSONS_DOWN_TO = Area.Level.COUNTY
# Kept rows carry the stage; this one is for all days together.
WHOLE = None
Key = tuple[int, int | None]


@dataclass
class Asked:
    """What is asked of a kind of organization in an area and a stage, as it is added up."""

    calls: int = 0
    taken: int = 0
    least: int = 0
    covered: int = 0
    seats: int = 0
    working: set[int] = field(default_factory=set)


@dataclass
class Worked:
    """Who worked with whom in an area and a stage, as it is added up."""

    members: set[int] = field(default_factory=set)
    calls: int = 0
    taken: int = 0
    alone: int = 0
    governed: int = 0
    stepped: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    on_calls: Counter[tuple[int, int]] = field(default_factory=Counter)
    transfers: Counter[tuple[int, int]] = field(default_factory=Counter)
    requests: Counter[tuple[int, int]] = field(default_factory=Counter)


def redraw_due(*, at: datetime) -> int:
    """Make the pictures of yesterday once a day, and at once where there are none yet. Returns the rows that differ."""
    mark = RefreshMark.objects.filter(pk=1).first()
    if mark is not None and mark.pictures_at is not None and last_day(mark.pictures_at) >= last_day(at):
        return 0
    return redraw(at=at)


@transaction.atomic
def redraw(*, at: datetime) -> int:
    """Make what pictures are drawn from, and write what differs from what is kept: all or nothing.

    0 while another is at work. `rebuild_pictures` writes the same rows from nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            logger.info("pictures are being made already")
            return 0
        cursor.execute("SET LOCAL jit = off")
    made = pictures(at=at)
    kept = {(row.area_id, row.stage): (row.pk, row.gaps, row.together) for row in AreaPicture.objects.all()}
    gone = [pk for key, (pk, *_) in kept.items() if key not in made]
    new = [
        AreaPicture(area_id=key[0], stage=key[1], gaps=gaps, together=together)
        for key, (gaps, together) in made.items()
        if key not in kept
    ]
    changed = [
        AreaPicture(pk=kept[key][0], area_id=key[0], stage=key[1], gaps=gaps, together=together)
        for key, (gaps, together) in made.items()
        if key in kept and kept[key][1:] != (gaps, together)
    ]
    AreaPicture.objects.filter(pk__in=gone).delete()
    faults.point("pictures-half-written")
    AreaPicture.objects.bulk_create(new, batch_size=500)
    AreaPicture.objects.bulk_update(changed, ["gaps", "together"], batch_size=500)
    RefreshMark.objects.update_or_create(pk=1, defaults={"pictures_at": at})
    return len(gone) + len(new) + len(changed)


@transaction.atomic
def rebuild_pictures(*, at: datetime) -> int:
    """Throw away what is kept and make it again from the rows."""
    AreaPicture.objects.all().delete()
    return redraw(at=at)


def pictures(*, at: datetime) -> dict[Key, tuple[dict[str, Any], dict[str, Any]]]:
    """Every row by area and stage: gaps by kind, and who worked together. Thirteen statements."""
    since = at - LOOKS_BACK
    areas = list(Area.objects.order_by("path"))
    tree = Tree(areas)
    stages = Stages(tree)
    calls = sources.calls(stages, since, at)
    shares = sources.shares(since, at)
    seats = sources.seats(since, at)
    groups = sources.groups(tree)
    known = {call.stage for call in calls}
    asked = _asked(tree, calls, shares, seats, groups)
    authorities = sources.authorities()
    worked = _worked(tree, calls, shares, sources.steps(since, at), authorities)
    _meet(worked, tree, sources.on_calls(tree, calls, shares), "on_calls")
    _meet(worked, tree, sources.transfers(tree, stages, since, at), "transfers")
    _meet(worked, tree, sources.passed_on(tree, stages, since, at), "requests")
    there: dict[int, Counter[str]] = defaultdict(Counter)
    for kind, served in groups.values():
        for pk in served:
            there[pk][kind] += 1
    company = _in_company(sources.served(calls, PERSONS_DOWN_TO))
    made = {}
    for area in areas:
        for stage in (*sorted(known), WHOLE):
            key = (area.pk, stage)
            gaps = _gaps(asked.get(key, {}), there[area.pk])
            together = _together(worked.get(key), company.get(key), authorities)
            if gaps or together:
                made[key] = (gaps, together)
    return made


def _asked(
    tree: Tree,
    calls: Iterable[Call],
    shares: Mapping[int, tuple[int, list[int]]],
    seats: Iterable[Seats],
    groups: Mapping[int, tuple[str, set[int]]],
) -> dict[Key, dict[str, Asked]]:
    """By area and stage, for each kind of organization; a call that no kind is made for counts under an empty one."""
    of_call: dict[int, list[Seats]] = defaultdict(list)
    for one in seats:
        of_call[one.task].append(one)
    found: dict[Key, dict[str, Asked]] = defaultdict(lambda: defaultdict(Asked))
    for call in calls:
        lead, partners = shares.get(call.pk, (0, []))
        own = of_call.get(call.pk, [])
        # A call without a shift needs the people that it asks for.
        least = sum(one.least for one in own) if own else call.people
        covered = sum(one.covered for one in own)
        for key in _keys(tree, call.area_id, call.stage):
            for kind in call.kinds or ("",):
                cell = found[key][kind]
                cell.calls += 1
                cell.taken += lead > 0
                cell.least += least
                cell.covered += covered
            for organization in {lead, *partners} & groups.keys():
                found[key][groups[organization][0]].working.add(organization)
            for one in own:
                if one.organization in groups:
                    found[key][groups[one.organization][0]].seats += one.taken
    return found


def _worked(
    tree: Tree,
    calls: Iterable[Call],
    shares: Mapping[int, tuple[int, list[int]]],
    steps: Mapping[int, set[str]],
    authorities: set[int],
) -> dict[Key, Worked]:
    """The calls of each area and stage: who had a part, how many groups, which steps."""
    found: dict[Key, Worked] = defaultdict(Worked)
    for call in calls:
        lead, partners = shares.get(call.pk, (0, []))
        sharing = {lead, *partners} - {0}
        groups = sharing - authorities
        taken = steps.get(call.pk, set())
        for key in _keys(tree, call.area_id, call.stage):
            one = found[key]
            one.members |= {call.issuer, *sharing}
            one.calls += 1
            one.taken += bool(groups)
            one.alone += len(groups) == 1
            one.governed += call.issuer in authorities
            one.stepped += bool(taken)
            one.steps.update(taken)
    return found


def _meet(found: dict[Key, Worked], tree: Tree, met: Iterable[Met], what: str) -> None:
    """Add what organizations did together. Requests count where they are counted at all."""
    for one in met:
        for pk in one.areas:
            if what == "requests" and tree.levels[pk] > PERSONS_DOWN_TO:
                continue
            for stage in (one.stage, WHOLE):
                here = found[pk, stage]
                here.members |= {one.one, one.other}
                getattr(here, what)[one.one, one.other] += 1


def _keys(tree: Tree, area: int, stage: int) -> list[Key]:
    return [(pk, each) for pk in tree.above(area) for each in (stage, WHOLE)]


def _gaps(asked: Mapping[str, Asked], there: Mapping[str, int]) -> dict[str, Any]:
    made = {}
    for kind in sorted({*asked, *there}):
        one = asked.get(kind, Asked())
        made[kind] = Gap(
            calls=one.calls,
            taken=one.taken,
            least=one.least,
            covered=one.covered,
            groups=there.get(kind, 0),
            working=len(one.working),
            seats=one.seats,
        ).kept()
    return made


def _together(
    one: Worked | None, company: tuple[int | None, str] | None, authorities: set[int]
) -> dict[str, Any]:
    if one is None:
        return {}
    pairs = {*one.on_calls, *one.transfers, *one.requests}
    ties = []
    for pair in pairs:
        # Each request stands for a household.
        requests = persons(one.requests[pair])
        shown = None if requests.is_hidden else int(requests.value or 0)
        ties.append(Tie(*pair, one.on_calls[pair], one.transfers[pair], shown))
    members = len(one.members)
    in_company, why = company or (None, "")
    return Together(
        organizations=members,
        ties=len(pairs),
        density=density(members, len(pairs)),
        centralization=centralization(members, pairs),
        calls=one.calls,
        taken=one.taken,
        alone=one.alone,
        governed=one.governed,
        stepped=one.stepped,
        steps=dict(sorted(one.steps.items())),
        in_company=in_company,
        in_company_why=why,
        strongest=strongest(ties, authorities),
    ).kept()


def _in_company(rows: Iterable[Serving]) -> dict[Key, tuple[int | None, str]]:
    """The share of services in a party or a team, in percent and rounded to 5; hidden where fewer than 8 persons served
    in one of the two ways, but some did."""
    by_key: dict[Key, dict[bool, Serving]] = defaultdict(dict)
    for row in rows:
        by_key[row.area, row.stage][row.in_company] = row
    found = {}
    for key, ways in by_key.items():
        together, alone = ways.get(True), ways.get(False)
        services = sum(way.services for way in ways.values())
        cell = over_persons(
            100 * together.services / services if together else 0,
            min(way.persons for way in (together, alone) if way is not None),
            base=5,
        )
        found[key] = (None if cell.value is None else int(cell.value), cell.why)
    return found
