"""A nurse is also a first-aider, for as long as the paper counts; nothing implies itself."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from core import clock
from matching.actions import plan
from matching.actions.running import solve_parts
from matching.models import MatchRun
from matching.policies.weights import Weights
from matching.queries import snapshot
from tasks.actions.reference import load_reference
from tasks.queries.candidates import seats_near, weighed
from tasks.queries.offers import suggestions
from tasks.queries.seats import reasons_for
from tasks.queries.suggestions import suggest
from tests.factories.areas import small_tree
from tests.factories.sheets import make_affiliation
from tests.factories.tasks import role_of, tomorrow_at
from tests.factories.volunteers import give_capability, make_capability
from tests.matching.province import make_open_shift, make_willing
from volunteers.actions.implications import ImplicationRing, PaperNotSeen, set_implications
from volunteers.models import Capability, Implication
from volunteers.policies import Ring, all_implied

pytestmark = pytest.mark.django_db


def imply(*pairs: tuple[Capability, Capability]) -> int:
    return set_implications(direct=pairs, by=None, at=clock.now())


def test_what_follows_over_several_steps_is_implied() -> None:
    assert all_implied([("a", "b"), ("b", "c"), ("x", "c"), ("c", "d")]) == {
        "a": {"b", "c", "d"},
        "b": {"c", "d"},
        "c": {"d"},
        "x": {"c", "d"},
    }
    with pytest.raises(Ring) as ring:
        all_implied([("a", "b"), ("b", "c"), ("c", "a")])
    assert ring.value.path in (["a", "b", "c", "a"], ["b", "c", "a", "b"], ["c", "a", "b", "c"])


def test_a_ring_is_refused_and_leaves_what_was() -> None:
    nurse, aider, helper = make_capability("n"), make_capability("a"), make_capability("h")
    assert imply((nurse, aider), (aider, helper)) == 3

    with pytest.raises(ImplicationRing, match=r"n > a > h > n|a > h > n > a|h > n > a > h"):
        imply((nurse, aider), (aider, helper), (helper, nurse))
    with pytest.raises(IntegrityError, match="nothing_implies_itself"), transaction.atomic():
        Implication.objects.create(capability=nurse, implied=nurse, is_direct=True)

    rows = Implication.objects.values_list("capability__code", "implied__code", "is_direct")
    assert set(rows) == {("n", "a", True), ("a", "h", True), ("n", "h", False)}


def test_what_nobody_has_to_see_implies_no_paper() -> None:
    with pytest.raises(PaperNotSeen):
        imply((make_capability(), make_capability(kind="qualification")))


def test_the_reference_data_say_that_a_nurse_is_a_first_aider() -> None:
    load_reference(at=clock.now())
    before = set(Implication.objects.values_list("pk", flat=True))
    load_reference(at=clock.now())

    implied = set(
        Implication.objects.filter(capability__code="nurse").values_list("implied__code", flat=True)
    )
    assert implied == {"first-aid-certificate", "first-aid", "temperature-screening"}
    assert set(Implication.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("confirmed", "days", "counts"),
    [(True, None, True), (True, 1, True), (True, 0, False), (False, None, False)],
    ids=["seen", "until the day", "over before", "never seen"],
)
def test_sign_up_find_and_the_fill_panel_see_the_implied_alike(confirmed, days, counts) -> None:
    tree = small_tree()
    nurse, aider = make_capability(kind="qualification"), make_capability(kind="qualification")
    first_aid = make_capability()
    imply((nurse, aider), (aider, first_aid))
    at = clock.now()
    shift = make_open_shift(tree, requirements=[first_aid], starts_at=tomorrow_at(9), seats=3)
    role = role_of(shift)
    volunteer = make_willing(tree)
    expires = None if days is None else localdate(at) + timedelta(days=days)
    give_capability(volunteer, nurse, confirmed=confirmed, claimed_at=at, expires_on=expires)

    against = {
        reason.ground for reason in reasons_for(role, volunteer, at, is_stopped=False) if not reason.good
    }
    (found,) = weighed(volunteer, seats_near(volunteer, at), at)
    make_affiliation(shift.organization, volunteer)
    (organization,) = suggest(type=shift.task.type, area=shift.area, requirements=[first_aid], at=at)
    asked = [row.volunteer.pk for row in suggestions(role, at=at, limit=5).rows]
    plan(at=at)
    taken = snapshot.take(MatchRun.objects.get(), at=at)
    placed, _ = solve_parts(MatchRun.objects.get(), taken, Weights())

    assert (against == set()) == counts
    assert (found.against == ()) == counts
    assert (asked == [volunteer.pk]) == counts
    # Among an organization's people a paper is looked at on the day of the call.
    assert any(reason.code == "holds" for reason in organization.reasons) == (counts or days == 0)
    assert [pair[:2] for part in placed for pair in part.pairs] == [(role.pk, volunteer.pk)] * counts
