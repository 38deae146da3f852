"""The command: its sentence for bad input, its last line, its files."""

import json
import os
import resource
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.engine import BadProblem, Problem
from matching.engine.__main__ import main
from matching.engine.problem import SHIFT_ARRAYS, VOLUNTEER_ARRAYS
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn, problem, shift, volunteer

ROOT = Path(__file__).parents[3]
KEYS = [
    "volunteers",
    "shifts",
    "filled",
    "seats",
    "objective",
    "upper_bound",
    "gap_percent",
    "seconds",
    "peak_rss_mb",
]


@pytest.fixture
def folder(tmp_path):
    drawn(40, 20, seed=1).save(tmp_path / "problem.npz")
    return tmp_path


def run(folder, *options):
    return main([str(folder / "problem.npz"), str(folder / "plan.npz"), *options])


def test_the_last_line_is_an_object_with_the_figures_of_the_plan(folder):
    done = subprocess.run(
        [sys.executable, "-m", "matching.engine", "problem.npz", "plan.npz", "--certify", "--seed", "4"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    figures = json.loads(done.stdout.splitlines()[-1])
    with np.load(folder / "plan.npz") as plan:
        assert {name: plan[name].dtype.str for name in plan.files} == {
            "volunteer": "<i4",
            "shift": "<i4",
            "shift_price": "<f8",
        }
        assert len(plan["volunteer"]) == len(plan["shift"]) == figures["filled"]
        assert len(plan["shift_price"]) == figures["shifts"] == 20
    assert list(figures)[: len(KEYS)] == [*KEYS[:7], "is_optimal", "seconds"]
    assert set(KEYS) <= set(figures)
    assert list(figures["seconds"]) == ["load", "compile", "candidates", "plan", "certify"]
    assert figures["objective"] <= figures["upper_bound"]


def test_without_a_certificate_there_is_no_bound(folder, capsys):
    assert run(folder) == 0

    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["upper_bound"] is None and figures["gap_percent"] is None


def test_the_same_input_seed_and_workers_give_the_same_file(folder):
    run(folder, "--seed", "7", "--workers", "2")
    first = (folder / "plan.npz").read_bytes()

    run(folder, "--seed", "7", "--workers", "2")

    assert (folder / "plan.npz").read_bytes() == first


def test_a_saved_problem_is_read_back_with_and_without_remote_shifts(folder):
    whole = Problem.load(folder / "problem.npz")
    arrays = {name: array for name, array in vars(whole).items() if name != "shift_remote"}
    np.savez(folder / "old.npz", **arrays)

    assert np.array_equal(whole.shift_remote, drawn(40, 20, seed=1).shift_remote)
    assert not Problem.load(folder / "old.npz").shift_remote.any()


def spoiled(**changes):
    """Arrays of two volunteers and two shifts with changes: an array, a function of the old one, or None to leave out."""
    made = problem([volunteer(), volunteer()], [shift(8, 12), shift(20, 24)])
    arrays = dict(vars(made))
    for name, change in changes.items():
        arrays[name] = change(arrays[name]) if callable(change) else change
    return {name: array for name, array in arrays.items() if array is not None}


BAD = [
    ({"shift_min": None}, "The array shift_min is missing."),
    (
        {"volunteer_hours": lambda old: old[:, :2]},
        "The array volunteer_hours has the shape (2, 2); (2, 3) is needed.",
    ),
    ({"shift_cause": lambda old: old[:1]}, "The array shift_cause has the shape (1,); (2,) is needed."),
    ({"volunteer_x_km": lambda old: old[None]}, "The array volunteer_x_km must have one dimension."),
    ({"shift_max": np.ones(2)}, "The array shift_max is of type float64; int32 is needed."),
    ({"shift_traits": np.array(["a", "b"])}, "The array shift_traits is of type <U1; uint64 is needed."),
    ({"volunteer_y_km": np.float32([0, np.nan])}, "volunteer_y_km[1] is not a finite number."),
    ({"volunteer_reach_km": np.float32([np.inf, 1])}, "volunteer_reach_km[0] is not a finite number."),
    ({"volunteer_reach_km": np.float32([1, -1])}, "volunteer_reach_km[1] is negative."),
    ({"shift_x_km": np.float32([1, 1e9])}, "shift_x_km[1] is more than 100000 km from the origin."),
    ({"volunteer_max_hours": np.int16([-1, 4])}, "volunteer_max_hours[0] is negative."),
    ({"volunteer_recent_load": np.int16([0, 6])}, "volunteer_recent_load[1] is not within 0 to 5."),
    ({"shift_end_h": np.int32([7, 24])}, "shift_end_h[0] is not after the start of that shift."),
    ({"shift_end_h": np.int32([8, 24])}, "shift_end_h[0] is not after the start of that shift."),
    ({"shift_start_h": np.int32([-1, 20])}, "shift_start_h[0] lies before the horizon."),
    ({"shift_end_h": np.int32([12, 169])}, "shift_end_h[1] lies beyond the horizon of 168 hours."),
    ({"shift_min": np.int32([1, -1])}, "shift_min[1] is a negative number of seats."),
    (
        {"shift_min": np.int32([-3, 0]), "shift_max": np.int32([-2, 1])},
        "shift_min[0] is a negative number of seats.",
    ),
    ({"shift_max": np.int32([0, 1])}, "shift_max[0] is less than the least number of seats of that shift."),
    ({"shift_max": np.int32([1, 2_000_000])}, "shift_max[1] is more than 1000000 seats."),
    ({"shift_value_min": np.int64([2**40, 2000])}, "shift_value_min[0] is beyond 2 to the power of 36."),
    (
        {"shift_value_extra": np.int64([1000, 3000])},
        "shift_value_extra[1] is more than the value of the seats before it.",
    ),
    ({"shift_cause": np.int8([0, 64])}, "shift_cause[1] is not within 0 to 63."),
    ({"shift_remote": np.uint8([0, 2])}, "shift_remote[1] is neither 0 nor 1."),
    ({"shift_y_km": np.float32([0, -np.inf])}, "shift_y_km[1] is not a finite number."),
    ({"shift_traits": np.int64([1, -1])}, "The array shift_traits is of type int64; uint64 is needed."),
    (
        {"volunteer_hours": lambda old: old[:1]},
        "The array volunteer_hours has the shape (1, 3); (2, 3) is needed.",
    ),
    ({"shift_x_km": np.array(1, np.float32)}, "The array shift_x_km must have one dimension."),
    ({"shift_end_h": np.int32([176, 24])}, "shift_end_h[0] lies beyond the horizon of 168 hours."),
    (dict.fromkeys(VOLUNTEER_ARRAYS, lambda old: old[:0]), "There are no volunteers."),
    (dict.fromkeys(SHIFT_ARRAYS, lambda old: old[:0]), "There are no shifts."),
]


@pytest.mark.parametrize(
    ("changes", "sentence"), BAD, ids=[sentence.split(" ")[0] + str(n) for n, (_, sentence) in enumerate(BAD)]
)
def test_bad_input_is_named_in_one_sentence(tmp_path, capsys, changes, sentence):
    np.savez(tmp_path / "problem.npz", **spoiled(**changes))

    assert run(tmp_path) == 2

    said = capsys.readouterr()
    assert said.err == sentence + "\n"
    assert said.out == ""
    assert not (tmp_path / "plan.npz").exists()


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 broken", b"\x80\x04K\x01."])
def test_a_file_that_is_no_archive_is_refused(tmp_path, capsys, content):
    (tmp_path / "problem.npz").write_bytes(content)

    assert run(tmp_path) == 2
    assert capsys.readouterr().err.endswith("cannot be read as an .npz file of plain arrays.\n")


def member(header: bytes) -> bytes:
    """The bytes of an array with this header and nothing in it."""
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no array",
        member(b"{'descr': '<f4', 'fortran_order': False, 'shape': (10000000000000,)}\n"),
        member(b"{'descr': '|O', 'fortran_order': False, 'shape': (2,)}\n"),
        member(b"((((((\n"),
        member(b'"' * 3 + b"\n"),
        member(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\n"),
    ],
    ids=["empty", "text", "larger than any machine", "objects", "brackets", "quotes", "cut off"],
)
def test_an_archive_with_a_strange_array_is_refused(tmp_path, capsys, content):
    np.savez(tmp_path / "problem.npz", **spoiled(shift_min=None))
    with zipfile.ZipFile(tmp_path / "problem.npz", "a") as archive:
        archive.writestr("shift_min.npy", content)

    assert run(tmp_path) == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.endswith(("plain arrays.", "is not an array."))


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "problem.npz").mkdir()

    assert run(tmp_path) == 2
    assert capsys.readouterr().err.endswith("cannot be read as an .npz file of plain arrays.\n")


def test_a_single_array_is_refused(tmp_path, capsys):
    with (tmp_path / "problem.npz").open("wb") as file:
        np.save(file, np.zeros(3))

    assert run(tmp_path) == 2
    assert "named arrays" in capsys.readouterr().err


def test_pickled_objects_are_never_loaded(tmp_path, capsys):
    np.savez(tmp_path / "problem.npz", **spoiled(shift_min=np.array([{}, {}], dtype=object)))

    assert run(tmp_path) == 2
    assert "plain arrays" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path, capsys):
    assert run(tmp_path) == 2
    assert capsys.readouterr().err.startswith("There is no file ")


def test_a_plan_that_cannot_be_written_is_said(folder, capsys):
    assert main([str(folder / "problem.npz"), str(folder / "nowhere" / "plan.npz")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_disk_that_is_full_leaves_the_old_plan_and_nothing_half_written(folder, capsys):
    run(folder)
    before = (folder / "plan.npz").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))
    try:
        code = run(folder, "--seed", "2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert code == 2
    assert "cannot be written" in capsys.readouterr().err
    assert (folder / "plan.npz").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["plan.npz", "problem.npz"]


def test_a_plan_may_go_to_a_device(folder):
    assert main([str(folder / "problem.npz"), os.devnull]) == 0
    assert Path(os.devnull).is_char_device()


def test_an_array_of_something_else_is_refused_before_solving():
    made = problem([volunteer()], [shift(8, 12)])

    with pytest.raises(BadProblem, match="shift_min is not an array"):
        replace(made, shift_min=[1]).validate()


def test_a_written_plan_keeps_every_rule(folder):
    run(folder)
    made = Problem.load(folder / "problem.npz")

    with np.load(folder / "plan.npz") as plan:
        saved = type("Saved", (), {name: plan[name] for name in plan.files})

    assert checker.violations(made, saved) == []
