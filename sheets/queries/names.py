"""Areas and capabilities by the names that people write, each read once for a whole table."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from areas.models import Area
from sheets.files.cells import BadCell
from volunteers.models import Capability

MOST_NAMED = 5


@dataclass(frozen=True)
class _Place:
    """An area with the Chinese names from the province down to itself, and its English ones from itself up."""

    area: Area
    whole_zh: str
    whole_en: str
    names_en: tuple[str, ...]


class AreaNames:
    """Finds areas by code, name, or name with names above it. One query, at the first name."""

    def __init__(self, roots: Sequence[Area] = ()) -> None:
        self.roots = roots
        self._by_name: dict[str, list[_Place]] | None = None
        self._found: dict[str, Area | BadCell] = {}

    def find(self, text: str) -> Area:
        """The one area that is meant; BadCell where there is none, several, or one outside the roots."""
        text = unicodedata.normalize("NFKC", text).strip()
        if text not in self._found:
            try:
                self._found[text] = self._find(text)
            except BadCell as refusal:
                self._found[text] = refusal
        found = self._found[text]
        if isinstance(found, BadCell):
            raise found
        return found

    def _find(self, text: str) -> Area:
        places = self._matching(text)
        inside = [place for place in places if self._inside(place.area)]
        if not places:
            raise BadCell("unknown-area", name=text[:40])
        if not inside:
            roots = self.roots[:MOST_NAMED]
            names = {
                "zh": "；".join(root.name_zh for root in roots),
                "en": "; ".join(root.name_en for root in roots),
            }
            raise BadCell("outside-area", name=text[:40], area=names)
        if len(inside) > 1:
            several = inside[:MOST_NAMED]
            choices = {
                "zh": "；".join(place.whole_zh for place in several),
                "en": "; ".join(place.whole_en for place in several),
            }
            raise BadCell("several-areas", name=text[:40], choices=choices)
        return inside[0].area

    def _inside(self, area: Area) -> bool:
        return not self.roots or any(root.contains(area) for root in self.roots)

    def _matching(self, text: str) -> list[_Place]:
        names = self._index()
        joined = text.replace(" ", "").replace(",", "").replace("/", "")
        endings = (joined[start:] for start in range(max(1, len(joined) - 1)))
        # The longest name at the end of what is written is the area; what stands before it must fit the names above.
        for ending in endings:
            exact = [
                place
                for place in names.get(ending, ())
                if ending == joined or place.whole_zh.endswith(joined)
            ]
            if exact:
                return exact
        first, *above = [part.strip().casefold() for part in text.split(",")]
        return [
            place
            for place in names.get(first, ())
            if all(part in place.names_en[1:] for part in above if part)
        ]

    def _index(self) -> dict[str, list[_Place]]:
        if self._by_name is None:
            self._by_name = _by_name(Area.objects.order_by("level", "code"))
        return self._by_name


def _by_name(areas: Iterable[Area]) -> dict[str, list[_Place]]:
    by_code: dict[str, Area] = {}
    found: dict[str, list[_Place]] = defaultdict(list)
    short: dict[str, list[_Place]] = defaultdict(list)
    for area in areas:
        by_code[area.code] = area
        chain = [by_code[code] for code in area.path_codes if code in by_code]
        place = _Place(
            area,
            "".join(link.name_zh for link in chain),
            ", ".join(link.name_en for link in reversed(chain)),
            tuple(link.name_en.casefold() for link in reversed(chain)),
        )
        for name in {area.code, area.name_zh, area.name_en.casefold()}:
            found[name].append(place)
        short[area.short_name_zh].append(place)
    # A short name counts where no area has it as its whole name.
    for name, places in short.items():
        found.setdefault(name, places)
    return found


# What lists of people call a language, beside the names on our pages.
ALSO_CALLED = {
    **dict.fromkeys(("中文", "汉语", "国语", "chinese"), "mandarin"),
    "英文": "english",
    "日文": "japanese",
    "韩文": "korean",
}


class CapabilityNames:
    """Finds capabilities by code or by name in either language. One query, at the first name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Capability] | None = None

    def find(self, names: Iterable[str]) -> tuple[list[Capability], list[str]]:
        """The capabilities that are meant, and the names that mean none."""
        if self._by_name is None:
            self._by_name = {}
            for each in Capability.objects.order_by("position", "code"):
                for known in (each.code, each.name_zh, each.name_en):
                    self._by_name.setdefault(known.casefold(), each)
        found: dict[int, Capability] = {}
        unknown = []
        for name in names:
            wanted = unicodedata.normalize("NFKC", name).casefold().strip()
            capability = self._by_name.get(wanted) or self._by_name.get(ALSO_CALLED.get(wanted, ""))
            if capability is None:
                unknown.append(name[:40])
            else:
                found[capability.pk] = capability
        return list(found.values()), unknown
