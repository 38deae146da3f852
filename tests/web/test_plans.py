"""The pages about plans of who goes where, of officials and of staff."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core import clock
from matching.models import MatchRun
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.matching import make_match_run
from tests.factories.organizations import make_official
from tests.factories.tasks import role_of
from tests.matching.province import make_open_shift
from tests.web.authority.conftest import signed_in
from tests.web.reading import page_of, statements
from web.drawing.times import top_of
from web.plan_words import gap_words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


@pytest.fixture
def official(tree) -> User:
    """One of the whole province, which is what a plan is made for."""
    return make_official(tree.province)


@pytest.fixture
def browser(official) -> Client:
    return signed_in(official)


def at_province(tree: SmallTree, name: str, *args: str) -> str:
    return reverse(f"authority:{name}", args=[tree.province.code, *args])


def test_the_list_shows_what_came_of_each_plan(browser, tree):
    make_match_run(tree.province)
    make_match_run(tree.province, status="failed")
    assert 'role="img"' not in page_of(browser.get(at_province(tree, "plans"))).html
    make_match_run(tree.province)

    page = page_of(browser.get(at_province(tree, "plans")))

    assert page.faults == []
    assert "288 of 310" in page.text and "< 0.01 %" in page.text and "Failed" in page.text
    assert page.html.count('role="img"') >= 2


def test_a_plan_says_how_good_it_is_and_why_seats_stayed_empty(browser, tree):
    run = make_match_run(tree.province)

    page = page_of(browser.get(at_province(tree, "plan", run.code)))

    assert page.faults == []
    for words in (
        "288",
        "of 310",
        "< 0.01 %",
        "22 seats have nobody",
        "Too few qualify",
        "Needed more elsewhere",
    ):
        assert words in page.text, words
    assert "Working out" in page.text and "1.90" in page.text
    assert "Call it off" not in page.text


def test_a_plan_says_how_it_was_mended(browser, tree):
    run, role = make_match_run(tree.province), role_of(make_open_shift(tree))
    for moved in (0, 1):
        run.repairs.create(
            kind="declined", role=role, at=clock.now(), filled_count=1, moved_count=moved, milliseconds=40
        )

    page = page_of(browser.get(at_province(tree, "plan", run.code)))

    assert page.faults == []
    for words in ("Mended since", "Somebody said no", "0.5", "40 ms"):
        assert words in page.text, words


def test_a_failed_plan_says_why(browser, tree):
    run = make_match_run(tree.province, status="failed")

    page = page_of(browser.get(at_province(tree, "plan", run.code)))

    assert "shift_max[0] is negative." in page.text and "no plan can be made of" in page.text


def test_a_running_plan_says_its_step_with_and_without_scripts(browser, tree):
    run = make_match_run(tree.province, status="running")

    page = page_of(browser.get(at_province(tree, "plan", run.code)))

    assert "Working out who goes where: 1 of 4 done" in page.text
    assert 'http-equiv="refresh"' in page.html and 'hx-trigger="every 2s"' in page.html
    assert "Look again" in page.text


def test_a_plan_is_called_off_after_one_more_question(browser, tree):
    run = make_match_run(tree.province, status="queued")
    address = at_province(tree, "call_off_plan", run.code)

    assert "Call this plan off?" in page_of(browser.get(address)).text
    assert MatchRun.objects.get().status == "queued"
    response = browser.post(address, follow=True)

    assert MatchRun.objects.get().status == "cancelled"
    assert "Called off." in page_of(response).text
    assert "no longer being made" in page_of(browser.post(address, follow=True)).text


def test_an_official_below_sees_the_plan_of_the_province_and_does_not_call_it_off(tree):
    run = make_match_run(tree.province, status="queued")
    county = tree.counties[0]
    client = signed_in(make_official(county))

    page = page_of(client.get(reverse("authority:plan", args=[county.code, run.code])))
    refused = client.post(reverse("authority:call_off_plan", args=[county.code, run.code]))

    assert "It waits for a worker." in page.text and "Call it off" not in page.text
    assert refused.status_code == 403 and MatchRun.objects.get().status == "queued"


def test_a_plan_of_another_area_is_not_found(browser, tree):
    other = make_match_run(tree.counties[1])
    client = signed_in(make_official(tree.counties[0]))

    for name in ("plan", "call_off_plan"):
        address = reverse(f"authority:{name}", args=[tree.counties[0].code, other.code])
        assert client.get(address).status_code == 404
        assert client.post(address).status_code in (404, 405)


def test_a_new_plan_is_asked_for_by_hand(browser, tree):
    ask = at_province(tree, "ask_for_plan")
    assert "No shift of the next seven days" in page_of(browser.post(ask, follow=True)).text
    make_open_shift(tree)

    first = page_of(browser.post(ask, follow=True))
    again = page_of(browser.post(ask, follow=True))

    assert "A new plan is asked for" in first.text and "being made already" in again.text
    assert MatchRun.objects.count() == 1


def test_staff_see_the_plans_of_every_area_and_ask_for_one_of_the_same(tree):
    make_open_shift(tree)
    failed = make_match_run(tree.province, status="failed")
    client = signed_in(make_user(is_staff=True))

    assert tree.province.name in page_of(client.get(reverse("staff:plans"))).text
    response = client.post(reverse("staff:ask_for_plan", args=[failed.code]), follow=True)

    assert "A new plan is asked for" in page_of(response).text
    assert MatchRun.objects.order_by("-pk").first().scope == tree.province


@pytest.mark.parametrize("room", ["authority", "staff"])
def test_the_list_costs_the_same_for_one_and_for_many(tree, official, room):
    client = signed_in(official if room == "authority" else make_user(is_staff=True))
    address = at_province(tree, "plans") if room == "authority" else reverse("staff:plans")
    make_match_run(tree.province)
    with statements() as for_one:
        client.get(address)
    for hours in range(17):
        make_match_run(tree.province, requested_at=clock.now() - timedelta(hours=hours))

    with statements() as for_many:
        page = page_of(client.get(address))

    assert len(for_one) == len(for_many) <= 12
    assert page.html.count("data-label") == 12 * 5
    older = next(link for link in page.links if "before=" in link)
    assert page_of(client.get(address + older)).html.count("data-label") == 6 * 5


def test_gaps_and_scales_are_written_as_far_as_they_say_anything():
    assert [gap_words(gap) for gap in (None, 0.0, 0.0033, 0.25, 7.994)] == [
        "–",
        "0 %",
        "< 0.01 %",
        "0.25 %",
        "7.99 %",
    ]
    assert [top_of(values) for values in ([], [0.003], [0.3, 0.04], [100.0])] == [0.001, 0.004, 0.4, 100.0]
