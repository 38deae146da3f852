"""Which kinds of organizations are missing where: a matrix, the worst gaps in words, and who is near them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import ngettext

from areas.models import Area
from insights.policies import Gap
from insights.queries.pictures import Pictures, groups_at_home
from organizations.models import Organization
from tasks.policies.suggestions import WORK_OF
from web.authority.overview.help import km_between
from web.wording import number_words

KINDS = tuple(WORK_OF)
SHADES = 5
WORST = 6
# For each gap, areas with such groups are looked for among so many neighbours, and so many are named.
LOOKED_AT = 4
NEAR = 2
NAMED = 2


@dataclass(frozen=True)
class GapCell:
    """A kind in an area: `tone` is empty (no calls), none (calls, and no group) or a shade from 0 to 5."""

    kind: str
    name: str
    gap: Gap
    tone: str


@dataclass(frozen=True)
class GapRow:
    area: Area
    cells: tuple[GapCell, ...]


@dataclass(frozen=True)
class Near:
    """A neighbour that has groups of a kind: the way, and some of their names."""

    area: Area
    km: int | None
    names: tuple[str, ...]
    more: int
    url: str


@dataclass(frozen=True)
class Worst:
    """A gap in words, the areas that it is about, and who near them could help."""

    kind: str
    areas: tuple[Area, ...]
    words: str
    is_without_group: bool
    near: tuple[Near, ...] = ()


def kind_names() -> dict[str, str]:
    """What each kind of organization is called; a community-based one by its type."""
    known = {**dict(Organization.Kind.choices), **dict(Organization.CboType.choices)}
    return {kind: str(known[kind]) for kind in KINDS}


def rows_of(areas: Iterable[Area], found: Pictures) -> list[GapRow]:
    """A row for each area; shades go up to the greatest share of empty seats among them."""
    names, areas = kind_names(), list(areas)
    most = max(
        (found.gap(area, kind).unfilled_percent or 0 for area in areas for kind in KINDS),
        default=0,
    )
    return [
        GapRow(
            area,
            tuple(
                GapCell(kind, names[kind], gap := found.gap(area, kind), tone_of(gap, most)) for kind in KINDS
            ),
        )
        for area in areas
    ]


def tone_of(gap: Gap, most: int) -> str:
    """The darker, the nearer its share of empty seats is to the greatest."""
    if not gap.calls:
        return "empty"
    if gap.is_without_group:
        return "none"
    return str(-(-(gap.unfilled_percent or 0) * SHADES // most)) if most else "0"


def worst_of(rows: Sequence[GapRow]) -> list[Worst]:
    """Kinds without any group where there are calls, then where most seats are empty."""
    names = kind_names()
    found = []
    for kind in KINDS:
        cells = [
            (row.area, cell.gap)
            for row in rows
            for cell in row.cells
            if cell.kind == kind and cell.gap.is_without_group
        ]
        if cells:
            # Where most is asked comes first: who is near is looked for there.
            areas = tuple(area for area, _ in sorted(cells, key=lambda pair: -pair[1].calls))
            found.append(
                (sum(gap.calls for _, gap in cells), Worst(kind, areas, _missing(names[kind], areas), True))
            )
    without = [worst for _, worst in sorted(found, key=lambda pair: -pair[0])]
    empty = [
        (cell.gap.unfilled, Worst(cell.kind, (row.area,), _unfilled(cell, row.area), False))
        for row in rows
        for cell in row.cells
        if cell.gap.unfilled and not cell.gap.is_without_group
    ]
    return [*without, *(worst for _, worst in sorted(empty, key=lambda pair: -pair[0]))][:WORST]


def _missing(kind: str, areas: Sequence[Area]) -> str:
    return ngettext(
        "%(kind)s: %(n)s area has calls and no group",
        "%(kind)s: %(n)s areas have calls and no group",
        len(areas),
    ) % {"kind": kind, "n": number_words(len(areas))}


def _unfilled(cell: GapCell, area: Area) -> str:
    gap = cell.gap
    return ngettext(
        "%(kind)s in %(area)s: %(empty)s of %(seats)s seats are empty, %(n)s group serves the area",
        "%(kind)s in %(area)s: %(empty)s of %(seats)s seats are empty, %(n)s groups serve the area",
        gap.groups,
    ) % {
        "kind": cell.name,
        "area": area.name,
        "empty": number_words(gap.unfilled),
        "seats": number_words(gap.least),
        "n": number_words(gap.groups),
    }


def with_near(worst: Sequence[Worst], areas: Sequence[Area], found: Pictures) -> list[Worst]:
    """The same with who could help: neighbours that have groups of the kind at home. One statement, none without gaps."""
    looked: dict[tuple[str, int], list[Area]] = {}
    for one in worst:
        for area in one.areas[:1]:
            near = sorted(
                (other for other in areas if other not in one.areas and found.gap(other, one.kind).groups),
                key=lambda other: (_way(area, other), other.code),
            )
            looked[one.kind, area.pk] = near[:LOOKED_AT]
    wanted = {area.pk: area for near in looked.values() for area in near}
    if not wanted:
        return list(worst)
    groups = groups_at_home(wanted.values(), {kind for kind, _ in looked})
    return [
        replace(one, near=_near(one, looked.get((one.kind, one.areas[0].pk), []), groups)) for one in worst
    ]


def _near(one: Worst, areas: Iterable[Area], groups: Iterable[Organization]) -> tuple[Near, ...]:
    taker, found = one.areas[0], []
    for area in areas:
        names = [
            group.display_name
            for group in groups
            if (group.cbo_type or group.kind) == one.kind and area.contains(group.home_area)
        ]
        if names:
            url = f"{reverse('authority:new_transfer', args=[taker.code])}?giver={area.code}"
            found.append(
                Near(area, km_between(taker, area), tuple(names[:NAMED]), max(0, len(names) - NAMED), url)
            )
    return tuple(found[:NEAR])


def _way(one: Area, other: Area) -> float:
    km = km_between(one, other)
    return float("inf") if km is None else km


def without_kind(found: Mapping[str, Gap]) -> str:
    """Of calls for work that no kind of organization is made for; nothing where there are none."""
    calls = found.get("", Gap()).calls
    if not calls:
        return ""
    return ngettext(
        "%(n)s call is for work that no kind of organization is made for; it is in no column.",
        "%(n)s calls are for work that no kind of organization is made for; they are in no column.",
        calls,
    ) % {"n": number_words(calls)}
