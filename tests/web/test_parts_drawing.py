"""Pictures: what they count, that they speak, and that they need no inline style."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils import translation

from web.drawing import charts, icons, people, qr
from web.drawing.stitches import Seam, seam, stitches
from web.drawing.tile_map import Tile, city_outline, tile_map


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def count(css: str, svg: str) -> int:
    return len(re.findall(rf'class="{css}"', svg))


def render(source: str, **values: object) -> str:
    return Template("{% load parts %}" + source).render(Context(values))


TILES = [
    Tile("330302", "鹿城", 0, 0, "3303", 55, "short", "/areas/330302", "Wenzhou", "Lucheng District"),
    Tile("330303", "龙湾", 1, 0, "3303", 10, "at_risk", "", "Wenzhou", "Longwan District"),
    Tile("331002", "椒江", 0, 1, "3310", 0, "filled", "/areas/331002", "Taizhou", "Jiaojiang District"),
]


def test_each_seat_is_one_stitch_up_to_thirty() -> None:
    svg = stitches(6, 14, 16, "short")

    assert (count("t", svg), count("n", svg), count("w", svg)) == (6, 8, 2)


@pytest.mark.parametrize(
    ("taken", "needed", "seats", "expected"),
    [
        (12, 10, 12, (12, 0, 0)),
        (0, 0, 5, (0, 0, 5)),
        (9, 4, 6, (6, 0, 0)),
        (1, 500, 1000, (1, 9, 10)),
        (999, 500, 1000, (19, 0, 1)),
        (1000, 500, 1000, (20, 0, 0)),
        (499, 500, 1000, (9, 1, 10)),
    ],
)
def test_a_strip_never_rounds_a_person_away_and_full_means_full(
    taken: int, needed: int, seats: int, expected: tuple[int, int, int]
) -> None:
    cells: Seam = seam(taken, needed, seats)

    assert (cells.taken, cells.needed, cells.welcome) == expected


def test_a_strip_says_its_numbers() -> None:
    assert 'aria-label="6 of 16 seats taken, 14 needed to open"' in stitches(6, 14, 16, "short")


def test_a_crowd_has_one_person_a_seat_and_one_square_for_the_reader() -> None:
    svg = people.crowd(6, 14, 16, you=6)

    assert (count("taken", svg), count("you", svg), count("needed", svg), count("welcome", svg)) == (
        6,
        1,
        7,
        2,
    )
    assert svg.count("<rect") == 1
    assert "one seat is kept for you" in svg


def test_a_crowd_of_more_than_forty_draws_nothing() -> None:
    assert people.crowd(6, 14, 41) == ""


def test_days_served_are_persons_and_the_others_dots() -> None:
    today = date(2020, 2, 6)
    svg = people.day_crowd({today: 7.5, today - timedelta(days=2): 1.5}, until=today, weeks=2)

    assert svg.count("day day--4") == 1
    assert svg.count("day day--1") == 1
    assert svg.count("<circle") == 11 - 2
    assert "2 days served, 9 hours" in svg


def test_the_outline_of_a_city_joins_its_straight_edges() -> None:
    assert city_outline({(0, 0), (1, 0)}) == "M0 0H88M0 44H88M0 0V44M88 0V44"


def test_a_tile_with_an_address_is_a_link_that_says_its_state() -> None:
    svg = tile_map(TILES)

    assert svg.count("<a ") == 2
    assert "<title>Lucheng District, 55 short</title>" in svg
    assert "<title>Longwan District, 10 short</title>" in svg


def test_english_names_the_cities_and_chinese_the_counties() -> None:
    assert "Wenzhou" in tile_map(TILES)
    assert "鹿城" not in tile_map(TILES)
    with translation.override("zh-hans"):
        assert ">鹿城<" in tile_map(TILES)


def test_the_map_comes_with_a_key_and_a_list() -> None:
    html = render("{% tile_map tiles %}", tiles=TILES)

    assert html.count("<li>") == 3
    assert html.count("<tr>") == 1 + len(TILES)
    assert 'aria-label="Map: 1 short, 1 a few short, 1 filled"' in html


def test_a_chart_labels_its_lines_and_repeats_its_numbers_in_a_table() -> None:
    first = date(2020, 1, 20)
    points = [charts.Point(first + timedelta(days=day), day * 10, forecast=day > 50) for day in range(60)]
    html = render(
        "{% line_chart series title %}", series=[charts.Series("Hands", points)], title="Hands per day"
    )

    assert 'aria-label="Hands per day"' in html
    assert ">Hands</text>" in html
    assert html.count("dotted") == 1
    assert html.count("<tr>") == 61


@pytest.mark.parametrize(("highest", "top"), [(3, 4), (9_800, 10_000), (41, 80), (100, 100), (0, 4)])
def test_the_top_of_a_scale_is_a_round_number(highest: float, top: float) -> None:
    assert charts.scale_top(highest) == top


def test_a_chart_without_points_draws_nothing() -> None:
    assert charts.line_chart([], "empty") == ""


def test_a_suppressed_figure_shows_a_mark_with_its_reason_and_no_number() -> None:
    html = render('{% figure value=3 label="x" suppressed="small" %}')

    assert "hidden, too few people" in html
    assert ">3" not in html


def test_a_state_has_a_shape_and_words() -> None:
    html = render('{% state "short" 8 %}')

    assert "8 short" in html
    assert '<svg class="shape"' in html


def test_a_state_takes_the_words_of_its_place() -> None:
    assert "second in line" in render('{% state "at_risk" words="second in line" %}')


def test_what_a_person_wrote_is_escaped() -> None:
    html = render('{% state "short" words=words %}', words="<script>")

    assert "<script>" not in html


def test_a_code_is_a_picture_with_a_name() -> None:
    svg = qr.qr("https://manyhands.example/p/7204", "Pass 7204")

    assert 'role="img" aria-label="Pass 7204"' in svg


def pictures() -> dict[str, str]:
    today = date(2020, 2, 6)
    points = [charts.Point(today, 5), charts.Point(today + timedelta(days=1), 9)]
    return {
        "stitches": stitches(6, 14, 16, "short"),
        "crowd": people.crowd(6, 14, 16, you=6),
        "days": people.day_crowd({today: 3}, until=today),
        "mark": people.mark(),
        "map": tile_map(TILES),
        "chart": charts.line_chart([charts.Series("a", points), charts.Series("b", points)], "x"),
        "bar": charts.bar(41, 100, 75),
        "qr": qr.qr("x", "x"),
        **{name: icons.icon(name) for name in icons.ICONS},
        **{f"state {name}": icons.state_shape(name) for name in icons.STATE_SHAPES},
    }


@pytest.mark.parametrize("name", sorted(pictures()))
def test_every_picture_is_well_formed_and_has_no_inline_style(name: str) -> None:
    svg = pictures()[name]

    ElementTree.fromstring(svg)
    assert "style=" not in svg
    assert "<style" not in svg
