"""Doing the same to many shifts: each by itself, tried before it is done, all of them or the good ones."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from tasks.actions.shifts import OTHER, TIME, WHERE
from tasks.models import Assignment, Shift

TOLD_OF = frozenset({*TIME, *WHERE, *OTHER, "status"})


@dataclass(frozen=True)
class Outcome:
    """What an act does to one shift: the names of the fields that change, who is told of it, or why it is refused.

    `shift` is as it was before. A cancelled shift has changed its "status". Nothing changes where `changed` is empty.
    """

    shift: Shift
    changed: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    refused: DomainError | None = None

    @property
    def is_good(self) -> bool:
        return self.refused is None

    @property
    def is_cancelled(self) -> bool:
        return "status" in self.changed


class SomeRefused(DomainError):
    """All were wanted, and some are refused: nothing was done. `outcomes` say which and why."""

    code = "some-refused"
    text = _("%(count)s of the shifts cannot be changed so. Nothing was done")

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = list(outcomes)
        super().__init__(count=sum(not each.is_good for each in outcomes))


def do_each(
    shifts: Iterable[Shift], act: Callable[[Shift], Iterable[str]], *, keep: bool, only_good: bool
) -> list[Outcome]:
    """Do something to each shift, in a transaction of the caller's; `act` returns the names of what changed.

    Without `keep` everything is rolled back. With it, one refusal raises SomeRefused, unless `only_good`: then what is
    refused is left as it is.
    """
    given = list(shifts)
    people = _people(given)
    outcomes: dict[int, Outcome] = {}
    # In one order for everybody, so that two who change the same shifts wait instead of blocking each other.
    for shift in sorted(given, key=lambda each: each.pk):
        try:
            with transaction.atomic():
                changed = tuple(act(shift))
        except DomainError as error:
            outcomes[shift.pk] = Outcome(shift, refused=error)
            continue
        told = people[shift.pk] if TOLD_OF & set(changed) else ()
        outcomes[shift.pk] = Outcome(shift, changed, tuple(told))
    found = [outcomes[shift.pk] for shift in given]
    if not keep:
        transaction.set_rollback(True)
    elif not only_good and not all(each.is_good for each in found):
        raise SomeRefused(found)
    return found


def _people(shifts: Sequence[Shift]) -> defaultdict[int, list[str]]:
    """The names of those who hold a seat in each shift."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    live = Assignment.objects.live().filter(shift__in=[shift.pk for shift in shifts]).order_by("pk")
    for shift_id, name in live.values_list("shift", "volunteer__user__name"):
        found[shift_id].append(name)
    return found
