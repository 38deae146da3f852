"""Volunteer numbers are random and few enough to be said, so one may be drawn twice."""

import pytest

from core import clock
from tests.factories.accounts import make_user
from tests.factories.volunteers import make_volunteer
from volunteers.actions.profile import DRAWS, NoFreeNumber, create_profile
from volunteers.models import Volunteer


def draws(monkeypatch: pytest.MonkeyPatch, numbers: list[str]) -> None:
    left = iter(numbers)
    monkeypatch.setattr(Volunteer._meta.get_field("number"), "_get_default", lambda: next(left))


def test_a_number_that_is_taken_is_drawn_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = make_volunteer().number
    user = make_user()
    draws(monkeypatch, [taken, taken, "12345678"])
    assert create_profile(user=user, at=clock.now(), by=user).number == "12345678"


def test_with_no_number_free_nothing_is_made(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = make_volunteer().number
    user = make_user()
    draws(monkeypatch, [taken] * DRAWS)
    with pytest.raises(NoFreeNumber):
        create_profile(user=user, at=clock.now(), by=user)
    assert not Volunteer.objects.filter(user=user).exists()
