"""A stop is read by everybody whom it concerns, and nobody is told that there are hands enough."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from organizations.permissions import organizations_of
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.tasks import make_assignment, make_shift, make_stop
from tests.factories.volunteers import make_volunteer
from tests.web.authority.conftest import signed_in
from tests.web.reading import page_of

pytestmark = pytest.mark.django_db
STANDS = "stands still"


def test_strangers_read_that_everything_stands_still() -> None:
    tree = small_tree()
    make_shift(area=tree.townships[0])
    make_stop(tree.province, reason="An earthquake.")

    home, needs = page_of(Client().get("/en/")).text, page_of(Client().get("/en/needs/")).text

    for text in (home, needs):
        assert STANDS in text
        assert "An earthquake." in text
        assert "good news" not in text
        assert "Nobody can sign up or check in for now." in text


def test_a_stop_of_one_county_leaves_the_others_open() -> None:
    tree = small_tree()
    make_shift(area=tree.counties[2])
    make_stop(tree.counties[0])

    home = page_of(Client().get("/en/")).text
    stopped = page_of(Client().get(f"/en/needs/?area={tree.counties[0].code}")).text
    open_one = page_of(Client().get(f"/en/needs/?area={tree.counties[2].code}")).text

    assert "Everything in Tonglu County stands still" in home
    assert "Nobody can sign up" in stopped
    assert "enough hands" not in stopped
    assert "Nobody can sign up" not in open_one


def test_the_page_of_a_stopped_need_asks_for_nobody() -> None:
    tree = small_tree()
    shift = make_shift(area=tree.townships[0])
    make_stop(tree.counties[0])

    page = page_of(Client().get(f"/en/needs/{shift.code}/")).text

    assert "For now, everything stands still" in page
    assert "needed to open" not in page


def test_several_stops_are_named_together() -> None:
    tree = small_tree()
    for county in (tree.counties[0], tree.counties[2]):
        make_stop(county)

    assert "Everything stands still in 2 areas" in page_of(Client().get("/en/")).text


def test_a_volunteer_reads_of_a_stop_at_home_and_where_a_seat_is() -> None:
    tree = small_tree()
    at_home, elsewhere = make_volunteer(area=tree.townships[0]), make_volunteer(area=tree.counties[2])
    make_assignment(make_shift(area=tree.townships[0]), elsewhere)
    make_stop(tree.counties[0])

    assert STANDS in page_of(signed_in(at_home.user).get("/en/me/")).text
    assert STANDS in page_of(signed_in(elsewhere.user).get("/en/me/")).text
    assert STANDS in page_of(signed_in(at_home.user).get("/en/me/find/")).text


def test_organizers_and_officials_above_read_of_it() -> None:
    tree = small_tree()
    organizer = make_member(make_organization(home_area=tree.townships[0]))
    above = make_official(tree.cities[0])
    make_stop(tree.counties[0])
    with translation.override("en"):
        board = reverse("organization:board", args=[organizations_of(organizer)[0].organization.code])
        overview = reverse("authority:overview", args=[tree.cities[0].code])

    assert STANDS in page_of(signed_in(organizer).get(board)).text
    text = page_of(signed_in(above).get(overview)).text
    assert STANDS in text
    assert "Stop everything" in text
