"""How alike two requests are, from values alone.

Texts are compared by the pairs of neighbouring characters that they share, which needs no words and so works in
Chinese as in English: s = 2 |A ∩ B| / (|A| + |B|) over the sets of different pairs A and B, 0 to 1. This is the
coefficient of Dice (1945, Ecology 26: 297–302) over digrams as Adamson and Boreham use it for titles (1974,
Information Storage and Retrieval 10: 253–260).
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

# Weights of the parts of a score, out of 100, and how many days apart two requests have nothing in common in time.
TEXT, PLACE, TIME = 40, 35, 25
DAYS_APART = 7
# Less is not worth a look.
ALIKE_FROM = 45
# Two written places that share less of their pairs are two places: what is asked for there is not one request.
ELSEWHERE = 0.2
# From here on a part is named as a reason.
NAMED_FROM = 0.5


class Why(StrEnum):
    """What speaks for two requests being one."""

    PHONE = "phone"
    POINT = "point"
    PLACE = "place"
    WORDS = "words"
    DAY = "day"


@dataclass(frozen=True)
class Asked:
    """What is compared of a request. `phone` and `place` may be empty; `area` and `point` are row numbers."""

    words: str
    place: str
    phone: str
    area: int
    point: int | None
    asked_at: datetime
    wanted_on: date | None


@dataclass(frozen=True)
class Likeness:
    """A score from 0 to 100, and its reasons, the strongest first."""

    score: int
    why: tuple[Why, ...]


def pairs(text: str) -> frozenset[str]:
    """The different pairs of neighbouring letters and digits, without case, width, blanks and punctuation."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())
    return frozenset(plain[start : start + 2] for start in range(len(plain) - 1))


def share_of_pairs(one: str, other: str) -> float:
    """The coefficient of Dice over pairs of characters; 0 where either text has none."""
    first, second = pairs(one), pairs(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def likeness(one: Asked, other: Asked) -> Likeness:
    """Text counts 40, place 35 and time 25 of 100; the same telephone lifts what is left halfway to 100.

    Place is 1 at the same code on a building, else the likeness of the written places, or a half for the same
    area where nothing is written. Time is 1 in the same moment and falls to 0 over `DAYS_APART`; two different
    days on which help is wanted make it 0. Places that are written and share less than `ELSEWHERE` make the whole 0,
    unless the telephone is the same.
    """
    text, place, time = share_of_pairs(one.words, other.words), _place(one, other), _time(one, other)
    same_phone = bool(one.phone) and one.phone == other.phone
    if place < ELSEWHERE and not same_phone:
        return Likeness(0, ())
    score = TEXT * text + PLACE * place + TIME * time
    if same_phone:
        score += (100 - score) / 2
    same_point = one.point is not None and one.point == other.point
    reasons = (
        (Why.PHONE, same_phone),
        (Why.POINT, same_point),
        (Why.PLACE, not same_point and place >= NAMED_FROM),
        (Why.WORDS, text >= NAMED_FROM),
        (Why.DAY, time >= NAMED_FROM),
    )
    return Likeness(round(score), tuple(why for why, holds in reasons if holds))


def _place(one: Asked, other: Asked) -> float:
    if one.point is not None and one.point == other.point:
        return 1.0
    if one.place and other.place:
        return share_of_pairs(one.place, other.place)
    return 0.5 if one.area == other.area else 0.0


def _time(one: Asked, other: Asked) -> float:
    if one.wanted_on and other.wanted_on and one.wanted_on != other.wanted_on:
        return 0.0
    days = abs((one.asked_at - other.asked_at).total_seconds()) / 86400
    return max(0.0, 1 - days / DAYS_APART)
