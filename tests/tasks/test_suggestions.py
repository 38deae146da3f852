"""Whom to ask for a seat: the best first, and what is said of the others."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import localtime

from areas.models import Area
from core import clock
from tasks.models import Shift
from tasks.policies import Turndown
from tasks.queries import offers as queries
from tasks.queries.offers import Suggestions, offer_of, open_offers_of, suggestions
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.tasks import make_assignment, make_offer, make_shift, make_task, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from tests.tasks.conftest import Statements
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db

LONGITUDE, LATITUDE = 120.16, 30.28


@pytest.fixture
def county(db: None) -> Area:
    return make_area()


def near(county: Area, metres: int = 500, **fields: Any) -> Volunteer:
    """A volunteer so far east of the shift who agreed to be asked."""
    user = make_user(consents=fields.pop("consents", ("terms", "messages")))
    values = {"longitude": LONGITUDE + metres / 96_025, "latitude": LATITUDE, **fields}
    return make_volunteer(user=user, area=county, **values)


def shift_in(county: Area, **fields: Any) -> Shift:
    return make_shift(area=county, **{"longitude": LONGITUDE, "latitude": LATITUDE, **fields})


def suggest(shift: Shift, **values: Any) -> Suggestions:
    return suggestions(role_of(shift), **{"at": clock.now(), **values})


def who(found: Suggestions) -> list[Volunteer]:
    return [row.volunteer for row in found.rows]


def test_the_nearest_come_first(county: Area) -> None:
    far, close = near(county, 2000), near(county, 600)

    found = suggest(shift_in(county))

    assert who(found) == [close, far]
    assert [round(row.metres, -1) for row in found.rows] == [600, 2000]
    assert (found.able, found.askable, found.turned_down) == (2, 2, [])


def test_a_preferred_cause_and_a_rested_person_outweigh_the_way(county: Area) -> None:
    shift = shift_in(county, starts_at=tomorrow_at(9))
    close, busy, keen = near(county, 650), near(county, 650), near(county, 4050)
    keen.causes.add(shift.task.type.cause)
    make_assignment(make_shift(starts_at=tomorrow_at(9, days=3)), busy)

    found = suggest(shift)

    assert who(found) == [keen, close, busy]
    assert [row.cost for row in found.rows] == [40, 256, 286]


def test_whoever_is_on_duty_comes_first_when_it_is_urgent(county: Area) -> None:
    close, on_duty = near(county, 100), near(county, 3000, on_duty_since=clock.now())
    soon = shift_in(county, starts_at=clock.now() + timedelta(hours=3))
    later = shift_in(county, starts_at=clock.now() + timedelta(hours=30))

    assert who(suggest(soon)) == [on_duty, close]
    assert who(suggest(later)) == [close, on_duty]


def test_as_many_are_marked_as_fill_what_is_missing(county: Area) -> None:
    shift = shift_in(county, seats=6, seats_min=2)
    for metres in range(100, 1100, 100):
        near(county, metres)

    found = suggest(shift)

    # Each says yes with 0.6: three give 1.8, four 2.4.
    assert [row.preselected for row in found.rows].count(True) == 4
    assert (found.missing, found.free, found.waiting) == (2, 6, 0)
    assert found.lasts == timedelta(hours=2)


def test_offers_that_are_open_count_as_on_their_way(county: Area) -> None:
    shift = shift_in(county, seats=4, seats_min=2)
    for _ in range(3):
        make_offer(role_of(shift), factors={"likelihood": 0.6})
    near(county)

    found = suggest(shift)

    assert (found.free, found.waiting) == (1, 3)
    assert found.preselected == []


def test_the_others_are_counted_by_what_keeps_them(county: Area) -> None:
    shift = shift_in(county, starts_at=tomorrow_at(9))
    role = role_of(shift)
    askable = near(county)
    near(county, max_hours_week=2)
    make_assignment(make_shift(starts_at=tomorrow_at(10)), near(county))
    make_assignment(make_shift(starts_at=tomorrow_at(14)), near(county))
    near(county, offers_a_day=0)
    for status in ("declined", "expired"):
        make_offer(role, near(county), status=status)

    found = suggest(shift)

    assert who(found) == [askable]
    assert dict(found.turned_down) == {
        Turndown.HOURS: 1,
        Turndown.OVERLAP: 1,
        Turndown.REST: 1,
        Turndown.RATION: 1,
        Turndown.ASKED: 2,
    }
    assert found.able == 7


def test_whoever_is_worth_more_elsewhere_is_left_there(county: Area) -> None:
    here, elsewhere = near(county), near(county)

    found = suggest(shift_in(county), elsewhere=lambda ids: {elsewhere.pk} & set(ids))

    assert who(found) == [here]
    assert found.turned_down == [(Turndown.NEEDED_ELSEWHERE, 1)]


def test_only_the_best_are_shown_and_weighed(county: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "WEIGHED", 4)
    people = [near(county, metres) for metres in range(100, 700, 100)]

    found = suggest(shift_in(county), limit=3)

    assert who(found) == people[:3]
    assert (found.able, found.askable) == (6, 4)
    assert found.turned_down == [(Turndown.FARTHER, 2)]


@pytest.mark.parametrize(
    "fields",
    [
        {"consents": ("terms",)},
        {"metres": 5200},
        {"longitude": None, "latitude": None, "area": None},
        {"user_active": False},
    ],
)
def test_nobody_is_counted_who_does_not_want_to_be_asked_or_is_far(
    county: Area, fields: dict[str, Any]
) -> None:
    active = fields.pop("user_active", True)
    volunteer = near(fields.pop("area", county), **fields)
    volunteer.user.is_active = active
    volunteer.user.save()

    found = suggest(shift_in(county))

    assert (found.rows, found.able) == ([], 0)


def test_a_farther_reach_finds_a_farther_shift(county: Area) -> None:
    willing = near(county, 12_000, reach_km=20)

    assert who(suggest(shift_in(county))) == [willing]


def test_somebody_across_the_border_of_the_county_is_near_too(county: Area) -> None:
    beyond = make_area(parent=county.parent)
    neighbour = near(beyond)

    assert who(suggest(shift_in(county))) == [neighbour]


def test_whoever_lacks_what_the_seat_asks_for_is_not_counted(county: Area) -> None:
    skill = make_capability()
    able = near(county, capabilities=[skill])
    near(county)

    found = suggest(shift_in(county, requirements=[skill]))

    assert (who(found), found.able) == ([able], 1)


def test_a_shift_without_a_point_looks_in_its_county(county: Area) -> None:
    here = near(county, 30_000, reach_km=1)
    near(make_area())

    found = suggest(make_shift(area=county))

    assert who(found) == [here]
    assert found.rows[0].metres is None


def test_a_shift_without_a_point_looks_from_the_middle_of_its_township(county: Area) -> None:
    township = make_area(parent=county, level=4, longitude=LONGITUDE, latitude=LATITUDE)
    far, close = near(county, 8000, reach_km=5), near(county, 600, reach_km=1)
    near(county, 20_000, reach_km=10)

    found = suggest(make_shift(area=township))

    assert who(found) == [close, far]
    assert [row.metres for row in found.rows] == [None, None]


def test_work_from_home_has_no_distance(county: Area) -> None:
    far = near(county, 30_000, reach_km=1)
    shift = shift_in(county, task=make_task(area=county, is_remote=True))

    found = suggest(shift)

    assert who(found) == [far]
    assert found.rows[0].factors["remote"] is True


def test_work_without_a_time_finds_people_too(county: Area) -> None:
    busy = near(county)
    make_assignment(make_shift(), busy)
    shift = shift_in(county)
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None)

    assert who(suggest(shift)) == [busy]


def test_a_full_shift_suggests_nobody(county: Area) -> None:
    near(county)
    shift = shift_in(county, seats=1, seats_min=1)
    make_assignment(shift)

    found = suggest(shift)

    assert found.rows == []
    assert found.turned_down == [(Turndown.SHIFT_FULL, 1)]


def test_three_people_take_as_many_statements_as_one(county: Area, statements: Statements) -> None:
    role = role_of(shift_in(county))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            near(county)
        with statements() as seen:
            suggestions(role, at=clock.now())
        counts.append(len(seen))

    assert counts == [5, 5], seen


def test_neither_sex_nor_study_nor_age_moves_anybody(county: Area) -> None:
    born = localtime(clock.now()).date() - timedelta(days=365 * 70)
    plain = near(county)
    described = near(county, sex="female", is_student=True, birth_on=born)

    rows = {row.volunteer: row for row in suggest(shift_in(county)).rows}

    assert rows[plain].cost == rows[described].cost
    assert rows[plain].factors == rows[described].factors


def test_a_volunteer_sees_their_open_offers_and_only_theirs() -> None:
    offer = make_offer()
    later = make_offer(volunteer=offer.volunteer, expires_at=offer.expires_at + timedelta(hours=1))
    make_offer(
        volunteer=offer.volunteer, status="declined", offered_on=localtime(clock.now()).date() - timedelta(1)
    )
    stranger = make_volunteer()

    assert list(open_offers_of(offer.volunteer, clock.now())) == [offer, later]
    assert list(open_offers_of(offer.volunteer, offer.expires_at)) == [later]
    assert list(open_offers_of(stranger, clock.now())) == []
    assert offer_of(offer.code, offer.volunteer) == offer
    assert offer_of(offer.code, stranger) is None


def test_the_search_uses_the_counties_and_no_table_of_volunteers_whole(county: Area) -> None:
    role = role_of(shift_in(county))
    near(county)
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        suggestions(role, at=clock.now())

    ((sql, params),) = [(sql, params) for sql, params in asked if "WITH county" in sql]
    with connection.cursor() as cursor:
        # With one row a scan of the whole table would be cheapest.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond: (county_id = county.id)" in plan, plan
    assert "consent_last_word" in plan, plan
    assert "Seq Scan on volunteers_volunteer " not in plan, plan


def test_for_cover_the_nearest_come_first_and_among_them_whoever_was_asked_longest_ago(county: Area) -> None:
    now = clock.now()
    shift = shift_in(county)
    far, lately, long_ago, never = near(county, 2500), near(county, 200), near(county, 700), near(county, 900)
    other = role_of(make_shift(starts_at=tomorrow_at(9, days=9)))
    for person, days in ((lately, 2), (long_ago, 12), (far, 40)):
        make_offer(other, person, status="expired", made_at=now - timedelta(days=days))
    far.causes.add(shift.task.type.cause)

    found = suggest(shift, order=queries.Order.COVER)

    # Within the same kilometre, two hundred metres do not decide.
    assert who(found) == [never, long_ago, lately, far]
    asked = [(now - row.last_asked_at).days if row.last_asked_at else None for row in found.rows]
    assert asked == [None, 12, 2, 40]
    # What the order by cost says is another thing.
    assert who(suggest(shift))[0] == far


def test_for_cover_nobody_is_asked_beyond_their_ration(county: Area) -> None:
    shift = shift_in(county)
    spent = near(county, 100, offers_a_day=1)
    make_offer(role_of(make_shift(starts_at=tomorrow_at(9, days=9))), spent, status="expired")
    free = near(county, 4000)

    found = suggest(shift, order=queries.Order.COVER)

    assert who(found) == [free]
    assert dict(found.turned_down)[Turndown.RATION] == 1


def test_of_two_who_cost_the_same_whoever_was_asked_longer_ago_comes_first(county: Area) -> None:
    shift = shift_in(county)
    first, second = near(county, 500), near(county, 500)
    other = role_of(make_shift(starts_at=tomorrow_at(9, days=9)))
    for person, days in ((first, 20), (second, 30)):
        make_offer(other, person, status="expired", made_at=clock.now() - timedelta(days=days))

    assert who(suggest(shift)) == [second, first]
