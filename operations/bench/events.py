"""`bench events`: repairs of a plan that stands, in the engine alone and from the act to the rows, beside a new plan."""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from accounts.models import User
from core import clock
from core.errors import DomainError
from matching import actions, jobs
from matching.engine import Problem, solve, warm_up
from matching.engine.events import Event, Kind, repair
from matching.engine.nearby import Whole
from matching.engine.plan import filled_of, seat_values
from matching.engine.province import invent
from matching.models import MatchRun, Proposal, Repair
from operations.bench.ground import own_ground
from operations.bench.pages import is_loaded
from operations.bench.progress import say
from tasks.actions.offers import Pick, decline_offer, make_offers
from tasks.actions.seats import release
from tasks.actions.shifts import edit_shift, post_shift
from tasks.models import Assignment, Offer, ShiftRole

ONE_PERSON = (Kind.DROPPED, Kind.DECLINED, Kind.NO_SHOW)
# Of the shifts, those that are only posted by an urgent event.
NOT_YET = 0.02
# Events before the first that counts.
FIRST = 12
# What a pair that stands is worth more in the plan made anew.
BONUS = 10
Dice = np.random.Generator


def run(*, volunteers: int, shifts: int, events: int, seed: int, workers: int, people: int) -> dict[str, Any]:
    """`people` is the size of the invented place for the whole path; without it, and where a place is loaded, that one
    is taken, and left as it was."""
    return {"bench": "events"} | {
        "engine": _engine(volunteers, shifts, events, seed, workers),
        "path": _path(events, seed, people),
    }


def _engine(volunteers: int, shifts: int, events: int, seed: int, workers: int) -> dict[str, Any]:
    problem = invent(volunteers, shifts, seed)
    dice = np.random.default_rng(seed)
    later = dice.choice(shifts, max(1, round(NOT_YET * shifts)), replace=False)
    base = replace(problem, shift_min=problem.shift_min.copy(), shift_max=problem.shift_max.copy())
    base.shift_min[later] = base.shift_max[later] = 0
    warm_up()
    say(f"planning {volunteers} x {shifts}")
    whole = Whole(base, solve(base, seed=seed, workers=workers))
    whole.price[later] = np.nan
    before = set(zip(*(part.tolist() for part in whole.plan()), strict=True))
    say(f"{events} events")
    times: dict[str, list[float]] = {"wall": [], "cpu": [], "cut": []}
    by_kind: dict[str, list[float]] = {str(kind): [] for kind in Kind}
    moves, filled, raised = [], [], []
    gc.collect()
    gc.disable()
    for n in range(events + FIRST):
        event = _drawn(dice, list(Kind)[n % len(Kind)], whole, problem, later)
        began = time.perf_counter()
        standing, near_people, near_shifts = whole.cut(event.shift)
        here = _within(event, near_people, near_shifts)
        cut, cpu = time.perf_counter(), time.thread_time()
        found = repair(standing, here)
        wall, used = time.perf_counter() - cut, time.thread_time() - cpu
        whole.carry_out(found, near_people, near_shifts, here)
        if n < FIRST:
            continue
        for name, seconds in (("wall", wall), ("cpu", used), ("cut", cut - began)):
            times[name].append(1000 * seconds)
        by_kind[str(event.kind)].append(1000 * wall)
        moves.append(len(found.moved[0]))
        filled.append(len(found.added[0]) - len(found.moved[0]))
        raised.append(found.objective - found.empty)
    gc.enable()
    return {
        "volunteers": volunteers,
        "shifts": shifts,
        "events": events,
        **_spread(times["wall"]),
        "cpu_p50_ms": _spread(times["cpu"])["p50_ms"],
        "cpu_p99_ms": _spread(times["cpu"])["p99_ms"],
        "cut_p50_ms": _spread(times["cut"])["p50_ms"],
        "cut_p99_ms": _spread(times["cut"])["p99_ms"],
        "moves_mean": round(float(np.mean(moves)), 3),
        "filled_mean": round(float(np.mean(filled)), 3),
        "raised_mean": round(float(np.mean(raised)), 1),
        "by_kind": {kind: _spread(found) for kind, found in by_kind.items()},
        "full": _full(whole, before, seed, workers),
    }


def _drawn(dice: Dice, kind: Kind, whole: Whole, problem: Problem, later: np.ndarray) -> Event:
    """An event in the numbers of the whole problem."""
    now = whole.problem
    s = int(dice.integers(now.shifts))
    if kind in ONE_PERSON:
        while not whole.holders.get(s):
            s = int(dice.integers(now.shifts))
        return Event(kind, s, int(dice.choice(whole.holders[s])))
    if kind == Kind.URGENT:
        s = int(dice.choice(later))
        return Event(kind, s, least=int(problem.shift_min[s]), most=int(problem.shift_max[s]))
    if kind == Kind.MOVED:
        start, end = int(now.shift_start_h[s]), int(now.shift_end_h[s])
        by = int(dice.integers(max(-6, -start), min(6, 168 - end) + 1))
        return Event(kind, s, start_h=start + by, end_h=end + by)
    least = max(int(now.shift_min[s]) + int(dice.integers(-2, 3)), 0)
    return Event(kind, s, least=least, most=max(int(now.shift_max[s]) + int(dice.integers(-2, 3)), least))


def _within(event: Event, people: np.ndarray, shifts: np.ndarray) -> Event:
    who = None if event.volunteer is None else int(np.searchsorted(people, event.volunteer))
    return replace(event, shift=int(np.searchsorted(shifts, event.shift)), volunteer=who)


def _full(whole: Whole, before: set[tuple[int, int]], seed: int, workers: int) -> dict[str, Any]:
    """The plan made anew after the events: beginning anew, and keeping what stands; beside the repaired one."""
    now = whole.problem
    volunteer, shift = whole.plan()
    repaired = set(zip(volunteer.tolist(), shift.tolist(), strict=True))
    problem = replace(now, volunteer_hours=now.volunteer_hours)
    found: dict[str, Any] = {"changed_by_repairs_percent": _changed(before, repaired)}
    say("a plan made anew, and one that keeps what stands")
    price = whole.price
    for name, known in (
        ("anew", {}),
        ("kept", {"start_price": price, "kept": (volunteer, shift), "bonus": BONUS}),
    ):
        began = time.perf_counter()
        plan = solve(problem, seed=seed, workers=workers, **known)  # type: ignore[arg-type]
        found[f"{name}_s"] = round(time.perf_counter() - began, 3)
        found[f"{name}_objective"] = plan.objective
        pairs = set(zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True))
        found[f"{name}_changed_percent"] = _changed(repaired, pairs)
    found["repaired_objective"] = _worth(problem, volunteer, shift)
    return found


def _changed(one: set[tuple[int, int]], other: set[tuple[int, int]]) -> float:
    return round(100 * len(one - other) / max(len(one), 1), 3)


def _worth(problem: Problem, volunteer: np.ndarray, shift: np.ndarray) -> int:
    far = np.hypot(
        problem.volunteer_x_km[volunteer].astype(float) - problem.shift_x_km[shift],
        problem.volunteer_y_km[volunteer].astype(float) - problem.shift_y_km[shift],
    )
    away = np.floor(10 * np.where(problem.shift_remote[shift] == 1, 0.0, far)).astype(np.int64)
    liked = problem.volunteer_causes[volunteer] >> problem.shift_cause[shift].astype(np.uint64) & np.uint64(1)
    cost = (
        away + np.where(liked == 1, 0, 250) + 30 * problem.volunteer_recent_load[volunteer].astype(np.int64)
    )
    return seat_values(problem, filled_of(problem, shift)) - int(cost.sum())


def _path(events: int, seed: int, people: int) -> dict[str, Any]:
    """The acts and the jobs that they ring for, in this process and on PostgreSQL; each is taken back."""
    if not people and is_loaded():
        return _acts(events, seed)
    with own_ground():
        size = people or 3_000
        say(f"loading an invented place of {size} volunteers")
        call_command(
            "load_demo", size="city" if size <= 3_000 else "province", volunteers=size, stdout=sys.stderr
        )
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return _acts(events, seed)


def _acts(events: int, seed: int) -> dict[str, Any]:
    at = clock.now()
    for new in actions.plan(at=at):
        actions.run_match(run_id=new.pk, at=at)
    last = MatchRun.objects.filter(status=MatchRun.Status.DONE).order_by("-pk").first()
    if last is None:
        raise CommandError("There is no plan to repair: nothing is asked for in this place.")
    say(f"{events} acts, each with its job")
    wall: list[float] = []
    repairs: list[Repair] = []
    by_kind: dict[str, list[float]] = {}
    for n, (kind, act) in enumerate(_drawn_acts(np.random.default_rng(seed), last, events + FIRST)):
        try:
            with transaction.atomic():
                done = act()
                began = time.perf_counter()
                role_id = done()
                if kind in ("dropped", "declined"):
                    jobs.offer_next(role_id=role_id)
                else:
                    jobs.repair_plan(role_id=role_id, kind=kind)
                seconds = time.perf_counter() - began
                repairs += Repair.objects.filter(run=last, role=role_id, at__gte=at) if n >= FIRST else []
                transaction.set_rollback(True)
        except DomainError as refused:
            say(f"{kind} was refused: {refused.code}")
            continue
        if n >= FIRST:
            wall.append(1000 * seconds)
            by_kind.setdefault(kind, []).append(1000 * seconds)
    if not wall:
        raise CommandError("No act could be done in this place.")
    return {
        "volunteers": last.volunteer_count,
        "roles": last.role_count,
        "acts": len(wall),
        **_spread(wall),
        "moves_mean": round(sum(one.moved_count for one in repairs) / len(wall), 3),
        "repairs": len(repairs),
        "filled": sum(one.filled_count for one in repairs),
        "repair_p50_ms": _spread([one.milliseconds for one in repairs])["p50_ms"],
        "by_kind": {kind: _spread(found) for kind, found in by_kind.items()},
        "full_run_s": round(sum(last.seconds.values()), 3),
    }


Act = Callable[[], Callable[[], int]]


def _drawn_acts(dice: Dice, run: MatchRun, count: int) -> Iterator[tuple[str, Act]]:
    """Kinds of acts in turn. The first call of each prepares, and gives what is measured, which says for which role."""
    at = clock.now()
    open_ones = {"shift__status": "open", "shift__starts_at__gt": at + timedelta(hours=30)}
    planned = list(
        Proposal.objects.filter(run=run, **{f"role__{name}": value for name, value in open_ones.items()})
        .order_by("pk")
        .values_list("role_id", "volunteer_id")
    )
    seats = list(
        Assignment.objects.live().filter(seats=1, **open_ones).order_by("pk").values_list("pk", flat=True)
    )
    if not planned:
        raise CommandError("The plan suggests nobody: nothing can be repaired.")
    by = User.objects.order_by("pk")[0]
    for n in range(count):
        role_id, volunteer_id = planned[int(dice.integers(len(planned)))]
        kind = ("declined", "dropped", "urgent", "moved", "seats")[n % 5]
        if kind == "declined":
            yield kind, lambda r=role_id, v=volunteer_id: _decline(r, v, by)  # type: ignore[misc]
        elif kind == "dropped" and seats:
            seat = seats[int(dice.integers(len(seats)))]
            yield kind, lambda pk=seat: _drop(pk)  # type: ignore[misc]
        elif kind == "urgent":
            yield kind, lambda r=role_id: _post(r, by)  # type: ignore[misc]
        elif kind in ("moved", "seats"):
            yield kind, lambda r=role_id, k=kind: _edit(r, k, by)  # type: ignore[misc]


def _role(role_id: int) -> ShiftRole:
    return ShiftRole.objects.select_related("shift__task", "shift__organization", "shift__area").get(
        pk=role_id
    )


def _decline(role_id: int, volunteer_id: int, by: User) -> Callable[[], int]:
    pick = Pick(volunteer_id, {"likelihood": 0.5})
    made = make_offers(
        role=_role(role_id), picks=[pick], source=Offer.Source.ORGANIZER, by=by, at=clock.now()
    )
    if not made.offers:
        raise NotAsked

    def act() -> int:
        offer = Offer.objects.select_related("volunteer__user").get(pk=made.offers[0].pk)
        decline_offer(offer=offer, by=offer.volunteer.user, at=clock.now(), answer="no-time")
        return role_id

    return act


class NotAsked(DomainError):
    code = "not-asked"
    text = "They cannot be asked"


def _drop(pk: int) -> Callable[[], int]:
    seat = Assignment.objects.select_related("shift", "volunteer__user").get(pk=pk)

    def act() -> int:
        release(assignment=seat, by=seat.volunteer.user, at=clock.now())
        return seat.role_id

    return act


def _post(role_id: int, by: User) -> Callable[[], int]:
    like = _role(role_id).shift

    def act() -> int:
        at = clock.now()
        posted = post_shift(
            task=like.task, organization=like.organization, by=by, at=at, area=like.area,
            starts_at=at + timedelta(hours=5), ends_at=at + timedelta(hours=8), seats=3, seats_min=2,
            longitude=like.longitude, latitude=like.latitude,
        )  # fmt: skip
        return posted.roles.get().pk

    return act


def _edit(role_id: int, kind: str, by: User) -> Callable[[], int]:
    role = _role(role_id)
    shift = role.shift

    def act() -> int:
        if kind == "moved" and shift.starts_at is not None and shift.ends_at is not None:
            hour = timedelta(hours=1)
            changes: dict[str, Any] = {"starts_at": shift.starts_at + hour, "ends_at": shift.ends_at + hour}
        else:
            changes = {"seats": role.seats + 2}
        edit_shift(shift=shift, changes=changes, by=by, at=clock.now(), role=role)
        return role_id

    return act


def _spread(milliseconds: list[float] | list[int]) -> dict[str, float]:
    if not milliseconds:
        return {"p50_ms": 0.0, "p99_ms": 0.0}
    return {f"p{part}_ms": round(float(np.percentile(milliseconds, part)), 3) for part in (50, 99)}
