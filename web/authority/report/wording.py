"""The values of a report in the words of the reader's language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext

from core.deployment import is_synthetic
from insights.disclosure import Cell
from insights.queries import DEFINITIONS, Counts, Definition, Key
from insights.queries.decisions import Decision, What
from web.authority.overview.days import Days
from web.authority.overview.figures import figures, lately_words
from web.authority.overview.kinds import kind_lines
from web.authority.overview.places import tiles
from web.authority.overview.requests import flowing
from web.authority.report.decisions import counted_words, decision_words
from web.authority.report.gathering import Situation
from web.authority.report.paper import MARKS, Item, Link, Paper, Section, Table
from web.drawing.tile_map import map_text, tile_map
from web.public.figures import item_of
from web.wording import duration_words, full_date, in_chinese, local, number_words

NONE = "–"
# What is counted from seats is known of every day.
OF_SEATS = (Key.SHORT, Key.FILL_RATE, Key.FAIRNESS)
# More organizations than these checked on a day, and their number is told in place of their names.
VERIFICATIONS_SHOWN = 5


def paper_of(found: Situation) -> Paper:
    """The report, ready to be set as a page or as a PDF."""
    area = found.area.name
    sections = (
        _figures(found),
        _map(found),
        _worst(found),
        _kinds(found),
        _requests(found),
        _waiting(found),
        _stops(found),
        _decisions(found),
    )
    return Paper(
        title=gettext("Situation report: %(area)s") % {"area": area},
        lead=full_date(found.day, year=True),
        facts=tuple(_facts(found)),
        sections=tuple(section for section in sections if section is not None),
        links=tuple(_links(found)),
        foot=gettext("%(area)s, %(day)s") % {"area": area, "day": full_date(found.day, year=True)},
        language="zh" if in_chinese() else "en",
    )


def moment_in_full(moment: datetime) -> str:
    """A moment that can be read years later."""
    return f"{full_date(local(moment).date(), year=True)} {local(moment):%H:%M}"


def _facts(found: Situation) -> Iterator[tuple[str, str]]:
    yield gettext("As of"), _until(found)
    yield (
        gettext("Made"),
        gettext("%(moment)s, for %(office)s")
        % {
            "moment": moment_in_full(found.at),
            "office": found.authority.display_name,
        },
    )
    stage = found.stage
    if stage is None or not stage.stage:
        yield pgettext("page", "Stage"), gettext("No stage is in force")
    else:
        words = gettext("%(number)s, %(name)s: day %(day)s, since %(since)s, decided for %(area)s")
        yield (
            pgettext("page", "Stage"),
            words
            % {
                "number": stage.number_name,
                "name": stage.name,
                "day": stage.day_number(found.until),
                "since": full_date(local(stage.since).date(), year=True),
                "area": stage.decided_for.name,
            },
        )
    if is_synthetic():
        yield gettext("Data"), gettext("Invented, to try things out")
    mode = found.mode
    if mode.since is None or mode.decided_for is None:
        yield gettext("How the authority works"), str(mode.mode.label)
    else:
        yield (
            gettext("How the authority works"),
            gettext("%(mode)s (since %(since)s, decided for %(area)s)")
            % {
                "mode": mode.mode.label,
                "since": full_date(local(mode.since).date(), year=True),
                "area": mode.decided_for.name,
            },
        )


def _until(found: Situation) -> str:
    if found.is_running:
        return gettext("%(moment)s; the day is not over") % {"moment": moment_in_full(found.until)}
    return gettext("the end of the day")


def _days(found: Situation) -> Days:
    return Days(local(found.at).date(), (found.day, found.day), False)


def _figures(found: Situation) -> Section:
    """While the day lasts the five of the overview; of a day that is over what was released, beside its seats."""
    five = figures(found.read, _days(found))
    if found.is_running:
        # The overview, where no day is chosen, counts what is left of today, and tomorrow: other numbers.
        whole = gettext("Hands are counted over the whole day, with the shifts that are over.")
        notes, between = (whole, lately_words(found.read)), "" if in_chinese() else " "
        return _section_of(tuple(_item(figure) for figure in five), between.join(filter(None, notes)))
    exact = [_item(figure) for figure in five if figure["key"] in OF_SEATS]
    released = [
        _released(definition, found.released[key])
        for key, definition in DEFINITIONS.items()
        if key in found.released and key not in OF_SEATS
    ]
    return _section_of(
        (*exact, *released),
        gettext("Persons, times and requests as they were released for this day.")
        if released
        else gettext("Persons, times and requests are released the morning after, down to counties."),
    )


def _section_of(items: tuple[Item, ...], note: str) -> Section:
    return Section("figures", pgettext("section of a report", "Figures"), items=items, note=note)


def _item(figure: Mapping[str, Any]) -> Item:
    """A figure of the overview."""
    value = figure["value"]
    shown = number_words(value) if isinstance(value, int | float) else str(value)
    parts = figure.get("parts") or ((shown, str(figure.get("unit", ""))),)
    suppressed = str(figure.get("suppressed", ""))
    return Item(
        label=str(figure["label"]),
        parts=() if suppressed else tuple(parts),
        suppressed=suppressed,
        note=str(figure.get("note", "")),
        definition=str(figure.get("definition", "")),
    )


def _released(definition: Definition, cell: Cell) -> Item:
    """A figure as it was made public."""
    item = item_of(definition, cell)
    return Item(
        label=item.label,
        parts=() if item.suppressed else item.parts or ((item.value, item.unit),),
        suppressed=item.suppressed,
        definition=item.definition,
    )


def _map(found: Situation) -> Section | None:
    placed = [replace(tile, url="") for tile in tiles(found.read.rows, _days(found))]
    if found.area.level >= found.area.Level.COUNTY or not placed:
        return None
    return Section(
        "map",
        gettext("Where hands are missing"),
        picture=tile_map(placed),
        picture_text=map_text(placed),
        note=gettext(
            "A number is how many hands are missing. Dark: short, banded: a few short, pale: filled."
        ),
    )


def _worst(found: Situation) -> Section | None:
    if not found.read.rows:
        return None
    section = Section("worst", gettext("Lowest fill rates"))
    if not found.worst:
        return replace(section, intro=gettext("Every shift of the day has the hands that it needs."))
    # Who was not asked lately is known of the last days, and not of an earlier one.
    headings = [
        gettext("Area"),
        *_seat_heads(),
        *([str(DEFINITIONS[Key.IDLE_RATE].name)] if found.is_running else []),
    ]
    rows = tuple(
        (row.area.name, *_seats(row.counts), *([_percent(row.idle_rate)] if found.is_running else []))
        for row in found.worst
    )
    marked = found.is_running and any(row.idle_rate.is_hidden for row in found.worst)
    return replace(section, table=_numbers(headings, rows), note=_marks() if marked else "")


def _kinds(found: Situation) -> Section:
    section = Section("kinds", str(DEFINITIONS[Key.SHORT_BY_KIND].name))
    short = kind_lines(found.read.kinds)
    if not short:
        return replace(section, intro=gettext("No kind of work lacks hands."))
    rows = tuple((line.name, *_seats(line.counts)) for line in short)
    return replace(section, table=_numbers([gettext("Kind of work"), *_seat_heads()], rows))


def _requests(found: Situation) -> Section | None:
    """Where the requests of the last days stand; of a day that is over the released figures tell."""
    if not found.is_running:
        return None
    section = Section("requests", gettext("Requests of residents"))
    flow = flowing(found.read.own.flow)
    if not flow.steps:
        return replace(section, intro=gettext("Nobody asked for help in the last days."))
    rows = tuple((step.label, step.shown) for step in flow.steps)
    marked = any(step.why for step in flow.steps)
    return replace(
        section,
        intro=gettext("Those who asked from %(days)s, and how far it went.") % {"days": flow.days},
        table=_numbers([gettext("Step"), str(DEFINITIONS[Key.REQUESTS].name)], rows),
        note=_marks() if marked else "",
    )


def _seat_heads() -> tuple[str, ...]:
    return (pgettext("seats", "Needed"), pgettext("hands", "Short"), str(DEFINITIONS[Key.FILL_RATE].name))


def _seats(counts: Counts) -> tuple[str, ...]:
    rate = counts.fill_rate
    return (
        number_words(counts.seats_least),
        number_words(counts.short),
        NONE if rate is None else f"{rate} %",
    )


def _numbers(headings: Sequence[str], rows: tuple[tuple[str, ...], ...]) -> Table:
    """A table of which everything but the first column is a number."""
    return Table(tuple(headings), rows, (False, *(True for _ in headings[1:])))


def _percent(cell: Cell) -> str:
    if cell.is_hidden:
        return MARKS[cell.why]
    return NONE if cell.value is None else f"{number_words(cell.value)} %"


def _marks() -> str:
    return gettext("* under 8 persons. † hidden so that none can be computed back. Others are rounded to 5.")


def _waiting(found: Situation) -> Section:
    section = Section("waiting", gettext("Calls that wait for an organization"))
    if not found.waiting:
        return replace(section, intro=gettext("None. Every call has an organization."))
    rows = tuple(
        (
            one.title,
            one.area.full_name,
            duration_words(found.until - one.since),
            one.before or NONE,
        )
        for one in found.waiting
    )
    more = gettext("Only those that have waited longest. All of them: %(address)s")
    return replace(
        section,
        table=Table(
            (gettext("Call"), gettext("Area"), gettext("Waits for"), gettext("Brought before")),
            rows,
            (False, False, True, False),
        ),
        note=more % {"address": _address("authority:calls", found)} if found.more_waiting else "",
    )


def _stops(found: Situation) -> Section:
    section = Section("stops", gettext("Stops"))
    stops = [one for one in found.decisions if one.what == What.STOP]
    if not stops:
        return replace(section, intro=gettext("Nothing stood still on this day."))
    lines = []
    for stop in stops:
        values = {
            "area": str(stop.area),
            "since": moment_in_full(stop.at),
            "until": moment_in_full(stop.until) if stop.until else "",
            "reason": stop.reason,
        }
        words = (
            gettext("%(area)s: stopped from %(since)s until %(until)s. %(reason)s")
            if stop.until
            else gettext("%(area)s: stopped since %(since)s, still in force. %(reason)s")
        )
        lines.append(words % values)
    count = stops[0].alike
    if count > len(stops):
        lines.append(gettext("Only the latest %(count)s are listed.") % {"count": len(stops)})
    intro = ngettext("%(count)s stop was in force.", "%(count)s stops were in force.", count) % {
        "count": count
    }
    return replace(section, intro=intro, lines=tuple(lines))


def _decisions(found: Situation) -> Section:
    section = Section("decisions", gettext("Decided on this day"))
    made = [one for one in found.decisions if local(one.at).date() == found.day]
    if not made:
        return replace(section, intro=gettext("Nothing was decided on this day."))
    many = {
        one.sort: one for one in made if one.what == What.VERIFICATION and one.alike > VERIFICATIONS_SHOWN
    }
    listed = [one for one in made if one.sort not in many]
    rows = tuple((f"{local(one.at):%H:%M}", decision_words(one), str(one.office) or NONE) for one in listed)
    heads = (gettext("Time"), gettext("Decision"), gettext("Office"))
    return replace(
        section,
        table=Table(heads, rows, (False, False, False)) if rows else None,
        lines=(*(counted_words(one) for one in many.values()), *_more(listed)),
        note=gettext("Offices are named, not persons."),
    )


def _more(listed: Sequence[Decision]) -> Iterator[str]:
    """How many decisions are not listed. Stops of earlier days are counted with those of the day, and listed above."""
    counted = [one for one in listed if one.what != What.STOP]
    count = sum({one.sort: one.alike for one in counted}.values()) - len(counted)
    if count:
        words = ngettext(
            "%(count)s more decision of this day is not listed.",
            "%(count)s more decisions of this day are not listed.",
            count,
        )
        yield words % {"count": number_words(count)}


def _links(found: Situation) -> Iterator[Link]:
    day = found.day.isoformat()
    yield Link(gettext("This report"), f"{_address('authority:report', found)}?day={day}")
    yield Link(gettext("Overview"), f"{_address('authority:overview', found)}?day={day}")
    yield Link(
        gettext("What every figure counts, from which rows, how it is protected"),
        settings.SITE_URL + reverse("public:definitions"),
    )


def _address(name: str, found: Situation) -> str:
    return settings.SITE_URL + reverse(name, args=[found.area.code])
