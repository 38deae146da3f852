"""A small random province: people with all kinds of limits, shifts with all kinds of needs, seats taken, offers open."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from core import clock
from tasks.models import Offer, Shift, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_role, make_shift, make_task, make_task_type
from tests.factories.volunteers import give_capability, make_capability, make_cause, make_volunteer
from volunteers.actions.implications import set_implications
from volunteers.models import AvailabilityException, Volunteer, WeeklyAvailability

CENTRE = (119.55, 29.83)


@dataclass(frozen=True)
class Province:
    tree: SmallTree
    volunteers: list[Volunteer]
    shifts: list[Shift]
    at: datetime


def make_open_shift(tree: SmallTree | None = None, *, filling: str = "propose", **fields) -> Shift:
    """A shift near the centre of the first county, tomorrow at nine; its task fills as said."""
    tree = tree or small_tree()
    county = tree.counties[0]
    task = fields.pop("task", None) or make_task(
        area=county,
        adopted_by=make_organization(home_area=county),
        filling=filling,
        **fields.pop("of_task", {}),
    )
    point = {"longitude": CENTRE[0], "latitude": CENTRE[1]}
    return make_shift(task=task, area=county, **{**point, **fields})


def make_willing(
    tree: SmallTree, *, consents: tuple[str, ...] = ("terms", "messages"), **fields
) -> Volunteer:
    """A grown-up near the centre of the first county who may be asked."""
    values = {
        "longitude": CENTRE[0] + 0.005,
        "latitude": CENTRE[1] + 0.005,
        "birth_on": date(1990, 5, 1),
        "area": tree.townships[0],
        **fields,
    }
    user = values.pop("user", None) or make_user(consents=consents)
    return make_volunteer(user=user, **values)


def make_open_offer(role: ShiftRole, volunteer: Volunteer, **fields) -> Offer:
    at = clock.now()
    values = {
        "source": "organizer",
        "made_at": at - timedelta(minutes=5),
        "expires_at": at + timedelta(hours=1),
        "offered_on": timezone.localdate(at),
        "ration_slot": 1,
        **fields,
    }
    return Offer.objects.create(
        role=role, shift=role.shift, volunteer=volunteer, county_id=role.shift.county_id, **values
    )


def make_province(seed: int, *, people: int = 40, shifts: int = 24) -> Province:
    """The same rows for the same seed and day."""
    dice = random.Random(seed)
    tree = small_tree()
    at = clock.now()
    skills = [
        make_capability(),
        make_capability(kind="language"),
        make_capability(kind="qualification"),
        make_capability(kind="qualification"),
    ]
    # The last paper is worth the other one and the skill, as a nurse is a first-aider.
    set_implications(direct=[(skills[3], skills[2]), (skills[2], skills[0])], by=None, at=at)
    types = [make_task_type(cause=make_cause()) for _ in range(3)]
    volunteers = [_volunteer(dice, tree, skills, types, at) for _ in range(people)]
    made = [_shift(dice, tree, skills, types, at) for _ in range(shifts)]
    for volunteer in volunteers:
        if dice.random() < 0.3:
            _occupy(dice, volunteer, made, at)
    return Province(tree, volunteers, made, at)


def _volunteer(dice, tree, skills, types, at) -> Volunteer:
    county = dice.choice(tree.counties[:2])
    point = {
        "longitude": county.longitude + dice.uniform(-0.12, 0.12),
        "latitude": county.latitude + dice.uniform(-0.12, 0.12),
    }
    consents = dice.choices([("terms", "messages"), ("terms",), ("messages",), ()], [12, 1, 1, 1])[0]
    volunteer = make_volunteer(
        user=make_user(consents=consents, is_active=dice.random() > 0.04),
        area=next(town for town in tree.townships if town.county_id == county.pk),
        reach_km=dice.choice([2, 5, 10, 30]),
        max_hours_week=dice.choice([3, 6, 10, 20]),
        birth_on=dice.choice(
            [
                None,
                date(2013, 11, 28),
                at.date() - timedelta(days=365 * 18 + dice.randint(0, 9)),
                date(1980, 1, 1),
            ]
        ),
        offers_a_day=dice.choices([0, 1, 2], [1, 2, 6])[0],
        takes_assignments=dice.random() < 0.3,
        **(point if dice.random() < 0.85 else {}),
    )
    for skill in skills:
        if dice.random() < 0.6:
            expires = dice.choice([None, None, at.date() + timedelta(days=dice.randint(-1, 8))])
            give_capability(volunteer, skill, confirmed=dice.random() < 0.7, expires_on=expires)
    volunteer.causes.set(dice.sample([kind.cause for kind in types], dice.randint(0, 2)))
    if dice.random() < 0.6:
        for weekday in dice.sample(range(7), dice.randint(3, 7)):
            start = dice.randint(0, 12)
            WeeklyAvailability.objects.create(
                volunteer=volunteer, weekday=weekday, starts_hour=start, ends_hour=dice.randint(start + 4, 24)
            )
    if dice.random() < 0.3:
        first = timezone.localdate(at) + timedelta(days=dice.randint(0, 6))
        AvailabilityException.objects.create(
            volunteer=volunteer,
            starts_on=first,
            ends_on=first + timedelta(days=1),
            is_free=dice.random() < 0.5,
        )
    return volunteer


def _shift(dice, tree, skills, types, at) -> Shift:
    county = dice.choice(tree.counties[:2])
    task = make_task(
        area=county,
        adopted_by=make_organization(home_area=county),
        type=dice.choice(types),
        priority=dice.randint(0, 3),
        filling=dice.choice(["propose", "offer", "assign"]),
        is_remote=dice.random() < 0.1,
    )
    start = at.replace(second=0, microsecond=0) + timedelta(minutes=15 * dice.randint(2, 4 * 24 * 7 - 60))
    point = {
        "longitude": county.longitude + dice.uniform(-0.1, 0.1),
        "latitude": county.latitude + dice.uniform(-0.1, 0.1),
    }
    shift = make_shift(
        task=task,
        area=county,
        starts_at=start,
        hours=dice.choice([1, 2.5, 4, 7.75]),
        seats=dice.randint(1, 6),
        seats_min=dice.randint(1, 4),
        min_age=dice.choice([0, 0, 16, 18]),
        requirements=[skill for skill in skills if dice.random() < 0.25],
        **(point if dice.random() < 0.9 else {}),
    )
    if dice.random() < 0.2:
        make_role(shift, seats=2, seats_min=1, requirements=dice.sample(skills, 1))
    return shift


def _occupy(dice, volunteer, shifts, at) -> None:
    """A seat, an open offer, or one that was declined."""
    role = dice.choice(shifts).roles.order_by("pk")[0]
    role.refresh_from_db()
    what = dice.choice(["seat", "offer", "declined"])
    if what == "seat" and role.seats_free:
        make_assignment(volunteer=volunteer, role=role)
    elif what == "offer" and role.seats_free > role.offers.count():
        make_open_offer(role, volunteer)
    else:
        make_open_offer(
            role, volunteer, status="declined", answer=dice.choice(Offer.Answer.values), ended_at=at
        )
