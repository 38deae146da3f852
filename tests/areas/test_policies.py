import pytest

from areas.policies import centre, distance_m, short_chinese_name, short_english_name


def test_the_distance_between_two_cities_is_known() -> None:
    # Hangzhou to Ningbo, city centres: 145 km on the great circle.
    assert distance_m(120.1551, 30.2741, 121.5497, 29.8683) == pytest.approx(141_700, rel=0.01)


def test_a_degree_on_the_equator_is_a_360th_of_the_way_around() -> None:
    assert distance_m(0, 0, 1, 0) == pytest.approx(111_195, rel=0.0001)


def test_distance_is_nothing_to_oneself_and_the_same_both_ways() -> None:
    assert distance_m(120, 30, 120, 30) == 0
    assert distance_m(120, 30, 121, 29) == distance_m(121, 29, 120, 30)


def test_distance_crosses_the_date_line_the_short_way() -> None:
    assert distance_m(179.5, 0, -179.5, 0) == pytest.approx(111_195, rel=0.0001)


def test_points_on_opposite_sides_of_the_earth_have_a_distance() -> None:
    assert distance_m(0, 0, 180, 0) == pytest.approx(20_015_114, rel=0.0001)


def square(left: float, bottom: float, size: float) -> list[list[list[float]]]:
    right, top = left + size, bottom + size
    return [[[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]]


def test_the_centre_of_islands_lies_on_the_largest() -> None:
    assert centre([square(122, 30, 0.2), square(120, 29, 1)]) == (120.5, 29.5)


def test_the_direction_of_a_border_does_not_matter() -> None:
    backwards = [list(reversed(square(120, 29, 1)[0]))]

    assert centre([backwards]) == (120.5, 29.5)


def test_a_border_without_area_has_its_first_point_as_centre() -> None:
    assert centre([[[[120.0, 30.0]] * 4]]) == (120.0, 30.0)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Tonglu County", "Tonglu"),
        ("Jingning She Autonomous County", "Jingning"),
        ("Eshan She Township", "Eshan"),
        ("Laozhu She Town", "Laozhu"),
        ("Hangzhou", "Hangzhou"),
        ("Yuehu New City", "Yuehu New City"),
    ],
)
def test_english_names_lose_the_word_for_their_kind(name: str, short: str) -> None:
    assert short_english_name(name) == short


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("安吉县", "安吉"),
        ("景宁畲族自治县", "景宁"),
        ("老竹畲族镇", "老竹"),
        ("桐君街道", "桐君"),
        ("围区", "围区"),
    ],
)
def test_chinese_names_lose_the_character_for_their_kind(name: str, short: str) -> None:
    assert short_chinese_name(name) == short
