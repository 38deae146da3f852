"""Two policies, seed by seed: the same place for all, plays that can be told again, differences, what is left behind."""

import json
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from core import deployment
from operations.drill.outcome import comparing, copies, digest
from operations.drill.outcome.compared import newest, rows, table
from operations.drill.outcome.comparing import BEGINS_AT, NothingToResume, PlayFailed, Wanted
from operations.drill.outcome.copies import ComparisonGoesOn, Copies, held
from operations.drill.outcome.differences import difference
from operations.drill.outcome.measures import MEASURES
from operations.drill.stages import stepped
from operations.launcher.console import Console
from operations.models import Comparison
from tasks.models import Offer
from tests.plugin.database import LiveDatabase, admin, connected_to

VOLUNTEERS = 600


@pytest.fixture
def console() -> Console:
    return Console(StringIO())


@pytest.fixture
def copied(live_db: LiveDatabase, template_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The place that is prepared begins with the tables of this run's template, not with none."""
    make = Copies.make

    def quickly(self: Copies, name: str, *, like: str = "template0") -> str:
        return make(self, name, like=template_database if like == "template0" else like)

    monkeypatch.setattr(Copies, "make", quickly)
    yield
    deployment.remember(False)


def played(policy: str, seed: int) -> str:
    stepped.play_here(
        scenario="outbreak", policy=policy, seed=seed, days=1, begins_at=datetime.fromisoformat(BEGINS_AT)
    )
    return digest.of_story()


def test_both_policies_play_in_copies_of_one_place_and_the_same_seed_tells_the_same_story(
    copied: None, tmp_path: Path, console: Console
):
    wanted = Wanted("nearest", "certified", (4,), days=1, volunteers=VOLUNTEERS)
    with held() as server:
        comparing._prepare(server, wanted, folder=tmp_path, console=console)
        plays = comparing._play_all(server, wanted, workers=2, folder=tmp_path, console=console)
        again = {}
        for policy, seed in (("certified", 4), ("nearest", 5)):
            server.make(name := copies.name_of(policy, seed), like=copies.BASE)
            with connected_to(name):
                deployment.forget()
                again[policy] = played(policy, seed)
                sources = set(Offer.objects.filter(made_at__gte=BEGINS_AT).values_list("source", flat=True))
            connection.close()

    near, certified = plays["nearest", 4], plays["certified", 4]
    assert again["certified"] == certified["digest"]
    assert len({again["nearest"], near["digest"], certified["digest"]}) == 3
    assert "matching" not in sources
    assert near["summary"]["figures"]["runs"] == 0 < certified["summary"]["figures"]["runs"]

    result = comparing._result(wanted, plays, seconds=1)
    comparing._keep(result, console)
    assert {one["key"] for one in result["differences"]} == set(near["summary"]["figures"])
    assert Comparison.objects.get().result["plays"][1]["digest"] == certified["digest"]
    shown = newest()
    assert shown is not None and shown.picture.startswith("<svg") and len(shown.rows) == len(MEASURES)
    assert "95 % interval" in table(result)


def test_what_a_killed_comparison_left_is_dropped_by_the_next_and_two_do_not_go_together(
    live_db: LiveDatabase,
):
    left = f"{copies.PREFIX}nearest_1"
    admin(f'CREATE DATABASE "{left}"')

    with held() as server:
        assert server.left() == []
        with pytest.raises(ComparisonGoesOn), held():
            pass


def test_a_play_that_fails_ends_the_comparison_with_what_it_said_and_leaves_nothing(
    copied: None, tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(comparing, "_prepare", lambda server, wanted, **given: server.make(copies.BASE))

    with pytest.raises(PlayFailed, match="invented people alone"):
        comparing.run(
            a="nearest", b="certified", seeds=(1,), days=1, folder=tmp_path / "out", console=console
        )

    with held() as server:
        assert server.left() == []


def test_a_killed_comparison_goes_on_without_what_it_had_ended_and_with_the_same_plays_alone(
    tmp_path: Path,
):
    wanted = Wanted("nearest", "certified", (1, 2))
    folder = tmp_path / "out"
    comparing._begun(wanted, folder)
    ended = {"summary": {"days": 1}, "digest": "d"}
    (folder / "nearest-1.jsonl").write_text('{"day": 1}\n' + json.dumps(ended) + "\n")
    (folder / "certified-1.jsonl").write_text('{"day": 1}\n{"day"')

    assert comparing._resumed(wanted, folder) == {("nearest", 1): ended}
    with pytest.raises(NothingToResume, match="No comparison of these plays"):
        comparing._resumed(Wanted("nearest", "certified", (1, 2), days=3), folder)
    with pytest.raises(NothingToResume):
        comparing._resumed(wanted, tmp_path / "elsewhere")


def test_plays_go_seed_by_seed_so_that_pairs_are_whole_early():
    assert Wanted("a", "b", (3, 4)).plays == [("a", 3), ("b", 3), ("a", 4), ("b", 4)]


def test_a_paired_difference_is_that_of_the_formula_by_hand():
    one = difference("fill", [80.0, 82.0, 90.0, None], [84.0, 83.0, 91.0, 50.0])

    # Differences 4, 1, 1: mean 2, spread √((4 + 1 + 1) / 2) = √3; t for two degrees is 4.303; √3 / √3 = 1.
    assert (one.pairs, one.mean, one.least, one.most) == (3, 2.0, 1.0, 4.0)
    assert one.first == 84.0
    assert one.spread == pytest.approx(3**0.5)
    assert (one.low, one.high) == (pytest.approx(2 - 4.303), pytest.approx(2 + 4.303))
    assert not one.is_clear
    assert difference("fill", [1.0, 1.0], [3.0, 3.0]).is_clear


def test_one_pair_has_no_interval_and_none_no_difference():
    alone = difference("fill", [80.0], [84.0])
    assert (alone.mean, alone.low, alone.spread) == (4.0, None, None)

    none = difference("gap", [None, None], [1.0, 3.0])
    assert (none.pairs, none.first, none.second, none.mean) == (0, None, 2.0, None)


def test_the_page_says_each_figure_with_its_sign_and_draws_nothing_without_a_pair():
    result: dict[str, Any] = {
        "a": "nearest", "b": "certified", "plays": [], "differences": [
            difference("fill_crisis", [80.0, 82.0], [84.0, 84.0]).__dict__,
            difference("served", [None], [None]).__dict__,
        ],
    }  # fmt: skip

    with translation.override("en"):
        first, second = rows(result)

    # Differences 4 and 2; t for one degree is 12.706, and √2 / √2 is 1.
    # Shares differ by points; the sign is a minus and not a hyphen, and a number stays with its unit.
    said = [words.replace("\u00a0", " ") for words in (first.first, first.mean, first.interval, first.span)]
    assert said == ["81.0 %", "+3.0 points", "−9.7 points to +15.7 points", "+2.0 points to +4.0 points"]
    assert first.is_better and not first.is_clear
    assert (second.mean, second.span) == ("–", "–")
