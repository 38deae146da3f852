"""Who works with whom: measures with what they mean, the strongest ties as arcs and as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from areas.models import Area
from insights.policies import Tie, Together, percent
from insights.queries.picture_definitions import PICTURES, PictureKey
from organizations.models import Organization
from tasks.models import Step
from web.drawing.arcs import Arc, arcs_chart, in_order
from web.wording import number_words


@dataclass(frozen=True)
class TieRow:
    one: Organization
    other: Organization
    tie: Tie


@dataclass(frozen=True)
class TiePicture:
    """The drawing, the names beside it from above, and a row of the table for each arc."""

    drawing: str
    names: list[Organization]
    rows: list[TieRow]


def tie_picture(together: Together, known: Mapping[int, Organization]) -> TiePicture:
    """Authorities first in each pair and in the list."""
    rows = []
    for tie in together.strongest:
        one, other = known[tie.one], known[tie.other]
        if other.is_authority and not one.is_authority:
            one, other = other, one
        rows.append(TieRow(one, other, tie))
    arcs = [Arc(row.one.pk, row.other.pk, row.tie.strength, tone_of(row), words_of(row)) for row in rows]
    order = in_order(arcs, [pk for pk, one in known.items() if one.is_authority])
    text = gettext("%(ties)s ties between %(organizations)s organizations, as in the table") % {
        "ties": number_words(len(rows)),
        "organizations": number_words(len(order)),
    }
    return TiePicture(arcs_chart(order, arcs, text), [known[pk] for pk in order], rows)


def tone_of(row: TieRow) -> str:
    """By what they did most: calls of an authority, calls of groups, help between areas, requests passed on."""
    tie = row.tie
    if tie.calls >= max(tie.transfers, tie.requests or 0) and tie.calls:
        return "call" if row.one.is_authority else "share"
    return "transfer" if tie.transfers > (tie.requests or 0) else "passed"


def words_of(row: TieRow) -> str:
    """A tie for whoever hears it: both names and how often, as the table says it."""
    tie = row.tie
    open_part = number_words(tie.calls + tie.transfers + (tie.requests or 0))
    return gettext("%(one)s and %(other)s: %(what)s") % {
        "one": row.one.display_name,
        "other": row.other.display_name,
        "what": f"{open_part} + *" if tie.requests is None else open_part,
    }


def measures(found: Together, area: Area) -> list[dict[str, Any]]:
    """The figures of the page, each with its sentence and the way to its definition."""
    in_hundreds = {
        PictureKey.DENSITY: None if found.density is None else round(100 * found.density, 1),
        PictureKey.CENTRALIZATION: (
            None if found.centralization is None else round(100 * found.centralization, 1)
        ),
        PictureKey.SOLO_RATE: percent(found.alone, found.taken),
        PictureKey.GOVERNED_RATE: percent(found.governed, found.calls),
        PictureKey.STEP_RATE: percent(found.stepped, found.calls),
        PictureKey.COMPANY_RATE: found.in_company,
    }
    notes = {
        PictureKey.TIES: _of(found.ties, found.organizations, gettext("between %(n)s organizations")),
        PictureKey.SOLO_RATE: gettext("%(alone)s alone, %(shared)s by two groups or more")
        % {"alone": number_words(found.alone), "shared": number_words(found.shared)},
        PictureKey.GOVERNED_RATE: _of(found.governed, found.calls, gettext("%(part)s of %(n)s calls")),
        PictureKey.STEP_RATE: _of(found.stepped, found.calls, gettext("%(part)s of %(n)s calls")),
    }
    items: list[dict[str, Any]] = [_item(PictureKey.TIES, found.ties, area, notes) | {"unit": ""}]
    for key, value in in_hundreds.items():
        why = found.in_company_why if key == PictureKey.COMPANY_RATE else ""
        items.append(_item(key, value, area, notes) | {"suppressed": why})
    return items


def _item(
    key: PictureKey, value: float | None, area: Area, notes: Mapping[PictureKey, str]
) -> dict[str, Any]:
    described = PICTURES[key]
    return {
        "label": described.name,
        "value": "–" if value is None else value,
        "unit": "" if value is None else "%",
        "note": notes.get(key, ""),
        "definition": described.what,
        "definition_url": reverse("public:definition", args=[key]) + f"?area={area.code}",
        "suppressed": "",
    }


def _of(part: int, whole: int, words: str) -> str:
    return words % {"part": number_words(part), "n": number_words(whole)}


def step_lines(found: Together) -> list[dict[str, Any]]:
    """Each kind of step with the calls on which it was taken, and their share."""
    counted = found.steps or {}
    return [
        {
            "name": kind.label,
            "calls": counted.get(kind.value, 0),
            "percent": percent(counted.get(kind.value, 0), found.calls),
        }
        for kind in Step.Kind
    ]
