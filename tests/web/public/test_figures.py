"""Public figures and pages of words."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import translation

from core import clock
from insights.models import Release
from insights.queries.definitions import DEFINITIONS
from tests.factories.areas import SmallTree, small_tree
from tests.web.reading import check_page, page_of, statements

pytestmark = pytest.mark.django_db


def make_release(tree: SmallTree, version: int = 1, correction: str = "", **figures) -> Release:
    values = {key.value: [0, ""] for key in DEFINITIONS} | figures
    day = clock.today() - timedelta(days=1)
    areas = [tree.province, *tree.cities, *tree.counties]
    return Release.objects.create(
        period="week",
        starts_on=day - timedelta(days=6),
        ends_on=day,
        version=version,
        correction=correction,
        released_at=clock.now(),
        figures={area.code: values for area in areas},
    )


def test_numbers_stand_beside_their_definitions(client: Client) -> None:
    make_release(small_tree(), response_minutes=[133, ""], hours=[12_315, ""])

    page = check_page(client.get("/en/figures/"))

    assert "2 h 13 min" in page.text
    assert "12,315" in page.text
    assert "Median time from a call to the organization that took it on" in page.text
    assert "Huzhou" in page.text


def test_hidden_figures_are_marked_and_never_zero(client: Client) -> None:
    make_release(small_tree(), volunteers=[None, "small"], hours=[None, "complement"])

    html = client.get("/en/figures/").content.decode()

    assert "hidden, too few people" in html
    assert "hidden to protect another figure" in html
    assert 'class="hidden-cell"' in html


def test_the_file_holds_the_same_numbers(client: Client) -> None:
    make_release(small_tree(), volunteers=[None, "small"], calls=[12, ""])

    response = client.get("/en/figures.csv")

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    calls = next(row for row in rows if row["area_code"] == "33" and row["figure"] == "calls")
    hidden = next(row for row in rows if row["area_code"] == "33" and row["figure"] == "volunteers")
    assert calls["value"] == "12"
    assert (hidden["value"], hidden["hidden_because"]) == ("", "small")


def test_one_may_go_down_to_a_city(client: Client) -> None:
    make_release(small_tree())

    assert "Anji County" in page_of(client.get("/en/figures/?area=3305")).text
    assert client.get("/en/figures/?area=nowhere").status_code == 404


def test_before_the_first_release_the_page_says_when_to_come_back(client: Client) -> None:
    small_tree()

    assert "Nothing has been made public" in check_page(client.get("/en/figures/")).text


def test_the_first_page_shows_the_promises(client: Client) -> None:
    make_release(small_tree(), response_minutes=[41, ""])

    page = check_page(client.get("/en/"))

    assert "Did we keep our word?" in page.text
    assert "41 min" in page.text


def test_a_correction_says_what_changed_from_what_to_what_and_why(client: Client) -> None:
    tree = small_tree()
    make_release(tree, hours=[None, "small"], short=[508, ""])
    make_release(tree, version=2, correction="Lists on paper came late.", hours=[1_230, ""], short=[560, ""])

    page = check_page(client.get("/en/figures/"))
    of_short = check_page(client.get("/en/figures/definitions/short/?area=3305")).text
    of_calls = check_page(client.get("/en/figures/definitions/calls/")).text

    assert "Corrected: Lists on paper came late." in page.text
    assert "ZhejiangProvinceHoursserved*hidden,toofewpeople1,230" in "".join(page.text.split())
    assert "508 → 560" in of_short and "Lists on paper came late." in of_short
    assert "None so far." in of_calls


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_figure_has_a_page_of_its_own(client: Client, language: str) -> None:
    make_release(small_tree())

    for key, definition in DEFINITIONS.items():
        with translation.override(language):
            texts = [
                str(getattr(definition, name)) for name in ("name", "what", "formula", "source", "refreshed")
            ]
        page = check_page(client.get(f"/{language}/figures/definitions/{key}/"))
        assert all(" ".join(text.split()) in " ".join(page.text.split()) for text in texts)
    assert client.get(f"/{language}/figures/definitions/nothing/").status_code == 404


def test_days_without_figures_are_refused_in_a_sentence(client: Client) -> None:
    make_release(small_tree(), calls=[1_207, ""])

    for path in ("figures/", "figures.csv", "figures/definitions/hours/"):
        early = client.get(f"/en/{path}?day=2020-01-01")

        assert early.status_code == 404
        assert "There are no public figures for Jan. 1, 2020" in page_of(early).text
        assert client.get(f"/en/{path}?day=tomorrow").status_code == 404
    for day in ("2020-01-01", "tomorrow"):
        page = check_page(client.get(f"/en/figures/?day={day}"))
        assert "These are the newest." in page.text and "1,207" in page.text


def make_days(tree: SmallTree, *days: tuple[dict[str, list], dict[str, list]]) -> list[date]:
    """Daily releases up to yesterday: hands missing and fill rate by code of the area, one pair a day."""
    made = [clock.today() - timedelta(days=back) for back in range(len(days), 0, -1)]
    for day, (short, rate) in zip(made, days, strict=True):
        figures = {code: {"short": cell, "fill_rate": rate[code]} for code, cell in short.items()}
        Release.objects.create(
            period="day", starts_on=day, ends_on=day, version=1, released_at=clock.now(), figures=figures
        )
    return made


def test_the_map_goes_through_the_released_days(client: Client) -> None:
    tree = small_tree()
    county, other = tree.counties[0], tree.counties[2]
    first, second, _ = make_days(
        tree,
        ({"33": [9, ""], county.code: [9, ""]}, {"33": [60, ""], county.code: [40, ""]}),
        ({"33": [2, ""], county.code: [2, ""]}, {"33": [97, ""], county.code: [90, ""]}),
        ({"33": [0, ""], county.code: [0, ""]}, {"33": [100, ""], county.code: [100, ""]}),
    )

    page = client.get(f"/en/figures/?day={second}")

    html = page.content.decode()
    data = json.loads(html.split('id="map-days" type="application/json">')[1].split("</script>")[0])
    at = html.split('class="tile tile--at_risk"')
    assert "2 hands were missing" in page_of(page).text
    assert len(at) == 2 and f"{county.name}, 2 short" in at[1]
    # A county of which nothing was released has no number, neither 0 nor another's.
    assert f"{other.name}, No figure" in html
    assert f"day={first}" in html.split("data-day-links")[1]
    tiles = [tile.split("</title>")[0].split("<title>")[1] for tile in html.split('class="tile tile--')[1:]]
    index = next(number for number, tile in enumerate(tiles) if tile.startswith(county.name))
    keys = [data["states"][int(day["state"][index])] for day in data["days"]]
    assert (keys, [day["short"][index] for day in data["days"]]) == (
        ["short", "at_risk", "filled"],
        [9, 2, 0],
    )
    assert "htmx" not in html.split("</head>")[0].replace("htmx-config", "")
    assert "data-days" not in client.get(f"/en/figures/?area={county.code}").content.decode()


def test_a_hidden_county_stays_without_a_value_on_the_map(client: Client) -> None:
    tree = small_tree()
    county = tree.counties[0]
    make_days(tree, ({"33": [9, ""], county.code: [None, "small"]}, {"33": [60, ""], county.code: [40, ""]}))

    html = client.get("/en/figures/").content.decode()

    assert f"{county.name}, No figure" in html


def test_links_keep_the_place_and_the_day(client: Client) -> None:
    asked = f"?area=3305&day={make_release(small_tree()).ends_on.isoformat()}"

    page = client.get(f"/en/figures/{asked}").content.decode()
    listed = client.get(f"/en/figures/definitions/{asked}").content.decode()
    one = client.get(f"/en/figures/definitions/hours/{asked}").content.decode()

    asked = asked.replace("&", "&amp;")
    for path in ("figures.csv", "figures/definitions/", "figures/definitions/hours/"):
        assert f'href="/en/{path}{asked}"' in page
    assert f'href="/en/figures/definitions/hours/{asked}"' in listed
    assert f'href="/en/figures/definitions/{asked}"' in one


@pytest.mark.parametrize("path", ["figures/definitions/", "privacy/", "accessibility/", "stages/"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_of_words_are_sound(client: Client, path: str, language: str) -> None:
    small_tree()

    check_page(client.get(f"/{language}/{path}"))


def test_the_figures_take_a_constant_number_of_statements(client: Client) -> None:
    make_release(small_tree())

    with statements() as found:
        client.get("/en/figures/")

    assert len(found) == 5


def test_the_code_of_a_site_leads_through_signing_in_to_checking_in(client: Client) -> None:
    response = client.get("/en/c/ABC346/")

    assert response.status_code == 302
    assert response["Location"].endswith("/enter/?next=%2Fen%2Fc%2FABC346%2F")
