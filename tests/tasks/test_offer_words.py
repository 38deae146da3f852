"""Offers in words: why somebody was asked, and why others were not."""

import pytest
from django.utils.translation import override

from tasks.policies import Turndown
from tasks.rendering.offers import (
    distance_in_words,
    reasons_by_language,
    reasons_in_words,
    turndown_in_words,
    turned_down_in_words,
)

EVERYTHING = {
    "metres": 612,
    "remote": False,
    "on_duty": True,
    "served": ["2020-02-02", "2020-01-30"],
    "speaks": [{"zh": "河南话", "en": "Henan dialect"}],
    "can": [{"zh": "护士", "en": "Nurse"}, {"zh": "驾驶", "en": "Driving"}],
    "waited_days": 6,
    "rested_hours": 19,
    "cause": True,
    "load": 0,
    "cost": 6,
    "likelihood": 0.8,
    "price": 4200,
}


@override("en")
def test_every_reason_is_said_in_english() -> None:
    assert reasons_in_words(EVERYTHING) == [
        "On duty now",
        "600 m away",
        "Did this work on 30 Jan and 2 Feb",
        "Speaks Henan dialect",
        "Has what it asks for: Nurse, Driving",
        "Has waited 6 days for a task",
        "Rested 19 h",
        "Work that they care for",
    ]


@override("zh-hans")
def test_every_reason_is_said_in_chinese() -> None:
    assert reasons_in_words(EVERYTHING) == [
        "正在值守",
        "相距 600 米",
        "1 月 30 日和 2 月 2 日做过这活",
        "会说河南话",
        "要的都有：护士、驾驶",
        "6 天没排上班",
        "休息了 19 小时",
        "关心这类事",
    ]


@override("en")
def test_whoever_is_asked_is_spoken_to() -> None:
    assert reasons_in_words(EVERYTHING, own=True) == [
        "On duty now",
        "600 m away",
        "You did this work on 30 Jan and 2 Feb",
        "You speak Henan dialect",
        "You have what it asks for: Nurse, Driving",
        "You have waited 6 days for a task",
        "Rested 19 h",
        "Work that you care for",
    ]


@override("en")
def test_what_is_not_known_is_not_said() -> None:
    assert reasons_in_words({}) == []
    assert reasons_in_words({"remote": True, "metres": 612}) == ["From home, no way to go"]


def test_a_message_gets_the_reasons_in_both_languages() -> None:
    assert reasons_by_language({"metres": 1430, "on_duty": True, "served": ["2020-01-30"]}) == {
        "zh": "正在值守；相距 1.4 公里；1 月 30 日做过这活",
        "en": "On duty now; 1.4 km away; you did this work on 30 Jan",
    }


@pytest.mark.parametrize(
    ("metres", "words"),
    [(0, "50 m"), (612, "600 m"), (960, "950 m"), (980, "1.0 km"), (1430, "1.4 km"), (23_400, "23 km")],
)
@override("en")
def test_a_distance_is_as_exact_as_it_helps(metres: int, words: str) -> None:
    assert distance_in_words(metres) == words


@override("en")
def test_the_others_are_counted_in_sentences() -> None:
    counted = [(Turndown.HOURS, 5), (Turndown.DISTANCE, 1), (Turndown.NEEDED_ELSEWHERE, 9)]

    assert turned_down_in_words(counted) == [
        "5 have used their weekly hours",
        "1 lives too far away",
        "9 are needed more elsewhere",
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("turndown", list(Turndown))
def test_every_turndown_has_its_words(turndown: Turndown, language: str) -> None:
    with override(language):
        one, many, alone = (
            turned_down_in_words([(turndown, 1)])[0],
            turned_down_in_words([(turndown, 3)])[0],
            turndown_in_words(turndown),
        )

    assert "1" in one
    assert "3" in many
    assert alone
    assert "%" not in one + many + alone
    assert any("一" <= letter <= "鿿" for letter in one + alone) == (language == "zh-hans")
