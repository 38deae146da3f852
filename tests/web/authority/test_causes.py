"""The page of causes: what it says, of whom, and how many statements it costs. Who may see it: `test_access.py`."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from areas.models import Area
from core import clock
from insights.models import CauseShift
from insights.policies import USUAL_WEEKS
from tests.factories.areas import SmallTree
from tests.factories.volunteers import make_cause
from tests.web.authority.conftest import People, signed_in
from volunteers.models import Cause

pytestmark = pytest.mark.django_db
HIDDEN = [None, "small"]


def keep(area: Area, causes: int) -> CauseShift:
    """A crisis of two weeks in which the first cause lost its people and the others kept them."""
    codes = [make_cause(f"kept-{number}").code for number in range(causes)]
    cells = {"crisis": [40, ""], "own": HIDDEN, "other": [0, ""], "nowhere": [15, ""]}
    weeks = {
        code: [[6000, 50, 50]] * USUAL_WEEKS + [[6000 if number else 600, 50, 40]] * 2
        for number, code in enumerate(codes)
    }
    today = localdate(clock.now())
    return CauseShift.objects.create(
        area=area,
        began_on=today,
        ends_on=today,
        made_at=clock.now(),
        flows=dict.fromkeys(codes, cells),
        weeks=weeks,
    )


def page(people: People, area: Area, name: str = "picture_causes", *more: str) -> str:
    response = signed_in(people.above).get(reverse(f"authority:{name}", args=[area.code, *more]))
    assert response.status_code == 200
    return response.content.decode()


def test_starved_causes_are_named_and_what_is_hidden_is_never_a_number(
    tree: SmallTree, people: People
) -> None:
    keep(tree.counties[0], 2)

    html = page(people, tree.counties[0])

    assert "1 cause is starved: Cause kept-0" in " ".join(html.split())
    assert html.count('class="week-bars"') == 2 and '<svg class="flow"' in html
    assert html.count("hidden-cell") == 2
    assert "100 h a week, now 10 h" in html


def test_the_file_says_the_same_with_the_same_protection(tree: SmallTree, people: People) -> None:
    keep(tree.counties[0], 1)

    lines = page(people, tree.counties[0], "table_of", "causes").splitlines()

    assert lines[0].endswith("starved,crisis,own,other,nowhere")
    assert lines[1] == f"{tree.counties[0].code},kept-0,100,10,10,100,80,1,40,*,0,15"


def test_without_a_crisis_and_in_townships_it_says_why_there_is_nothing(
    tree: SmallTree, people: People
) -> None:
    assert "There is no crisis whose first day is over" in page(people, tree.counties[0])
    assert "counted for counties and above" in page(people, tree.townships[0])


def test_the_pictures_lead_to_it(tree: SmallTree, people: People) -> None:
    address = reverse("authority:picture_causes", args=[tree.counties[0].code])

    assert address in page(people, tree.counties[0], "pictures")


def test_more_causes_cost_no_more_statements(
    tree: SmallTree, people: People, django_assert_max_num_queries: Any
) -> None:
    counted = []
    for causes in (1, 3):
        CauseShift.objects.all().delete()
        Cause.objects.all().delete()
        keep(tree.counties[0], causes)
        client = signed_in(people.official)
        with django_assert_max_num_queries(12) as captured:
            client.get(reverse("authority:picture_causes", args=[tree.counties[0].code]))
        counted.append(len(captured))

    assert counted[0] == counted[1]
