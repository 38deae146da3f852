"""Requests in a call that waits for an official's word: whoever asked hears of it once it is public."""

import pytest
from django.utils import timezone

from accounts.models import User
from core import clock
from notifications.models import Message
from residents.actions.following import follow
from residents.actions.placing import place
from residents.models import HelpRequest
from tasks.actions.calls import cancel_task
from tasks.actions.reviews import approve_review, return_review
from tasks.actions.shifts import post_shift
from tasks.models import Review
from tests.factories.accounts import make_user
from tests.factories.governing import make_mode
from tests.factories.organizations import make_member
from tests.factories.tasks import tomorrow_at
from tests.residents.triage_rules import Town, make_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = make_town()
    make_mode(town.authority.home_area, "host")
    return town


@pytest.fixture
def official(town: Town) -> User:
    return make_member(town.authority)


@pytest.fixture
def asked(town: Town, official: User) -> HelpRequest:
    """A request of somebody with an account, part of a draft of the group that waits for the county's word."""
    asked, tomorrow = town.ask(asked_by=make_user()), tomorrow_at(9)
    values = {
        "type": asked.type,
        "title": "Medicine runs",
        "content": "Fetch medicine.",
        "area": town.area,
        "place": "Canal gate",
        "people_needed": 1,
        "starts_on": timezone.localdate(tomorrow),
        "ends_on": timezone.localdate(tomorrow),
        "risks": "None beyond everyday ones.",
    }
    wanted = {"starts_at": tomorrow, "ends_at": tomorrow_at(11), "seats": 1, "seats_min": 1}
    place(
        requests=[asked],
        organization=town.group,
        values=values,
        first_shift=wanted,
        by=town.by,
        at=clock.now(),
    )
    asked.refresh_from_db()
    assert (asked.status, asked.task.status, asked.shift) == ("placed", "draft", None)
    return asked


def heard(asked: HelpRequest) -> list[str]:
    told = Message.objects.filter(recipient=asked.asked_by, channel="inbox", kind__startswith="help_")
    return list(told.order_by("id").values_list("kind", flat=True))


def test_help_is_planned_once_the_call_is_public_and_its_first_shift_is_named(
    town: Town, official: User, asked: HelpRequest
) -> None:
    assert follow(at=clock.now()) == 0 and heard(asked) == []

    approve_review(review=Review.objects.get(task=asked.task), by=official, at=clock.now())
    assert (follow(at=clock.now()), follow(at=clock.now())) == (1, 0)
    assert heard(asked) == ["help_placed"]
    asked.task.refresh_from_db()
    times = {"starts_at": tomorrow_at(9), "ends_at": tomorrow_at(11)}
    shift = post_shift(
        task=asked.task, organization=town.group, by=town.by, at=clock.now(), seats=1, seats_min=1, **times
    )
    assert (follow(at=clock.now()), follow(at=clock.now())) == (1, 0)

    asked.refresh_from_db()
    assert (asked.status, asked.shift) == ("placed", shift) and heard(asked) == ["help_placed"]


@pytest.mark.parametrize("end", ["returned", "called off"])
def test_a_draft_that_comes_to_nothing_lets_its_requests_go_unheard(
    town: Town, official: User, asked: HelpRequest, end: str
) -> None:
    review = Review.objects.get(task=asked.task)
    if end == "returned":
        return_review(review=review, by=official, at=clock.now(), reason="Say where.")
    else:
        cancel_task(task=asked.task, by=town.by, at=clock.now(), reason="A storm.")

    assert (follow(at=clock.now()), follow(at=clock.now())) == (1, 0)

    asked.refresh_from_db()
    assert (asked.status, asked.task, heard(asked)) == ("verified", None, [])
