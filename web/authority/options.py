"""The areas that an official can turn to from a page: those above within reach, this one, those below."""

from collections.abc import Sequence
from dataclasses import dataclass

from areas.models import Area


@dataclass(frozen=True)
class AreaOptions:
    """`plain` stand for themselves; `groups` are counties below the name of their city."""

    plain: list[Area]
    groups: dict[str, list[Area]]

    @property
    def codes(self) -> set[str]:
        grouped = (area for areas in self.groups.values() for area in areas)
        return {area.code for area in (*self.plain, *grouped)}


def area_options(area: Area, below: Sequence[Area], reach: Area) -> AreaOptions:
    """What the select of an area offers. No query: cities come with the counties that are below them."""
    chain = [area]
    while (holder := chain[0].parent) is not None and reach.contains(holder):
        chain.insert(0, holder)
    groups: dict[str, list[Area]] = {}
    plain = list(chain)
    for one in below:
        if area.level == Area.Level.PROVINCE and one.parent is not None and one.parent_id != area.pk:
            if one.parent.name not in groups:
                groups[one.parent.name] = [one.parent]
            groups[one.parent.name].append(one)
        else:
            plain.append(one)
    return AreaOptions(plain, groups)
