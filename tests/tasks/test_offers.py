"""Making offers: who may be asked, how often, and for how many seats."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localtime

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions.offers import Made, Pick, make_offers
from tasks.models import Offer, Shift
from tasks.policies import Turndown
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.tasks import (
    make_assignment,
    make_offer,
    make_record,
    make_shift,
    make_stop,
    make_task,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import give_capability, make_capability, make_volunteer
from tests.tasks.conftest import Statements
from volunteers.models import Volunteer, WeeklyAvailability

pytestmark = pytest.mark.django_db

AGREED = ("terms", "messages")


def willing(**fields: Any) -> Volunteer:
    """A volunteer who agreed to be asked."""
    consents = fields.pop("consents", AGREED)
    return make_volunteer(user=make_user(consents=consents), **fields)


def ask(shift: Shift, *volunteers: Volunteer, **values: Any) -> Made:
    if "by" not in values:
        values["by"] = make_member(shift.organization)
    values = {"source": "organizer", "at": clock.now(), **values}
    return make_offers(role=role_of(shift), picks=[Pick(one.pk) for one in volunteers], **values)


def turned_down(shift: Shift, volunteer: Volunteer, **values: Any) -> Turndown:
    made = ask(shift, volunteer, **values)
    assert made.offers == []
    ((who, why),) = made.refused
    assert who == volunteer
    return why


def test_an_offer_says_who_what_why_and_until_when() -> None:
    shift = make_shift(longitude=120.16, latitude=30.28)
    volunteer = willing(longitude=120.166, latitude=30.28)
    organizer = make_member(shift.organization)
    at = clock.now()

    (offer,) = ask(shift, volunteer, by=organizer, at=at).offers

    saved = Offer.objects.get()
    assert saved == offer
    assert (saved.role, saved.shift, saved.volunteer) == (role_of(shift), shift, volunteer)
    assert (saved.status, saved.source, saved.made_by) == ("offered", "organizer", organizer)
    assert (saved.made_at, saved.offered_on, saved.ration_slot) == (at, localtime(at).date(), 1)
    assert saved.expires_at == at + timedelta(hours=2)
    assert saved.factors["metres"] == 576
    assert saved.factors["likelihood"] == 0.6


def test_whoever_is_asked_is_told_in_the_app_and_outside() -> None:
    (offer,) = ask(make_shift(), willing()).offers

    messages = Message.objects.filter(kind="shift_offered")
    assert {message.channel for message in messages} == {"inbox", "sms"}
    assert {message.useful_until for message in messages} == {offer.expires_at}
    assert {message.context["url"] for message in messages} == {f"/me/offers/{offer.code}/"}


def test_offers_are_recorded_once_for_all() -> None:
    shift = make_shift()
    organizer = make_member(shift.organization)

    made = ask(shift, willing(), willing(), by=organizer)

    record = AuditRecord.objects.get(verb="offers.made")
    assert record.actor_id == organizer.pk
    assert record.data["offers"] == [offer.code for offer in made.offers]


def test_what_the_matching_knew_is_kept_with_the_offer() -> None:
    shift = make_shift()
    volunteer = willing(on_duty_since=clock.now())

    made = make_offers(
        role=role_of(shift),
        picks=[Pick(volunteer.pk, {"price": 4200, "runner_up": None})],
        source="matching",
        by=None,
        at=clock.now(),
        run_code="RUN34679",
    )

    assert made.offers[0].factors["price"] == 4200
    assert made.offers[0].factors["on_duty"] is True
    assert (made.offers[0].run_code, made.offers[0].made_by) == ("RUN34679", None)


def test_earlier_service_of_the_same_work_speaks_for_somebody() -> None:
    shift = make_shift()
    volunteer = willing()
    before = make_task(type=shift.task.type)
    days = [clock.now() - timedelta(days=days) for days in (20, 9)]
    for day in days:
        earlier = make_shift(task=before, starts_at=day)
        make_record(make_assignment(earlier, volunteer))

    (offer,) = ask(shift, volunteer).offers

    assert offer.factors["served"] == [localtime(day).date().isoformat() for day in reversed(days)]
    assert offer.factors["likelihood"] == 0.67
    assert offer.factors["waited_days"] >= 8


def test_what_the_seat_asks_for_speaks_for_whoever_has_it() -> None:
    language, skill = make_capability(kind="language"), make_capability()
    shift = make_shift(requirements=[language, skill])

    (offer,) = ask(shift, willing(capabilities=[language, skill])).offers

    assert offer.factors["speaks"] == [{"zh": language.name_zh, "en": language.name_en}]
    assert offer.factors["can"] == [{"zh": skill.name_zh, "en": skill.name_en}]


@pytest.mark.parametrize("consents", [("terms",), ("messages",), ()])
def test_only_whoever_agreed_to_messages_is_asked(consents: tuple[str, ...]) -> None:
    why = turned_down(make_shift(), willing(consents=consents))

    assert why == (Turndown.NO_MESSAGES if consents == ("terms",) else Turndown.CONSENT)
    assert not Message.objects.exists()


def test_the_rules_of_a_sign_up_hold_for_an_offer() -> None:
    shift = make_shift(
        min_age=18,
        requirements=[make_capability()],
        longitude=120.16,
        latitude=30.28,
        starts_at=tomorrow_at(9),
    )
    (needed,) = role_of(shift).requirements.all()
    born = localtime(clock.now()).date() - timedelta(days=365 * 30)

    def able(**fields: Any) -> Volunteer:
        return willing(capabilities=[needed], birth_on=fields.pop("birth_on", born), **fields)

    assert turned_down(shift, willing(birth_on=born)) == Turndown.CAPABILITY
    assert turned_down(shift, able(birth_on=None)) == Turndown.BIRTHDAY
    assert turned_down(shift, able(birth_on=born + timedelta(days=365 * 20))) == Turndown.GUARDIAN
    assert turned_down(shift, able(longitude=121.0, latitude=30.28)) == Turndown.DISTANCE
    assert turned_down(shift, able(max_hours_week=2)) == Turndown.HOURS
    busy = able()
    make_assignment(make_shift(starts_at=tomorrow_at(11)), busy)
    assert turned_down(shift, busy) == Turndown.OVERLAP
    tired = able()
    make_assignment(make_shift(starts_at=tomorrow_at(14)), tired)
    assert turned_down(shift, tired) == Turndown.REST
    assert ask(shift, able()).offers


def test_a_paper_that_runs_out_before_the_shift_does_not_count() -> None:
    paper = make_capability(kind="qualification")
    shift = make_shift(requirements=[paper])
    volunteer = willing()
    give_capability(volunteer, paper, expires_on=localtime(clock.now()).date())

    assert turned_down(shift, volunteer) == Turndown.CAPABILITY


def test_whoever_has_the_seat_or_was_asked_for_it_is_not_asked_again() -> None:
    shift = make_shift()
    holder, said_no, silent = willing(), willing(), willing()
    make_assignment(shift, holder)
    make_offer(role_of(shift), said_no, status="declined")
    make_offer(role_of(shift), silent, status="expired")

    assert turned_down(shift, holder) == Turndown.ALREADY_SIGNED_UP
    assert turned_down(shift, said_no) == Turndown.ASKED
    assert turned_down(shift, silent) == Turndown.ASKED


def test_a_withdrawn_offer_may_be_made_again() -> None:
    shift = make_shift()
    volunteer = willing()
    make_offer(role_of(shift), volunteer, status="withdrawn")

    (offer,) = ask(shift, volunteer).offers

    assert offer.ration_slot == 2


def test_nobody_is_asked_for_two_shifts_at_one_time() -> None:
    volunteer = willing()
    ask(make_shift(), volunteer)

    assert turned_down(make_shift(), volunteer) == Turndown.ASKED_ELSEWHERE


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("not-this-work", Turndown.NOT_THIS_WORK),
        ("need-rest", Turndown.TIRED),
        ("too-far", Turndown.DISTANCE),
        ("no-time", None),
    ],
)
def test_a_no_teaches_the_next_choice(answer: str, why: Turndown | None) -> None:
    here = {"longitude": 120.16, "latitude": 30.28}
    shift = make_shift(**here)
    volunteer = willing(longitude=120.18, latitude=30.28)
    other = make_shift(task=make_task(type=shift.task.type), starts_at=tomorrow_at(9, days=4))
    make_offer(role_of(other), volunteer, status="declined", answer=answer, factors={"metres": 1500})

    made = ask(shift, volunteer)

    assert [refused for _, refused in made.refused] == ([why] if why else [])


def test_the_ration_is_two_alerts_a_day_or_what_the_person_chose() -> None:
    shifts = [make_shift(starts_at=tomorrow_at(9, days=days)) for days in (2, 3, 4)]
    open_to_all, once, never = willing(), willing(offers_a_day=1), willing(offers_a_day=0)

    results = [ask(shift, open_to_all, once, never) for shift in shifts]

    asked = [{offer.volunteer for offer in made.offers} for made in results]
    assert asked == [{open_to_all, once}, {open_to_all}, set()]
    assert {why for made in results for _, why in made.refused} == {Turndown.RATION}


def test_the_ration_begins_anew_with_the_day() -> None:
    volunteer = willing()
    evening = tomorrow_at(21)
    for days in (4, 5):
        assert ask(make_shift(starts_at=tomorrow_at(9, days=days)), volunteer, at=evening).offers
    shift = make_shift(starts_at=tomorrow_at(9, days=6))

    assert turned_down(shift, volunteer, at=evening + timedelta(hours=2)) == Turndown.RATION
    assert ask(shift, volunteer, at=evening + timedelta(hours=10)).offers


def test_offers_never_exceed_the_free_seats() -> None:
    shift = make_shift(seats=3, seats_min=1)
    make_assignment(shift)
    people = [willing() for _ in range(4)]

    made = ask(shift, *people)

    assert [offer.volunteer for offer in made.offers] == people[:2]
    assert made.refused == [(people[2], Turndown.SHIFT_FULL), (people[3], Turndown.SHIFT_FULL)]
    assert turned_down(shift, willing()) == Turndown.SHIFT_FULL


def test_an_offer_that_ran_out_holds_no_seat() -> None:
    shift = make_shift(seats=1, seats_min=1)
    past = clock.now() - timedelta(hours=1)
    make_offer(role_of(shift), made_at=past, expires_at=past + timedelta(minutes=20))

    assert ask(shift, willing()).offers


@pytest.mark.parametrize("seats_held", [1])
def test_seats_held_for_the_waiting_list_are_not_offered(seats_held: int) -> None:
    shift = make_shift(seats=1, seats_min=1)
    shift.roles.update(seats_held=seats_held)

    assert turned_down(shift, willing()) == Turndown.SHIFT_FULL


def test_nothing_is_offered_where_everything_stands_still() -> None:
    shift = make_shift()
    make_stop(shift.area)

    assert turned_down(shift, willing()) == Turndown.AREA_STOPPED


def test_nothing_is_offered_of_a_shift_that_is_cancelled_or_has_begun() -> None:
    cancelled = make_shift(status="cancelled", cancelled_at=clock.now(), cancel_reason="Rain.")
    begun = make_shift(starts_at=clock.now() - timedelta(minutes=1))

    assert turned_down(cancelled, willing()) == Turndown.NOT_OPEN
    assert turned_down(begun, willing()) == Turndown.TOO_LATE


def test_the_matching_lets_people_sleep_and_an_organizer_may_write_at_night() -> None:
    shift = make_shift(starts_at=tomorrow_at(15, days=3))
    night = tomorrow_at(23)

    assert turned_down(shift, willing(), at=night, by=None, source="matching") == Turndown.QUIET
    assert ask(shift, willing(on_duty_since=night), at=night, by=None, source="matching").offers
    assert ask(shift, willing(), at=night).offers


def test_nobody_is_asked_outside_their_week() -> None:
    shift = make_shift(starts_at=tomorrow_at(9))
    volunteer = willing()
    other_day = (localtime(shift.starts_at).weekday() + 1) % 7
    WeeklyAvailability.objects.create(volunteer=volunteer, weekday=other_day, starts_hour=0, ends_hour=24)

    assert turned_down(shift, volunteer) == Turndown.NOT_FREE


def test_somebody_named_twice_is_asked_once() -> None:
    volunteer = willing()

    assert len(ask(make_shift(), volunteer, volunteer).offers) == 1


def test_somebody_unknown_is_a_mistake_of_the_caller() -> None:
    shift = make_shift()

    with pytest.raises(LookupError):
        make_offers(role=role_of(shift), picks=[Pick(0)], source="matching", by=None, at=clock.now())


def test_three_offers_take_as_many_statements_as_one(statements: Statements) -> None:
    shift = make_shift()
    organizer = make_member(shift.organization)
    counts = []
    for people in ([willing()], [willing() for _ in range(3)]):
        with statements() as seen:
            ask(shift, *people, by=organizer)
        counts.append(len(seen))

    # One of them is this test reading the role.
    assert counts == [13, 13], seen


def test_whoever_wants_a_rest_has_it_for_the_day_of_the_answer() -> None:
    morning = tomorrow_at(8)
    volunteer = willing()
    asked_yesterday = make_offer(
        role_of(make_shift(starts_at=tomorrow_at(9, days=4))),
        volunteer,
        made_at=morning - timedelta(hours=11),
        expires_at=morning + timedelta(hours=1),
    )
    Offer.objects.filter(pk=asked_yesterday.pk).update(
        status="declined", answer="need-rest", ended_at=morning
    )
    shift = make_shift(starts_at=tomorrow_at(9, days=3))

    assert turned_down(shift, volunteer, at=morning + timedelta(hours=2)) == Turndown.TIRED
    assert ask(shift, volunteer, at=morning + timedelta(days=1)).offers
