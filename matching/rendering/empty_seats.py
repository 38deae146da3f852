"""Why a plan leaves seats of a role empty, and what would help, in words for whoever fills them."""

from django.utils.translation import gettext

from matching.models import RolePrice
from matching.policies.counting import EXACT_FROM, EXACT_UNTIL


def why_empty_in_words(role: RolePrice | None) -> str:
    """The reason in a sentence without its full stop; nothing where the plan leaves no seat empty."""
    if role is None or not role.empty_count:
        return ""
    match role.verdict:
        case RolePrice.Verdict.FEW_QUALIFY:
            return _few_qualify(role.people)
        case RolePrice.Verdict.ELSEWHERE:
            return _needed_elsewhere(role.people)
        case RolePrice.Verdict.NO_WORTH:
            return _said(
                gettext("%(people)s more could come, but it is far for them or they served much lately"),
                role.people.get("others", 0),
            )
        case _:
            return ""


def what_helps_in_words(role: RolePrice | None) -> list[str]:
    """What would bring somebody, each only where it is true, and what brings most people first."""
    if role is None or not role.empty_count:
        return []
    counts = [(role.people.get(name, 0), name) for name in ("lacking", "not_free", "spent", "far")]
    ways = [_way(name, count) for count, name in sorted(counts, key=lambda each: -each[0]) if count]
    if role.verdict == RolePrice.Verdict.ELSEWHERE:
        return [*ways, gettext("Ask them all the same: then somebody is missing there instead")]
    if not ways and role.verdict == RolePrice.Verdict.FEW_QUALIFY:
        return [
            gettext(
                "Nobody else of the area could come even so: pass the poster on, so that more people join"
            )
        ]
    return ways


def _few_qualify(people: dict[str, int]) -> str:
    if count := people.get("qualify", 0):
        return _said(gettext("Only %(people)s qualify who can be asked"), count)
    if people.get("not_free") and not people.get("lacking"):
        return gettext("Nobody within reach who has what it asks for is free at that hour")
    if people.get("lacking") and not people.get("not_free"):
        return gettext("Nobody within reach who is free at that hour has what it asks for")
    return gettext(
        "Nobody who can be asked has what it asks for, lives within reach and is free at that hour"
    )


def _needed_elsewhere(people: dict[str, int]) -> str:
    count = people.get("elsewhere", 0)
    if people.get("idle"):
        return _said(
            gettext(
                "%(people)s who qualify are needed more elsewhere; for the others it is far or they served much lately"
            ),
            count,
        )
    if people.get("others", 0) == people.get("qualify", 0):
        return _said(gettext("%(people)s qualify, and all of them are needed more elsewhere"), count)
    return _said(
        gettext("Besides those planned here, %(people)s qualify, and all of them are needed more elsewhere"),
        count,
    )


def _way(name: str, count: int) -> str:
    match name:
        case "lacking":
            said = gettext(
                "Ask for less: %(people)s near by are free at that hour, but lack something it asks for"
            )
        case "not_free":
            said = gettext(
                "Choose another hour: %(people)s near by have what it asks for, but are not free at this one"
            )
        case "spent":
            said = gettext(
                "Make the shift shorter: %(people)s could come, but have fewer hours left that week"
            )
        case _:
            said = gettext(
                "Ask wider, or offer a ride: %(people)s are free and have what it asks for, but live farther away "
                "than they want to go"
            )
    return _said(said, count)


def _said(sentence: str, count: int) -> str:
    """The sentence with its number of people, which `policies.counting` has rounded; a capital at its start."""
    said = sentence % {"people": _people(count)}
    return said[:1].upper() + said[1:]


def _people(count: int) -> str:
    if count < EXACT_FROM:
        return gettext("one or two people")
    if count <= EXACT_UNTIL:
        return gettext("%(count)s people") % {"count": count}
    return gettext("at least %(count)s people") % {"count": f"{count:,}"}
