"""Why a seat is empty, on the page where it is filled: who reads it, in both languages, and what nobody learns."""

from typing import Any

import pytest
from django.test import Client

from core import clock
from matching.models import MatchRun, Proposal, RolePrice
from tasks.models import Shift
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_shift, role_of
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, statements
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
WHY = "Besides those planned here, 14 people qualify, and all of them are needed more elsewhere"


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def shift(tree: SmallTree) -> Shift:
    county = tree.counties[0]
    return make_shift(
        organization=make_organization(home_area=county), longitude=120.15, latitude=30.27, seats=5
    )


def planned(tree: SmallTree, shift: Shift, *people: Volunteer, empty: int = 2) -> MatchRun:
    """A plan with these people in the shift, that leaves seats empty."""
    at = clock.now()
    run = MatchRun.objects.create(
        scope=tree.province, demand_version="1", plans_from=at, requested_at=at, status="done", finished_at=at
    )
    role = role_of(shift)
    for rank, volunteer in enumerate(people, start=1):
        factors = {
            "cost": 280,
            "price": 12_000.0,
            "elsewhere": 11_720.0,
            "runner_up": 140.0,
            "likelihood": 0.6,
        }
        Proposal.objects.create(run=run, role=role, volunteer=volunteer, rank=rank, factors=factors)
    counts = {"qualify": 15, "others": 14, "elsewhere": 14, "idle": 0, "lacking": 40, "not_free": 0, "far": 2}
    RolePrice.objects.create(
        run=run, role=role, price=12_000, verdict="worth-more-elsewhere", empty_count=empty, people=counts
    )
    return run


def neighbour(tree: SmallTree) -> Volunteer:
    return make_volunteer(
        user=make_user(consents=("terms", "messages")),
        area=tree.counties[0],
        longitude=120.15,
        latitude=30.28,
        reach_km=10,
    )


def page(client: Client, shift: Shift, language: str = "en") -> Any:
    return client.get(f"/{language}/org/{shift.organization.code}/shifts/{shift.code}/fill/")


def test_the_organizer_reads_why_and_what_would_help_in_both_languages(
    client: Client, tree: SmallTree, shift: Shift
) -> None:
    planned(tree, shift, neighbour(tree))
    sign_in(client, make_member(shift.organization, "organizer"))

    with statements() as made:
        english = page(client, shift)
    seen, chinese = check_page(english), check_page(page(client, shift, "zh-hans"))

    assert WHY in seen.text
    assert "Ask for less: at least 40 people near by" in seen.text
    assert "Ask wider, or offer a ride: one or two people" in seen.text
    assert "Choose another hour" not in seen.text
    assert "除了已经排在这里的，14 人符合要求" in chinese.text
    # What the plan counted for the one it suggests: price, what else they could do, how much more the next one costs.
    for words in ("280 points", "12,000 points", "11,720 points", "140 points more"):
        assert words in seen.text
    assert len(made) <= 12


def test_where_every_free_seat_has_somebody_nothing_is_explained(
    client: Client, tree: SmallTree, shift: Shift
) -> None:
    planned(tree, shift, *(neighbour(tree) for _ in range(5)))
    sign_in(client, make_member(shift.organization, "organizer"))

    assert "Why seats stay empty" not in check_page(page(client, shift)).text


def test_nobody_but_who_fills_the_shift_reads_it(client: Client, tree: SmallTree, shift: Shift) -> None:
    volunteer = neighbour(tree)
    planned(tree, shift, volunteer)
    others = [
        make_member(shift.organization, "desk"),
        make_member(make_organization(home_area=tree.counties[0]), "owner"),
        make_member(make_authority(tree.province), "owner"),
        make_user(is_staff=True),
        volunteer.user,
        neighbour(tree).user,
    ]

    answers = [page(Client(), shift), *(page(sign_in(Client(), each), shift) for each in others)]

    assert {answer.status_code for answer in answers} <= {302, 303, 403, 404}
    assert all(WHY not in answer.content.decode() for answer in answers)


def test_the_page_of_a_need_says_nothing_of_the_next_one_or_of_points(tree: SmallTree, shift: Shift) -> None:
    volunteer, other = neighbour(tree), neighbour(tree)
    planned(tree, shift, volunteer)

    for person in (volunteer, other):
        text = sign_in(Client(), person.user).get(f"/en/needs/{shift.code}/").content.decode()
        for words in ("12,000", "11,720", "280 points", "the next one", WHY):
            assert words not in text
