"""The people of a drill: draws that repeat, a curve of joining, tiring, and some days played through the real actions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import localtime

from accounts.models import Consent
from core import clock, deployment
from core.models import AuditRecord
from operations.drill.chance import Chance
from operations.drill.drama import Drama
from operations.drill.people import model
from operations.drill.people.actor import People
from operations.drill.people.board import Board
from operations.drill.people.known import busy_periods, gather_people
from operations.drill.playing import SCENARIOS, compose
from tasks.actions.offers import Pick, make_offers
from tasks.models import Assignment, CheckIn, Crisis, Offer, Shift
from tests.factories.areas import make_area
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.tasks import make_crisis, make_shift, make_task, make_task_type
from tests.factories.volunteers import make_cause, make_volunteer
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db

BEGINS_AT = datetime(2026, 3, 1, 22, tzinfo=UTC)
DAYS = 9
# Of those who were there before; a third more join, so many of them by the end of the days that are played.
PEOPLE = 36
CONSENTS = ("terms", "messages")


class Jumping:
    """A stage without jobs: the clock jumps to whatever happens next."""

    def __init__(self) -> None:
        self.now = BEGINS_AT

    def reach(self, moment: datetime) -> datetime:
        self.now = max(self.now, moment)
        return self.now


@pytest.fixture
def stage() -> Iterator[Jumping]:
    stage = Jumping()
    clock.read_from(lambda: stage.now)
    deployment.mark_synthetic(at=BEGINS_AT)
    yield stage
    clock.read_from(None)
    deployment.remember(False)


@pytest.fixture
def drama(stage: Jumping) -> Drama:
    """A county with an authority, a group, people around one point, and a shift of the crisis on every day."""
    county = make_area(longitude=120.1, latitude=30.2)
    township = make_area(level=4, parent=county, longitude=120.1, latitude=30.2)
    authority = make_authority(county)
    make_member(authority, "owner")
    group = make_organization(home_area=county)
    make_member(group, "owner")
    cause = make_cause("health")
    crisis = make_crisis(area=county)
    task = make_task(
        area=county, issuer=authority, adopted_by=group, type=make_task_type(cause=cause), crisis=crisis
    )
    for day in range(2, DAYS):
        make_shift(
            task=task,
            organization=group,
            starts_at=BEGINS_AT + timedelta(days=day, hours=3),
            seats=5,
            longitude=120.1,
            latitude=30.2,
        )
    for number in range(PEOPLE):
        person = make_volunteer(
            area=township, longitude=120.1, latitude=30.2 + number / 5_000, reach_km=20, max_hours_week=20
        )
        person.causes.add(cause)
        for purpose in CONSENTS[1:]:
            Consent.objects.create(
                user=person.user, purpose=purpose, version="1", decision="granted", at=BEGINS_AT
            )
    return compose(scenario=SCENARIOS["outbreak"], policy="certified", seed=3, begins_at=BEGINS_AT, days=DAYS)


def test_a_draw_is_the_same_whenever_it_is_asked_for_and_another_for_every_seed():
    first, again, other = Chance(5), Chance(5), Chance(6)
    keys = [("looks", number) for number in range(50)]

    forwards = [first.uniform(*key) for key in keys]
    backwards = [again.uniform(*key) for key in reversed(keys)]

    assert forwards == backwards[::-1]
    assert forwards != [other.uniform(*key) for key in keys]
    assert len(set(forwards)) == 50


def test_people_join_along_a_logistic_curve_with_its_middle_around_the_eighth_day():
    last = model.WHOLE_CRISIS_DAYS
    days = [model.day_of_joining((number + 0.5) / 1000, last) for number in range(1000)]

    assert days == sorted(days)
    assert all(0 <= day <= last for day in days)
    assert days[500] == pytest.approx(8.3, abs=0.3)
    assert sum(4 < day < 12 for day in days) > 600
    for day in (1.0, 8.0, 30.0):
        assert model.day_of_joining(model.joined_by(day, last), last) == pytest.approx(day)


def test_alerts_that_led_to_nothing_make_a_yes_less_likely_and_are_forgotten():
    asked = {
        "means_to": True,
        "km": 3.0,
        "likes_cause": True,
        "on_duty": False,
        "is_crisis": True,
        "day": 20.0,
    }

    likely = [model.yes(**asked, vain=vain) for vain in (0.0, 1.0, 3.0, 6.0)]
    silent = [model.silence(vain) for vain in (0.0, 1.0, 3.0, 6.0)]

    assert likely == sorted(likely, reverse=True)
    assert likely[3] < likely[0] / 3
    assert silent == sorted(silent)
    later = BEGINS_AT + timedelta(days=model.VAIN_HALF_LIFE_DAYS)
    assert model.faded(4.0, BEGINS_AT, later) == pytest.approx(2.0)


def test_the_experienced_turn_to_the_crisis_as_it_peaks_and_come_back_after_it():
    turning = [model.turns_to_crisis(day, hours=200.0) for day in (-1.0, 2.0, 20.0, 120.0)]

    assert turning[0] == 0
    assert turning[2] == max(turning)
    assert turning[3] < turning[2] / 5
    assert model.turns_to_crisis(20.0, hours=0.0) < turning[2]


def test_nobody_is_shown_what_the_rules_of_a_sign_up_would_refuse(drama: Drama, stage: Jumping):
    crowd = gather_people(drama.chance, BEGINS_AT)
    person = next(iter(crowd.people.values()))
    day = Shift.objects.order_by("starts_at").first()
    make_shift(
        task=day.task,
        organization=day.organization,
        starts_at=day.starts_at,
        min_age=18,
        longitude=120.1,
        latitude=30.2,
    )
    far = make_shift(
        task=day.task, organization=day.organization, starts_at=day.starts_at, longitude=121.5, latitude=30.2
    )
    board = Board.read(BEGINS_AT)
    near = [opening for opening, _ in board.near(person, crisis=True)]
    taken = next(opening for opening in near if opening.shift_id == day.pk)

    free = [one for one in near if not one.grounds(person, [], localtime(BEGINS_AT))]
    busy = [(taken.starts_at, taken.ends_at)]

    assert far.pk not in {one.shift_id for one in near}
    assert all(one.min_age == 0 for one in free) and taken in free
    assert taken.grounds(person, busy, localtime(BEGINS_AT))
    assert busy_periods([person.id], BEGINS_AT) == {}


def test_people_join_sign_up_answer_come_and_leave_through_the_product_s_own_actions(
    drama: Drama, stage: Jumping
):
    people = People()
    people.begin(drama)
    for person in people.crowd.people.values():
        person.means_to, person.looks_a_day = True, 1.5
    asked = list(Volunteer.objects.order_by("pk")[:5])
    role = Shift.objects.order_by("-starts_at").first().roles.get()
    drama.story.plan(
        BEGINS_AT + timedelta(days=1, hours=3),
        lambda at: make_offers(
            role=role, picks=[Pick(one.pk) for one in asked], source="matching", by=None, at=at
        ),
    )

    assert drama.story.run(stage)

    done = drama.hands.done
    joined = Volunteer.objects.filter(joined_at__gt=BEGINS_AT)
    assert joined.count() == done["join"] >= 3
    assert AuditRecord.objects.filter(verb="volunteer.joined").count() == done["join"]
    assert all(one.phone.startswith("+861006") for one in (volunteer.user for volunteer in joined))
    assert set(people.crowd.people) == set(Volunteer.objects.values_list("pk", flat=True))
    assert Offer.objects.filter(status__in=("accepted", "declined")).count() >= 2
    assert done["sign up"] >= 5
    seats = Assignment.objects.live().filter(shift__ends_at__lt=drama.story.ends_at - timedelta(hours=1))
    came = set(CheckIn.objects.filter(kind="in").values_list("assignment_id", flat=True))
    left = set(CheckIn.objects.filter(kind="out").values_list("assignment_id", flat=True))
    assert left and came >= left
    assert 0.5 * seats.count() <= len(left) <= seats.count()
    for arrival in CheckIn.objects.filter(kind="in").select_related("assignment__shift"):
        late = arrival.at - arrival.assignment.shift.starts_at
        assert timedelta(hours=-1) < late <= timedelta(minutes=90)
    assert sum(drama.hands.refused.values()) <= 0.1 * sum(done.values()), drama.hands.refused
    assert Crisis.objects.count() == 1
