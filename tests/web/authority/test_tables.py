"""Tables of figures as files: the numbers of the page, and the same marks."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from insights.actions import refresh, release_due
from insights.models import AreaWindow, Release
from tests.factories.areas import SmallTree
from tests.factories.tasks import make_shift, tomorrow_at
from tests.web.authority.conftest import People, signed_in
from tests.web.reading import statements
from web.authority.views.tables import TABLES

pytestmark = pytest.mark.django_db
NOW = clock.now()


def lines(client, area, table: str, **query: str) -> list[dict[str, str]]:
    response = client.get(reverse("authority:table_of", args=[area.code, table]), query)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def counted(tree: SmallTree) -> None:
    make_shift(area=tree.counties[0], seats=6, seats_min=4, starts_at=tomorrow_at(12, days=0))
    refresh(at=NOW)
    release_due(at=tomorrow_at(7, days=0))
    AreaWindow.objects.filter(area=tree.cities[0]).update(
        cells={"requests": [None, "small"], "waiting": [None, "complement"], "requests_done": [15, ""]}
    )


def test_files_hold_the_numbers_of_the_page(counted, people: People, tree: SmallTree):
    client, city = signed_in(people.above), tree.cities[0]
    today = clock.today().isoformat()

    (kind,) = lines(client, city, "kinds", day=today)
    by_day = {row["day"]: row for row in lines(client, city, "days")}
    (requests,) = lines(client, city, "requests")

    assert (kind["seats_least"], kind["short"], kind["fill_rate"], kind["from"]) == ("4", "4", "0", today)
    assert (by_day[today]["short"], by_day[today]["seats_asked"]) == ("4", "6")
    assert (requests["requests"], requests["waiting"], requests["requests_done"]) == ("*", "†", "15")


def test_a_day_that_was_hidden_is_marked_and_one_without_hours_is_empty(counted, people, tree):
    city, yesterday = tree.cities[0], clock.today() - timedelta(days=1)
    before = yesterday - timedelta(days=1)
    Release.objects.create(
        period="day", starts_on=before, ends_on=before, released_at=NOW,
        figures={city.code: {"hours": [None, "small"]}},
    )  # fmt: skip

    found = {row["day"]: row["hours"] for row in lines(signed_in(people.above), city, "hours")}

    assert found == {before.isoformat(): "*", yesterday.isoformat(): "0"}


@pytest.mark.parametrize("table", TABLES)
def test_every_file_is_there_for_every_area_in_few_statements(counted, people, tree, table):
    client = signed_in(people.above)
    for area in (tree.cities[0], tree.counties[0], tree.townships[0]):
        with statements() as captured:
            lines(client, area, table)
        assert len(captured) <= 12


def test_other_names_and_other_people_find_nothing(people, tree):
    address = reverse("authority:table_of", args=[tree.cities[0].code, "kinds"])

    assert signed_in(people.above).get(address.replace("kinds", "people")).status_code == 404
    assert signed_in(people.elsewhere).get(address).status_code == 403
    assert signed_in(people.organizer).get(address).status_code == 404
