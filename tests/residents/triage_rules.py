"""What the tests of triage share: a place with a group that looks at requests, and every verb as a call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import User
from areas.models import Area
from core import clock
from organizations.models import Organization
from residents.actions.following import end_unconfirmed
from residents.actions.merging import Part, merge, split, unmerge
from residents.actions.placing import mark_served, place, take_out
from residents.actions.triage import correct, decline, pass_on, verify
from residents.models import HelpRequest
from residents.policies import Verb
from tasks.models import Shift
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.residents import make_help_kind, make_request
from tests.factories.tasks import make_shift, make_task

Act = Callable[[HelpRequest], object]


@dataclass(frozen=True)
class Town:
    """A township with a group that looks at its requests, another that could, and the county's authority above."""

    area: Area
    group: Organization
    other: Organization
    authority: Organization
    by: User
    shift: Shift

    def ask(self, status: str = "new", **fields: Any) -> HelpRequest:
        if status == "placed":
            fields = {"task": self.shift.task, **fields}
        return make_request(area=self.area, organization=self.group, status=status, **fields)


def make_town() -> Town:
    tree = small_tree()
    area = tree.townships[0]
    group, authority = make_organization(home_area=area), make_authority(tree.counties[0])
    task = make_task(area=area, issuer=authority, adopted_by=group)
    return Town(
        area=area,
        group=group,
        other=make_organization(home_area=area),
        authority=authority,
        by=make_member(group, "owner"),
        shift=make_shift(task=task, organization=group),
    )


def every_verb(town: Town) -> dict[Verb, Act]:
    """Each verb of whoever looks at requests, as one call."""
    at, by = clock.now() + timedelta(minutes=1), town.by
    kind = make_help_kind()
    parts = [Part(kind, 1, "Medicine"), Part(kind, 2, "Vegetables")]
    return {
        Verb.VERIFIED: lambda asked: verify(request=asked, by=by, at=at),
        Verb.CORRECTED: lambda asked: correct(request=asked, by=by, at=at, people=3),
        Verb.MERGED: lambda asked: merge(requests=[asked], into=town.ask(), by=by, at=at),
        Verb.UNMERGED: lambda asked: unmerge(request=asked, by=by, at=at),
        Verb.SPLIT: lambda asked: split(request=asked, parts=parts, by=by, at=at),
        Verb.DECLINED: lambda asked: decline(request=asked, by=by, at=at, reason="Nobody drives here."),
        Verb.PASSED_ON: lambda asked: pass_on(
            request=asked, organization=town.other, by=by, at=at, words="They have a car."
        ),
        Verb.PLACED: lambda asked: place(
            requests=[asked], organization=town.group, shift=town.shift, by=by, at=at
        ),
        Verb.TAKEN_OUT: lambda asked: take_out(request=asked, by=by, at=at, words="The wrong shift."),
        Verb.SERVED: lambda asked: mark_served(request=asked, by=by, at=at),
        Verb.ENDED: lambda asked: end_unconfirmed(asked, at),
    }
