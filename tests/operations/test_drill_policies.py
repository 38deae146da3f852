"""Dispatchers of a drill, who ask by hand: whom, in which order, how many at once, and whom never."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from areas.models import Area
from core import clock
from core.doorbell import Job
from operations.drill import policies
from operations.drill.cast import Cast, Group, Office
from operations.drill.chance import Chance
from operations.drill.drama import Drama
from operations.drill.hands import Hands
from operations.drill.policies import POLICIES
from operations.drill.story import Story
from operations.models import Drill
from tasks.actions.offers import decline_offer
from tasks.models import Offer, Shift
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.tasks import make_crisis, make_shift, make_task
from tests.factories.volunteers import make_capability, make_volunteer
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db

# Ten in the morning of the place.
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
X, Y = 120.1, 30.2
A_KM = 0.009


class Watch:
    now = AT


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    clock.read_from(lambda: watch.now)
    yield watch
    clock.read_from(None)


@pytest.fixture
def county(watch: Watch) -> Area:
    return make_area(longitude=X, latitude=Y)


@pytest.fixture
def drama(county: Area) -> Drama:
    group = make_organization(home_area=county)
    authority = make_authority(county)
    cast = Cast(
        (Office(authority, county, make_member(authority, "owner")),),
        (Group(group, county, make_member(group, "owner")),),
    )
    ends_at = AT + timedelta(days=7)
    drill = Drill.objects.create(
        scenario="outbreak", policy="nearest", seed=1, begins_at=AT, ends_at=ends_at, reached_at=AT, started_at=AT
    )  # fmt: skip
    drama = Drama(drill, Story(AT, ends_at), Chance(1), cast, Hands(), POLICIES["nearest"]())
    drama.crisis = make_crisis(county)
    return drama


def somebody(kilometres: float, **fields: Any) -> Volunteer:
    """A volunteer so many kilometres north of the shifts."""
    user = fields.pop("user", None) or make_user(consents=("terms", "messages"))
    values = {"longitude": X, "latitude": Y + A_KM * kilometres, "reach_km": 20, "offers_a_day": 2, **fields}
    return make_volunteer(user=user, area=Area.objects.get(longitude=X), **values)


def work(drama: Drama, *, priority: int = 1, days: float = 2, seats: int = 1, **fields: Any) -> Shift:
    group = drama.cast.groups[0]
    task = make_task(area=group.area, crisis=drama.crisis, adopted_by=group.organization, priority=priority)
    return make_shift(
        task=task, starts_at=AT + timedelta(days=days), seats=seats, seats_min=seats, longitude=X, latitude=Y, **fields
    )  # fmt: skip


def look(drama: Drama, policy: str = "nearest", *, at: datetime = AT, dispatcher: Any = None) -> Any:
    """One look of a dispatcher, who is returned."""
    dispatcher = dispatcher or POLICIES[policy]()
    dispatcher._senders = {one.organization.pk: one.owner for one in drama.cast.groups}
    dispatcher._look(drama, at)
    return dispatcher


def asked(shift: Shift) -> list[int]:
    return list(Offer.objects.filter(shift=shift).order_by("pk").values_list("volunteer_id", flat=True))


def test_the_nearest_are_asked_first_as_many_as_are_missing_and_by_their_organizer(drama: Drama):
    far, near, middle = somebody(9), somebody(1), somebody(4)
    shift = work(drama, seats=2)

    look(drama)

    assert asked(shift) == [near.pk, middle.pk]
    assert far.pk not in asked(shift)
    offers = Offer.objects.filter(shift=shift)
    assert {(one.source, one.made_by) for one in offers} == {("organizer", drama.cast.groups[0].owner)}


def test_the_next_is_asked_after_a_no_or_a_silence_and_nobody_meanwhile(drama: Drama, watch: Watch):
    first, second, third = somebody(1), somebody(2), somebody(3)
    shift = work(drama, days=4)
    dispatcher = look(drama)
    look(drama, dispatcher=dispatcher)
    assert asked(shift) == [first.pk]

    decline_offer(offer=Offer.objects.get(), by=first.user, answer="no-time", words="", at=AT)
    look(drama, dispatcher=dispatcher)
    assert asked(shift) == [first.pk, second.pk]

    watch.now = AT + timedelta(days=1, hours=2)
    look(drama, at=watch.now, dispatcher=dispatcher)
    assert asked(shift) == [first.pk, second.pk, third.pk]


def test_one_dispatcher_goes_by_arrival_and_the_other_by_what_presses(drama: Drama):
    ordinary, pressing = work(drama, priority=1, days=2), work(drama, priority=3, days=2)
    only = somebody(1)

    look(drama, "nearest")
    assert (asked(ordinary), asked(pressing)) == ([only.pk], [])

    Offer.objects.all().delete()
    look(drama, "priority")
    assert (asked(ordinary), asked(pressing)) == ([], [only.pk])


@pytest.mark.parametrize(
    "fields",
    [
        {"offers_a_day": 0},
        {"reach_km": 1},
        {"max_hours_week": 1},
        {"user": ("terms",)},
    ],
)
def test_nobody_is_asked_who_may_not_be(drama: Drama, fields: dict[str, Any]):
    if "user" in fields:
        fields = {"user": make_user(consents=fields["user"])}
    unfit, fit = somebody(2, **fields), somebody(8)
    shift = work(drama)

    look(drama)

    assert unfit.pk not in asked(shift)
    assert asked(shift) == [fit.pk]


def test_what_a_seat_asks_for_comes_before_nearness(drama: Drama):
    skill = make_capability()
    somebody(1)
    able = somebody(12, capabilities=[skill])
    shift = work(drama, requirements=[skill])

    look(drama)

    assert asked(shift) == [able.pk]


def test_nobody_is_rung_up_at_night_and_standing_work_is_left_to_its_organizers(drama: Drama, watch: Watch):
    somebody(1)
    shift = work(drama)
    standing = make_shift(organization=drama.cast.groups[0].organization, longitude=X, latitude=Y)

    watch.now = AT + timedelta(hours=14)
    look(drama, at=watch.now)
    assert asked(shift) == []

    look(drama)
    assert (len(asked(shift)), asked(standing)) == (1, [])


def test_whoever_found_nobody_looks_again_after_some_hours(drama: Drama, watch: Watch):
    shift = work(drama, days=3)
    dispatcher = look(drama)
    late = somebody(1)

    look(drama, at=AT + policies.LOOK, dispatcher=dispatcher)
    assert asked(shift) == []

    watch.now = AT + policies.AGAIN
    look(drama, at=watch.now, dispatcher=dispatcher)
    assert asked(shift) == [late.pk]


def test_dispatchers_do_without_the_matching_and_the_matching_without_dispatchers(drama: Drama):
    assert POLICIES["certified"]().without == frozenset()
    assert all(Job.RUN_MATCH in POLICIES[name]().without for name in ("nearest", "priority"))
    assert {name: POLICIES[name]().filling for name in POLICIES} == {
        "certified": "offer",
        "nearest": "propose",
        "priority": "propose",
    }
