"""How offers were answered: counted each night, read with a role, and what becomes of waves and of the page by it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localtime

from core import clock, faults
from matching import jobs
from matching.actions import count_replies, count_replies_if_due, offer_next, plan, run_match
from matching.models import Proposal, ReplyRate
from matching.queries.replies import rate_of, rates_of
from tasks.actions.offers import expire_offers
from tasks.models import Offer
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_offer, make_shift, make_task, make_task_type, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.matching.province import make_open_offer, make_open_shift, make_willing
from tests.web.reading import check_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_day(time_machine):
    """Ten in the morning of a Wednesday, when people may be asked."""
    now = localtime(clock.now())
    wednesday = now + timedelta(days=(2 - now.weekday()) % 7)
    time_machine.move_to(wednesday.replace(hour=10, minute=5), tick=True)


def rows() -> list[tuple]:
    return list(ReplyRate.objects.order_by("pk").values_list())


def of(county, kind=None, band="") -> tuple[int, int] | None:
    return (
        ReplyRate.objects.filter(county=county, type=kind, band=band).values_list("asked", "accepted").first()
    )


def ask(shift, status: str, *, days_ago: float = 2, **fields) -> Offer:
    made_at = clock.now() - timedelta(days=days_ago, hours=2)
    if status != "offered":
        fields.setdefault("ended_at", made_at + timedelta(hours=1))
    return make_offer(role_of(shift), make_volunteer(), status=status, made_at=made_at, **fields)


def learn(asked: int, accepted: int, *, county=None, kind=None, band="") -> ReplyRate:
    return ReplyRate.objects.create(
        county=county, type=kind, band=band, asked=asked, accepted=accepted, counted_at=clock.now()
    )


def carry_out():
    at = clock.now()
    (run,) = plan(at=at)
    return run_match(run_id=run.pk, at=at)


def test_the_replies_of_180_days_are_counted_by_county_kind_and_time_of_the_week():
    tree = small_tree()
    one, other = tree.counties[:2]
    kind = make_task_type()
    task = make_task(area=one, type=kind)
    monday = localtime(clock.now()).replace(hour=9, minute=0) + timedelta(days=5)
    morning, evening, late, sunday = (
        make_shift(task=task, area=one, starts_at=monday + timedelta(hours=hours), seats=9)
        for hours in (0, 10, 14, -24)
    )
    elsewhere = make_shift(task=make_task(area=other, type=kind), area=other, starts_at=monday)
    for status in ("accepted", "declined", "expired", "expired"):
        ask(morning, status)
    for shift in (evening, late, sunday, elsewhere):
        ask(shift, "declined")
    ask(morning, "withdrawn")
    ask(morning, "offered", expires_at=clock.now() + timedelta(hours=1))
    ask(morning, "declined", days_ago=181)
    ask(morning, "declined", days_ago=0, ended_at=clock.now())

    made = count_replies(at=clock.now())

    assert [of(one, kind, band) for band in ("day", "evening", "night", "weekend")] == [(4, 1)] + [(1, 0)] * 3
    assert (of(one), of(other), of(None)) == ((7, 1), (1, 0), (8, 1))
    assert made == len(rows()) == 8


def test_counted_again_the_rows_are_the_same_and_what_came_late_is_taken_in(time_machine):
    shift = make_shift(seats=5)
    ask(shift, "declined")
    count_replies(at=clock.now())
    before = rows()

    count_replies(at=clock.now() + timedelta(hours=9))

    assert rows() == before

    # An answer of the day before yesterday whose transaction ended after the count.
    ask(shift, "accepted")
    time_machine.shift(timedelta(days=1))
    count_replies(at=clock.now())
    assert of(shift.area) == of(None) == (2, 1)

    # A group of which nothing is left in the window goes.
    Offer.objects.update(status="withdrawn", answer="", assignment=None)
    count_replies(at=clock.now())
    assert [(row.county_id, row.asked) for row in ReplyRate.objects.all()] == [(None, 0)]


def test_the_job_counts_once_a_day_and_a_count_that_breaks_off_leaves_the_last_one(monkeypatch, time_machine):
    shift = make_shift(seats=5)
    ask(shift, "declined")
    jobs.count_replies()
    assert of(None) == (1, 0)

    ask(shift, "accepted")
    assert count_replies_if_due(at=clock.now()) == 0
    assert of(None) == (1, 0)

    time_machine.shift(timedelta(days=1))
    with monkeypatch.context() as patch:

        def stop(name: str) -> None:
            raise RuntimeError(name)

        patch.setattr(faults, "point", stop)
        with pytest.raises(RuntimeError, match="replies-counted"):
            jobs.count_replies()
    assert of(None) == (1, 0)

    jobs.count_replies()
    assert of(None) == (2, 1)


def test_a_role_leans_on_its_kind_its_county_and_its_own_answers(django_assert_num_queries):
    tree = small_tree()
    shifts = [make_open_shift(tree, seats=9) for _ in range(3)]
    role = role_of(shifts[0])
    learn(4000, 2400)
    learn(1000, 300, county=shifts[0].area)
    learn(500, 50, county=shifts[0].area, kind=shifts[0].task.type, band="day")

    ids = [role.pk, *(role_of(shift).pk for shift in shifts[1:])]
    for some in (ids[:1], ids):
        with django_assert_num_queries(1):
            rates = rates_of(some, at=clock.now())
    kind, county = rates[ids[0]].mean, rates[ids[1]].mean
    ask(shifts[0], "accepted", days_ago=0)
    with_yes = rate_of(role.pk, at=clock.now()).mean
    # Nobody has come by to end it, but its time is over.
    make_open_offer(
        role,
        make_volunteer(),
        made_at=clock.now() - timedelta(hours=3),
        expires_at=clock.now() - timedelta(minutes=1),
    )

    assert kind == pytest.approx(0.1, abs=0.02) and county == pytest.approx(0.3, abs=0.02)
    assert kind < rate_of(role.pk, at=clock.now()).mean < with_yes
    assert rate_of(0, at=clock.now()).mean == pytest.approx(0.6)


@pytest.mark.parametrize(("accepted", "size"), [(900, 3), (600, 4), (300, 7), (None, 4)])
def test_the_size_of_a_wave_follows_what_was_learned(accepted, size):
    """Two are missing; with nothing learned it takes four newcomers."""
    tree = small_tree()
    shift = make_open_shift(tree, filling="offer", seats=9, seats_min=2, starts_at=tomorrow_at(9, days=2))
    if accepted is not None:
        learn(1000, accepted)
        learn(1000, accepted, county=shift.area)
    for _ in range(9):
        make_willing(tree)

    carry_out()

    offers = list(Offer.objects.all())
    assert len(offers) == size
    told = {offer.factors["likelihood"] for offer in offers}
    assert told == {factors["likelihood"] for factors in Proposal.objects.values_list("factors", flat=True)}


def test_a_second_wave_is_larger_where_nobody_answered_the_first_and_free_seats_are_its_limit():
    tree = small_tree()
    shift = make_open_shift(tree, filling="offer", seats=9, seats_min=2, starts_at=tomorrow_at(9, days=2))
    role = role_of(shift)
    for _ in range(16):
        make_willing(tree)
    carry_out()
    first = Offer.objects.count()
    now = clock.now()
    for wave in (first, 9):
        Offer.objects.filter(status="offered").update(
            made_at=now - timedelta(hours=3), expires_at=now - timedelta(minutes=1)
        )
        expire_offers(at=now)
        made = offer_next(role_id=role.pk, at=now).offers
        assert wave == 9 or made > first
        assert made <= 9
        assert Offer.objects.open(at=now).count() == made


def test_close_to_the_start_more_are_asked_than_are_expected_to_do(time_machine):
    tree = small_tree()
    learn(4000, 2400)
    asked = []
    for hours in (30, 4):
        shift = make_open_shift(
            tree, filling="offer", seats=9, seats_min=2, starts_at=clock.now() + timedelta(hours=hours)
        )
        for _ in range(9):
            make_willing(tree)
        offer_next(role_id=role_of(shift).pk, at=clock.now())
        asked.append(Offer.objects.filter(shift=shift).count())

    assert asked[0] == 4 < asked[1] <= 9
    # What is enough is enough: the ring may come twice.
    assert offer_next(role_id=role_of(shift).pk, at=clock.now()).offers == 0


def test_an_organizer_reads_how_many_will_say_yes(client: Client):
    tree = small_tree()
    shift = make_open_shift(tree, filling="propose", seats=12, seats_min=9, starts_at=tomorrow_at(9, days=2))
    learn(4000, 1000)
    learn(2000, 500, county=shift.area)
    for _ in range(8):
        make_open_offer(role_of(shift), make_willing(tree), factors={"likelihood": 0.25})
    free = make_willing(tree)
    sign_in(client, make_member(shift.organization, "owner"))
    address = f"/en/org/{shift.organization.code}/shifts/{shift.code}/fill/"

    seen = check_page(client.get(address))
    chinese = check_page(client.get(address.replace("/en/", "/zh-hans/")))
    client.post(address, {"pick": [free.number]})

    assert "8 are asked and have not answered yet. About 2 of them (0–4) will say yes." in seen.text
    assert "其中大约 2 人（0–4 人）会答应。" in chinese.text
    assert "2 of 10" in seen.text
    assert Offer.objects.get(volunteer=free).factors["likelihood"] < 0.4
