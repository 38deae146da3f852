"""The map of an overview goes through its days in place."""

from datetime import datetime, time, timedelta

import pytest
from django.conf import settings
from django.utils.timezone import localdate
from playwright.sync_api import Page

from areas.models import Area
from core import clock
from insights.actions import refresh
from tests.browser.conftest import Pages
from tests.factories.organizations import make_official
from tests.factories.tasks import make_shift
from tests.flows.acts import now_there
from tests.flows.house import House
from tests.flows.places import session_of

LACKING = 7


def in_three_days(house: House) -> datetime:
    """A moment of the third day from today, by the clock on the wall of the place and by this process's."""
    day = now_there(house).date() + timedelta(days=3)
    midnight = datetime.combine(day, time(), house.zone)
    hours = (midnight + timedelta(hours=hour) for hour in range(24))
    return next(moment for moment in hours if localdate(moment) == day)


@pytest.fixture
def page(pages: Pages) -> Page:
    """The overview of a province in which one county lacks hands in three days, without motion."""
    province = Area.objects.get(level=Area.Level.PROVINCE)
    county = Area.objects.filter(level=Area.Level.COUNTY, tile_column__isnull=False).order_by("code")[0]
    make_shift(area=county, seats=9, seats_min=LACKING, starts_at=in_three_days(pages.house))
    refresh(at=clock.now())
    context = pages.browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    session = session_of(make_official(province))
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": pages.house.url}])
    found = context.new_page()
    found.goto(f"{pages.house.url}/en/area/{province.code}/", wait_until="load")
    return found


def test_a_day_is_shown_in_place_by_keys_and_the_figures_follow(pages: Pages, page: Page) -> None:
    short = page.locator(".tile--short")
    day = localdate(in_three_days(pages.house)).isoformat()
    page.evaluate("window.stays = true")

    page.locator(".day-bars [aria-current]").last.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")

    page.locator(f'.day-bars a[data-day="{day}"][aria-current]').wait_for()
    assert [int(count) >= LACKING for count in short.locator(".count").all_text_contents()] == [True]
    assert page.locator(f'.day-bars a[data-day="{day}"]').evaluate("bar => bar === document.activeElement")
    page.wait_for_url(f"**/?day={day}")
    assert page.evaluate("window.stays") is True
    assert short.locator(".count").first.text_content() in (
        page.locator(".figure-value").first.text_content() or ""
    )
    assert "?day=" in (page.locator(".tile").first.get_attribute("href") or "")


def test_the_days_are_played_and_stopped(page: Page) -> None:
    play = page.get_by_role("button", name="Play")

    play.click()
    page.get_by_role("button", name="Pause").click()

    play.wait_for()
    assert page.locator(".day-bars [aria-current]").count() == 1
    page.wait_for_url("**/?day=*")
