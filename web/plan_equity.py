"""What a run's report on fairness says on pages: labels of groups, cells, and a plain sentence."""

from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from areas.models import Area
from insights.disclosure import Cell
from insights.queries.equity import Equity, Group, equity_of
from matching.models import MatchRun
from matching.policies.groups import AGE, AREA, BANDS, CHANNEL, SEX, UNSAID, VALUES
from volunteers.models import Volunteer
from web.wording import number_words


@dataclass(frozen=True)
class Shown:
    """A cell as a page writes it: words, or why there are none."""

    words: str
    suppressed: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Shown, Shown, Shown, Shown]


@dataclass(frozen=True)
class Part:
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Report:
    """Sentences, the row of everybody, and a part for each way of looking at people."""

    sentences: list[str]
    everybody: Row
    parts: list[Part]


def plan_equity(run: MatchRun) -> Report | None:
    """The report of a run in words; None as long as nothing is counted. One statement, for the names of areas."""
    found = equity_of(run)
    if found is None:
        return None
    codes = [group.code.partition(":")[2] for group in found.groups[AREA]]
    labels = _labels({area.code: area.name for area in Area.objects.filter(code__in=codes)})
    parts = [
        Part(title, [_row(labels[group.code], group) for group in _in_order(found.groups[name], labels)])
        for name, title in _titles().items()
    ]
    return Report(_sentences(found, labels), _row(pgettext("people", "Everybody"), found.everybody), parts)


def _titles() -> dict[str, str]:
    return {
        AREA: gettext("Where they live"),
        AGE: gettext("Age"),
        SEX: gettext("Sex"),
        CHANNEL: gettext("How they are reached"),
    }


def _labels(areas: dict[str, str]) -> dict[str, str]:
    unsaid = gettext("Not said")
    ages = {str(first): _age(first) for first in BANDS}
    channels = {
        "sms": gettext("Text message"),
        "email": gettext("E-mail"),
        "helped": gettext("Through somebody who acts for them"),
        "here": gettext("Only here, when they look"),
    }
    sexes = {str(value): str(label) for value, label in Volunteer.Sex.choices}
    known = {AREA: areas, AGE: ages, SEX: sexes, CHANNEL: channels}
    return {
        f"{name}:{value}": label
        for name, labels in known.items()
        for value, label in {**labels, UNSAID: unsaid}.items()
    }


def _age(first: int) -> str:
    after = next((band for band in BANDS if band > first), None)
    if after is None:
        return gettext("%(first)s and older") % {"first": first}
    if not first:
        return gettext("Under %(after)s") % {"after": after}
    return gettext("%(first)s to %(last)s years") % {"first": first, "last": after - 1}


def _in_order(groups: list[Group], labels: dict[str, str]) -> list[Group]:
    """Areas by code, the rest as they are always listed; areas that were never heard of come last."""
    listed = [f"{name}:{value}" for name, values in VALUES.items() for value in values]
    known = [group for group in groups if group.code in labels]
    return sorted(
        known, key=lambda group: (listed.index(group.code) if group.code in listed else -1, group.code)
    )


def _row(label: str, group: Group) -> Row:
    eligible, proposed, offered = map(_shown, (group.eligible, group.proposed, group.offered))
    share = group.share
    return Row(label, (eligible, proposed, offered, Shown("–" if share is None else number_words(share))))


def _shown(cell: Cell) -> Shown:
    return Shown("", cell.why) if cell.is_hidden else Shown(number_words(cell.value or 0))


def _sentences(found: Equity, labels: dict[str, str]) -> list[str]:
    share = found.share(found.everybody)
    said = []
    if share is None:
        said.append(gettext("So few people were asked that their number is hidden."))
    elif found.has_asked:
        said.append(
            gettext("Of 100 people who could have come, %(share)s were asked.")
            % {"share": number_words(share)}
        )
    else:
        said.append(
            gettext(
                "This run asked nobody by itself. Of 100 people who could have come, its plan names %(share)s."
            )
            % {"share": number_words(share)}
        )
    if found.widest is None:
        said.append(gettext("No two groups that can be shown lie apart."))
    else:
        most, least = found.widest
        said.append(
            pgettext(
                "groups",
                "Farthest apart are “%(most)s” with %(high)s of 100 and “%(least)s” with %(low)s of 100.",
            )
            % {
                "most": labels.get(most.code, most.code),
                "high": number_words(found.share(most) or 0),
                "least": labels.get(least.code, least.code),
                "low": number_words(found.share(least) or 0),
            }
        )
    return said
