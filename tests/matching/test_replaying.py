"""A run made again: the same bit by bit, or what differs, or why it cannot be."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import ErasureRequest
from core import clock
from matching.actions import plan, replaying, run_match, running
from matching.actions.replaying import replay
from matching.models import MatchInput, MatchRun, Proposal
from matching.policies.given import DIGEST_BYTES, DamagedInput, Given, packed, unpacked
from privacy.erasure import forget
from privacy.retention import purge
from tests.factories.areas import small_tree
from tests.matching.province import make_open_shift, make_province, make_willing


def carry_out() -> MatchRun:
    at = clock.now()
    (run,) = plan(at=at)
    return run_match(run_id=run.pk, at=at)


def said(code: str, *options: str) -> tuple[int, str]:
    """Exit code, and what was printed or refused."""
    out = io.StringIO()
    try:
        call_command("replay_match", code, *options, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def tampered(run: MatchRun, change) -> None:
    """Write the input again with something changed, and a check sum that is right."""
    parts = unpacked(bytes(run.input.content))
    MatchInput.objects.filter(run=run).update(content=packed([change(part) for part in parts]))


def test_a_run_comes_out_the_same_and_later_changes_of_its_plan_are_no_part_of_it(db):
    make_province(3)
    run = carry_out()
    assert run.proposal_count > 5
    Proposal.objects.filter(run=run).delete()

    found = replay(code=run.code)

    assert found.is_same and found.digest_now == run.plan_digest
    assert sum(part.pairs for part in found.parts) == run.proposal_count
    code, words = said(run.code)
    assert code == 0 and f"Run {run.code}: identical" in words
    assert json.loads(said(run.code, "--json")[1])["is_same"] is True


def test_one_bit_of_the_input_changed_is_seen_with_the_pair_that_differs(db):
    tree = small_tree()
    shift = make_open_shift(tree, seats=1, seats_min=1)
    make_willing(tree)
    run = carry_out()
    role_id = shift.roles.get().pk

    def without_an_hour(part: Given) -> Given:
        hours = part.arrays["volunteer_hours"].copy()
        first = int(part.arrays["shift_start_h"][0])
        hours[0, first >> 6] ^= np.uint64(1 << (first & 63))
        return replace(part, arrays=part.arrays | {"volunteer_hours": hours})

    tampered(run, without_an_hour)
    code, words = said(run.code)

    assert code == 1
    assert f"only then: volunteer 0 of the input for role {role_id}" in words
    assert f"SHA-256 was {run.plan_digest}" in words
    assert (0, role_id) in replay(code=run.code).parts[0].only_then


def test_a_price_that_differs_is_named(db, monkeypatch):
    tree = small_tree()
    make_open_shift(tree)
    make_willing(tree)
    run = carry_out()
    solve = replaying.solve_problem
    monkeypatch.setattr(
        replaying,
        "solve_problem",
        lambda arrays, seed: replace(
            solved := solve(arrays, seed=seed), shift_price=np.nextafter(solved.shift_price, np.inf)
        ),
    )

    code, words = said(run.code)

    assert code == 1 and "price of role" in words


def test_a_flipped_bit_of_what_is_kept_is_damage(db):
    make_open_shift(small_tree())
    run = carry_out()
    content = bytearray(run.input.content)
    content[-40] ^= 1
    MatchInput.objects.filter(run=run).update(content=bytes(content))

    code, words = said(run.code)

    assert code == 5 and "damaged: its check sum" in words


def test_what_is_no_archive_or_lacks_an_array_is_damage():
    def sealed(content: bytes) -> bytes:
        return hashlib.sha256(content).digest() + content

    file = io.BytesIO()
    np.savez(file, **{"0/volunteer_x_km": np.zeros(1)})

    for content in (b"", b"short", sealed(b"no archive"), sealed(file.getvalue())):
        with pytest.raises(DamagedInput):
            unpacked(content)
    assert unpacked(packed([])) == []
    assert packed([], at_most=DIGEST_BYTES) == b""


def test_each_thing_that_keeps_a_replay_off_has_its_sentence_and_exit_code(db, monkeypatch):
    make_open_shift(small_tree())
    assert said("NOSUCHCODE") == (2, "There is no run NOSUCHCODE.")
    run = carry_out()

    MatchRun.objects.filter(pk=run.pk).update(engine_version="0")
    assert said(run.code)[0] == 4 and "version 0 of the engine" in said(run.code)[1]
    MatchInput.objects.filter(run=run).update(content=b"")
    assert said(run.code)[0] == 3 and "larger than 64 MB" in said(run.code)[1]
    MatchInput.objects.filter(run=run).delete()
    assert said(run.code)[0] == 3 and "14 days at most" in said(run.code)[1]
    MatchRun.objects.filter(pk=run.pk).update(status="superseded", offered_at=None)
    assert said(run.code)[0] == 2 and "made no plan" in said(run.code)[1]


def test_what_is_too_large_is_not_kept_and_said(db, monkeypatch, caplog):
    tree = small_tree()
    make_open_shift(tree)
    make_willing(tree)
    monkeypatch.setattr(running, "packed", lambda parts: packed(parts, at_most=100))

    run = carry_out()

    assert run.status == "done" and bytes(run.input.content) == b""
    assert "too large to be kept" in caplog.text


def kept(run: MatchRun, at) -> MatchInput:
    return MatchInput.objects.create(run=run, content=b"x", kept_at=at)


def test_inputs_go_after_fourteen_days_and_after_one_day_an_hour_keeps_its_first(db):
    now = clock.now()
    hour = (now - timedelta(days=2)).replace(minute=10)
    area = small_tree().province
    _, first, _, next_hour, fresh = (
        kept(
            MatchRun.objects.create(scope=area, demand_version=str(n), plans_from=now, requested_at=now),
            moment,
        )
        for n, moment in enumerate(
            [
                now - timedelta(days=14, minutes=1),
                hour,
                hour + timedelta(minutes=3),
                hour + timedelta(hours=1),
                now - timedelta(hours=1),
            ]
        )
    )

    assert purge(at=now)["match_inputs"] == 2
    assert set(MatchInput.objects.all()) == {first, next_hour, fresh}


def test_who_is_erased_takes_the_inputs_of_their_province_along(db):
    tree = small_tree()
    make_open_shift(tree)
    volunteer = make_willing(tree)
    run = carry_out()

    forget(user=volunteer.user, at=clock.now())

    assert not MatchInput.objects.exists()
    assert said(run.code)[0] == 3


def test_a_run_that_had_read_somebody_who_was_erased_meanwhile_keeps_nothing(db, monkeypatch):
    tree = small_tree()
    make_open_shift(tree)
    volunteer = make_willing(tree)
    solve = running.solve_parts

    def and_erase(*args):
        now = clock.now()
        ErasureRequest.objects.create(user=volunteer.user, requested_at=now, due_at=now, carried_out_at=now)
        return solve(*args)

    monkeypatch.setattr(running, "solve_parts", and_erase)

    assert carry_out().status == "done"
    assert not MatchInput.objects.exists()
