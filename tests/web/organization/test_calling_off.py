"""Calling shifts off: what was just posted is taken back from its message, and many are told only on a typed word."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from organizations.models import Organization
from tasks.models import Shift
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, make_task, tomorrow_at
from tests.web.organization.posting_forms import address, day, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def browser(client: Client, organization: Organization) -> Any:
    return sign_in(client, make_member(organization, "organizer"))


@pytest.fixture
def full(organization: Organization) -> Shift:
    """A shift with ten people in it."""
    shift = make_shift(organization=organization, starts_at=tomorrow_at(9), seats=12)
    for _ in range(10):
        make_assignment(shift)
    return shift


def path(name: str, organization: Organization, *args: str) -> str:
    return reverse(f"organization:{name}", args=[organization.code, *args])


def status(shift: Shift) -> str:
    return Shift.objects.values_list("status", flat=True).get(pk=shift.pk)


@pytest.mark.parametrize("changes", [{}, {"repeat": "days", "other_days": day(2)}])
def test_what_was_posted_is_taken_back_from_the_message(
    browser: Any, organization: Organization, changes: dict[str, str]
) -> None:
    task = make_task(area=organization.home_area, adopted_by=organization)
    area = organization.home_area.name_zh
    after = browser.post(address(organization, task), typed(area=area, **changes), follow=True)
    said = str(next(iter(after.context["messages"])))
    undo = said.split('href="')[1].split('"')[0].replace("&amp;", "&")

    form = browser.get(undo).context["form"]
    sent = {"reason": form.initial["reason"], "step": "save"}
    if changes:
        sent["shift"] = list(Shift.objects.values_list("code", flat=True))
    browser.post(undo.split("?")[0], sent)

    assert set(Shift.objects.values_list("status", flat=True)) == {"cancelled"}


@pytest.mark.parametrize(("number", "after"), [("", "open"), ("9", "open"), ("１０", "cancelled")])
def test_many_are_told_only_after_their_number_is_typed(
    browser: Any, organization: Organization, full: Shift, number: str, after: str
) -> None:
    sent = {"reason": "Storm", "told": "10", "number": number}

    page = browser.post(path("cancel_shift", organization, full.code), sent)

    assert status(full) == after
    if after == "open":
        assert "number" in page.context["many"].errors


def test_shifts_are_called_off_together_after_the_number_is_typed(
    browser: Any, organization: Organization, full: Shift
) -> None:
    together = path("schedule_cancel", organization)
    sent = {"shift": [full.code], f"version-{full.code}": str(full.version), "reason": "Storm"}
    preview = browser.post(together, {**sent, "step": "preview"})
    told = preview.context["many"].expected

    refused = browser.post(together, {**sent, "step": "save", "told": told, "number": "1"})
    still = status(full)
    browser.post(together, {**sent, "step": "save", "told": told, "number": str(told)})

    assert told == 10
    assert "number" in refused.context["many"].errors
    assert (still, status(full)) == ("open", "cancelled")


def test_few_are_told_without_typing_anything(browser: Any, organization: Organization) -> None:
    shift = make_shift(organization=organization, starts_at=tomorrow_at(9))
    make_assignment(shift)

    page = browser.get(path("cancel_shift", organization, shift.code))
    browser.post(path("cancel_shift", organization, shift.code), {"reason": "Storm"})

    assert page.context["many"] is None
    assert status(shift) == "cancelled"
