"""What a stage sets, in words, and how two stages differ."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, pgettext

from organizations.models import Organization
from tasks.models import PlaybookStage
from tasks.queries.playbooks import lead_kinds
from tasks.queries.stages import StageRules
from tasks.queries.transitions import Names


@dataclass(frozen=True)
class Difference:
    """One thing that a transition changes."""

    label: str
    before: str
    after: str


def priority_words(priority: int) -> str:
    """How urgent something is: Can wait, Normal, Soon, Before everything else."""
    return (
        gettext("Can wait"),
        gettext("Normal"),
        gettext("Soon"),
        gettext("Before everything else"),
    )[priority]


def rules_in_words(rules: StageRules) -> list[tuple[str, str]]:
    """What a stage sets, without kinds of work and templates: label and words."""
    return [
        (gettext("Who makes calls public"), publishers_words(rules.publishers)),
        (
            gettext("An official's word first"),
            gettext("Calls of groups wait for it") if rules.needs_review else gettext("Not needed"),
        ),
        (gettext("Who leads"), leads_words(rules.lead_kinds)),
        (gettext("How far alerts reach"), str(PlaybookStage.Reach(rules.alert_reach).label)),
        (
            gettext("A call that nobody takes on goes up"),
            ngettext("after %(count)d hour", "after %(count)d hours", rules.escalate_hours)
            % {"count": rules.escalate_hours},
        ),
        (
            gettext("Weight of a seat in plans"),
            gettext("%(weight)s times the usual") % {"weight": f"{rules.seat_weight:g}"},
        ),
    ]


def publishers_words(publishers: frozenset[str]) -> str:
    kinds = [Organization.Kind.GOVERNMENT, *(kind for kind in Organization.Kind if kind in publishers)]
    if set(kinds) == set(Organization.Kind):
        return gettext("Every kind of organization")
    return listed([str(kind.label) for kind in dict.fromkeys(kinds)])


def leads_words(kinds: tuple[str, ...]) -> str:
    names = lead_kinds()
    return listed([names.get(kind, kind) for kind in kinds]) if kinds else gettext("Nobody before others")


def listed(words: list[str]) -> str:
    """Words one after the other, as the reader's language parts them."""
    return pgettext("between the members of a list", ", ").join(words)


def differences(before: StageRules, after: StageRules, names: Names) -> list[Difference]:
    """Exactly what going from one stage to another changes; nothing that stays as it is."""
    found = [
        Difference(label, old, new)
        for (label, old), (_, new) in zip(rules_in_words(before), rules_in_words(after), strict=True)
        if old != new
    ]
    for pk in names.types:
        old, new = before.priorities.get(pk), after.priorities.get(pk)
        if old != new:
            label = gettext("New calls: %(type)s") % {"type": names.types[pk]}
            found.append(Difference(label, _urgent(old), _urgent(new)))
    gone = [
        names.templates[pk]
        for pk in sorted(before.template_ids - after.template_ids)
        if pk in names.templates
    ]
    come = [
        names.templates[pk]
        for pk in sorted(after.template_ids - before.template_ids)
        if pk in names.templates
    ]
    if gone or come:
        found.append(Difference(gettext("Templates in front"), _or_none(gone), _or_none(come)))
    return found


def _urgent(priority: int | None) -> str:
    return gettext("as whoever writes it says") if priority is None else priority_words(priority)


def _or_none(words: list[str]) -> str:
    return listed(words) if words else gettext("none of these")
