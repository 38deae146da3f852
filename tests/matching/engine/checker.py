"""The rules once more, in plain Python from their definition: nothing here comes from the engine."""

import math
from itertools import pairwise

REST = 8
PER_KM, OTHER_CAUSE, PER_LOAD = 10, 250, 30


def violations(problem, plan):
    """Every rule that the pairs of a plan break, in words; no words for a good plan."""
    found = []
    pairs = list(zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True))
    if len(set(pairs)) < len(pairs):
        found.append("a pair twice")
    weeks: dict[int, list[int]] = {}
    for v, s in pairs:
        weeks.setdefault(v, []).append(s)
        found.extend(f"volunteer {v}, shift {s}: {why}" for why in unmet(problem, v, s))
    for v, week in weeks.items():
        times = sorted((int(problem.shift_start_h[s]), int(problem.shift_end_h[s])) for s in week)
        if any(later[0] - earlier[1] < REST for earlier, later in pairwise(times)):
            found.append(f"volunteer {v}: too little rest in {times}")
        if sum(end - start for start, end in times) > problem.volunteer_max_hours[v]:
            found.append(f"volunteer {v}: too many hours in {times}")
    for s in range(problem.shifts):
        if sum(other == s for other in plan.shift.tolist()) > problem.shift_max[s]:
            found.append(f"shift {s}: more people than seats")
    return found


def unmet(problem, v, s):
    """Which rules of a single pair are broken."""
    for bit in range(64):
        if int(problem.shift_traits[s]) >> bit & 1 and not int(problem.volunteer_traits[v]) >> bit & 1:
            yield f"trait {bit}"
    for hour in range(int(problem.shift_start_h[s]), int(problem.shift_end_h[s])):
        word = int(problem.volunteer_hours[v, hour // 64])
        if not word & (1 << (hour % 64)):
            yield f"hour {hour}"
    if not problem.shift_remote[s] and distance(problem, v, s) > float(problem.volunteer_reach_km[v]):
        yield "distance"


def distance(problem, v, s):
    dx = float(problem.volunteer_x_km[v]) - float(problem.shift_x_km[s])
    dy = float(problem.volunteer_y_km[v]) - float(problem.shift_y_km[s])
    return math.sqrt(dx * dx + dy * dy)


def cost(problem, v, s):
    away = 0.0 if problem.shift_remote[s] else distance(problem, v, s)
    preferred = int(problem.volunteer_causes[v]) & (1 << int(problem.shift_cause[s]))
    load = int(problem.volunteer_recent_load[v])
    return math.floor(PER_KM * away) + (0 if preferred else OTHER_CAUSE) + PER_LOAD * load


def objective(problem, plan):
    """What the pairs are worth: seat after seat of each shift, less what each pair costs."""
    worth = 0
    taken = [0] * problem.shifts
    for v, s in zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True):
        value = problem.shift_value_min if taken[s] < problem.shift_min[s] else problem.shift_value_extra
        taken[s] += 1
        worth += int(value[s]) - cost(problem, v, s)
    return worth


def eligible_pairs(problem):
    """Every pair that may be in a plan by itself, found by trying all."""
    return [
        (v, s)
        for v in range(problem.volunteers)
        for s in range(problem.shifts)
        if not any(unmet(problem, v, s))
        and problem.shift_end_h[s] - problem.shift_start_h[s] <= problem.volunteer_max_hours[v]
    ]


def apart(problem, one, other):
    """Whether a volunteer can hold both shifts."""
    first, second = sorted([one, other], key=lambda s: int(problem.shift_start_h[s]))
    return int(problem.shift_start_h[second]) - int(problem.shift_end_h[first]) >= REST


def bound(problem, price):
    """The Lagrangian bound by trying every week of every volunteer: for small problems."""
    total = 0.0
    pairs = eligible_pairs(problem)
    for v in range(problem.volunteers):
        weeks: list[tuple[tuple[int, ...], float, int]] = [((), 0.0, 0)]
        for s in (s for w, s in pairs if w == v):
            duration = int(problem.shift_end_h[s] - problem.shift_start_h[s])
            profit = float(price[s]) - cost(problem, v, s)
            for week, worth, hours in list(weeks):
                fits = hours + duration <= problem.volunteer_max_hours[v]
                if fits and all(apart(problem, s, other) for other in week):
                    weeks.append(((*week, s), worth + profit, hours + duration))
        total += max(worth for _, worth, _ in weeks)
    for s in range(problem.shifts):
        least, spare = int(problem.shift_min[s]), int(problem.shift_max[s] - problem.shift_min[s])
        total += max(0.0, float(problem.shift_value_min[s] - price[s])) * least
        total += max(0.0, float(problem.shift_value_extra[s] - price[s])) * spare
    return total
