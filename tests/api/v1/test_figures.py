"""Public figures for programs."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from api.throttling import counts
from core import clock, rates
from insights.models import Release
from insights.queries import DEFINITIONS, Key
from tests.api.v1.test_schema import validator
from tests.factories.areas import SmallTree, small_tree
from tests.web.reading import statements

pytestmark = pytest.mark.django_db
PATH = "/api/v1/figures/"


@pytest.fixture
def described() -> Any:
    return Client().get("/api/v1/schema/").json()


@pytest.fixture
def tree() -> SmallTree:
    return small_tree()


def release(tree: SmallTree, ends_on: date, *, version: int = 1, **figures: Any) -> Release:
    values = {key.value: [0, ""] for key in DEFINITIONS} | figures
    return Release.objects.create(
        period="day",
        starts_on=ends_on,
        ends_on=ends_on,
        version=version,
        correction="Hours of one desk came late" if version > 1 else "",
        released_at=clock.now(),
        figures={area.code: values for area in (tree.province, *tree.cities, *tree.counties)},
    )


def test_every_figure_is_explained_once_and_says_what_is_hidden(client, tree, described, settings):
    day = clock.today() - timedelta(days=1)
    release(tree, day, volunteers=[300, ""])
    release(tree, day, version=2, volunteers=[None, "small"], hours=[None, "complement"], calls=[12, ""])

    with statements() as captured:
        answer = client.get(PATH, {"area": "33"})

    assert len(captured) <= 3
    validator(described, "Figures").validate(answer.json())
    assert "public" in answer["Cache-Control"]
    (newest,) = answer.json()["releases"]
    assert (newest["version"], newest["correction"]) == (2, "Hours of one desk came late")
    figures = {figure["key"]: figure for figure in newest["figures"]}
    assert figures.keys() == {key.value for key in Key if key in DEFINITIONS}
    assert (figures["volunteers"]["value"], figures["volunteers"]["suppression"]) == (None, "small")
    assert figures["hours"]["suppression"] == "complement"
    assert (figures["calls"]["value"], figures["calls"]["suppression"]) == (12, None)
    definitions = answer.json()["definitions"]
    assert definitions.keys() == figures.keys()
    for definition in definitions.values():
        for words in ("name", "definition", "formula", "source", "refreshed", "protection"):
            assert definition[words]["zh"] and definition[words]["en"]
    assert definitions["calls"]["name"]["en"] == "Calls"


def test_a_month_of_every_period_stays_a_small_answer(client, tree):
    today = clock.today()
    values: dict[str, Any] = {key.value: [123_455, ""] for key in DEFINITIONS}
    Release.objects.bulk_create(
        Release(
            period=period,
            starts_on=today - timedelta(days=back),
            ends_on=today - timedelta(days=back),
            version=1,
            released_at=clock.now(),
            figures={tree.province.code: values},
        )
        for back in range(1, 32)
        for period in Release.Period.values
    )

    answer = client.get(PATH, {"area": "33", "to": (today - timedelta(days=1)).isoformat()})

    assert len(answer.json()["releases"]) == 31 * len(Release.Period)
    assert answer.content.count(b"Calls made public") == 1
    assert len(answer.content) <= 256 * 2**10


def test_days_are_asked_for_by_first_and_last(client, tree):
    today = clock.today()
    for back in (1, 2, 40):
        release(tree, today - timedelta(days=back))

    def days(**query: str) -> list[str]:
        return [one["ends_on"] for one in client.get(PATH, {"area": "33", **query}).json()["releases"]]

    iso = {back: (today - timedelta(days=back)).isoformat() for back in (1, 2, 40, 50)}
    assert days() == [iso[1]]
    assert days(**{"from": iso[2]}) == [iso[1], iso[2]]
    assert days(to=iso[2]) == [iso[2]]
    assert days(**{"from": iso[50], "to": iso[40]}) == [iso[40]]


@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        ({"area": "nowhere"}, 404, "not-found", None),
        ({"area": "330122003"}, 404, "no-public-figures", None),
        ({"from": "2026-02-30"}, 422, "invalid", "from"),
        ({"to": "yesterday"}, 422, "invalid", "to"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, 422, "invalid", "to"),
        ({"from": "2026-01-01", "to": "2026-03-01"}, 422, "invalid", "to"),
        ({"to": "2020-01-01"}, 404, "not-released-yet", None),
        ({"from": "0001-01-01"}, 404, "not-released-yet", None),
        ({"from": "2999-01-01"}, 404, "not-released-yet", None),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(client, tree, query, status, code, field):
    release(tree, clock.today() - timedelta(days=1))

    answer = client.get(PATH, query, headers={"accept-language": "en"})

    problem = answer.json()
    assert (answer.status_code, problem["type"].rsplit("/", 1)[-1]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    assert field is None or problem["errors"][field][0]


def test_before_anything_was_released_that_is_what_is_said(client, tree):
    answer = client.get(PATH, headers={"accept-language": "zh-hans"})

    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/not-released-yet")


def test_an_address_that_asks_without_end_has_to_wait(client, tree, monkeypatch):
    counts.forget()
    asked: list[str] = []

    def too_many(key: str, **limits: int) -> bool:
        asked.append(key)
        return False

    monkeypatch.setattr(rates, "hit", too_many)

    answers = [client.get(PATH).status_code for _ in range(21)]

    assert answers[:19] == [404] * 19
    assert answers[19:] == [429, 429]
    assert asked == ["api:from 127.0.0.1"]
    counts.forget()
