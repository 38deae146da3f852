"""Why an organization is suggested for a call, in words."""

from collections.abc import Callable

from django.utils.translation import gettext, ngettext

from tasks.policies.suggestions import Reason


def words_of(reason: Reason, *, area: str, people: Callable[[int], float | None]) -> str:
    """One reason in the active language, for a place by its name.

    `people` protects a number of persons: what may be shown of it, or None.
    """
    values = reason.params
    if reason.code == "holds":
        shown = people(values["people"])
        if shown is None:
            return gettext("A few of its people can do what is required")
        return gettext("About %(count)d of its people can do what is required") % {"count": shown}
    if reason.code == "did-this":
        return ngettext(
            "Led %(calls)d call of this kind", "Led %(calls)d calls of this kind", values["calls"]
        ) % {**values}
    if reason.code == "led":
        return ngettext("Led %(calls)d call", "Led %(calls)d calls", values["calls"]) % {**values}
    if reason.code == "filled":
        return gettext("Filled %(percent)d%% of its seats") % {**values}
    if reason.code == "rated":
        return gettext("Rated %(points).1f of 5 over %(calls)d calls") % {**values}
    if reason.code == "lapsed":
        return ngettext(
            "Took on %(calls)d call and did not begin it",
            "Took on %(calls)d calls and did not begin them",
            values["calls"],
        ) % {**values}
    return {
        "leads-now": gettext("Groups of its kind lead in this stage: %(stage)s"),
        "kind-of-work": gettext("This is its kind of work"),
        "at-home": gettext("At home in %(area)s"),
        "near": gettext("At home close to %(area)s"),
        "serves": gettext("Works in %(area)s"),
        "reaches": gettext("Reaches %(area)s"),
    }[reason.code] % {"area": area, **values}
