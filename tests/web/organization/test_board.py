"""The board shows what an organizer can act on, and further days when asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from organizations.models import Organization
from tasks.models import Shift
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization(client: Client) -> Organization:
    found = make_organization()
    sign_in(client, make_member(found, "owner"))
    for days in (1, 2, 3, 12, 40):
        make_shift(organization=found, starts_at=tomorrow_at(9, days=days))
    return found


def board(client: Client, organization: Organization, query: str = "") -> Any:
    return client.get(reverse("organization:board", args=[organization.code]) + query)


@pytest.mark.parametrize(
    ("query", "count"), [("", 2), ("?days=14", 4), ("?days=120", 5), ("?days=7", 2), ("?days=x", 2)]
)
def test_the_board_shows_three_days_unless_asked_for_more(
    client: Client, organization: Organization, query: str, count: int
) -> None:
    response = board(client, organization, query)

    assert response.context["count"] == count
    assert {key: number for key, _, number in response.context["segments"]}["short"] == count


def test_the_board_says_how_far_it_reaches_and_leads_further(
    client: Client, organization: Organization
) -> None:
    near, far = (board(client, organization, query).content.decode() for query in ("", "?days=14&tab=short"))

    assert "Today and the next two days" in near or "今天和之后两天" in near
    here = reverse("organization:board", args=[organization.code])
    assert f'href="{here}?days=14"' in near
    assert f'href="{here}?days=120&amp;tab=short"' in far
    assert f'href="{here}?tab=open&amp;days=14"' in far


def test_the_board_asks_again_cheaply_and_gets_a_part_only_when_something_is_otherwise(
    client: Client, organization: Organization, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    shift = Shift.objects.of(organization).order_by("starts_at")[0]
    first = board(client, organization, f"?shift={shift.code}").context["here"]
    with django_assert_max_num_queries(6):
        same = client.get(first, headers={"HX-Request": "true"})
    make_assignment(shift)
    other = client.get(first, headers={"HX-Request": "true"})

    assert same.status_code == 204
    assert other.status_code == 200
    page = other.content.decode()
    assert "<html" not in page
    assert 'aria-current="true"' in page
    assert other.context["here"] != first


def test_the_address_that_the_board_asks_is_a_page_without_a_script(
    client: Client, organization: Organization
) -> None:
    here = board(client, organization, "?days=14&tab=short").context["here"]

    page = client.get(here)

    assert "<html" in page.content.decode()
    assert page.context["tab"] == "short"
    assert page.context["days"] == 14
