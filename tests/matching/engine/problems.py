"""Problems for the tests: written by hand, drawn by Hypothesis, or drawn from a seed."""

import numpy as np
from hypothesis import strategies as st

from matching.engine import Problem

ALWAYS = (1 << 168) - 1
HOUR_CHOICES = [2, 4, 6, 8, 12, 20, 168]


def hours(*windows):
    """A set of hours from (first, end) windows; an int of 168 bits."""
    bits = 0
    for first, end in windows:
        for hour in range(first, end):
            bits |= 1 << hour
    return bits


def volunteer(x=0.0, y=0.0, traits=0, hours=ALWAYS, max_hours=168, reach=10.0, causes=1, load=0):
    return (x, y, traits, hours, max_hours, reach, causes, load)


def shift(start, end, x=0.0, y=0.0, traits=0, least=1, most=1, value=2000, extra=None, cause=0, remote=0):
    return (
        x,
        y,
        traits,
        start,
        end,
        least,
        most,
        value,
        value // 2 if extra is None else extra,
        cause,
        remote,
    )


def problem(volunteers, shifts):
    v = list(zip(*volunteers, strict=True)) or [()] * 8
    s = list(zip(*shifts, strict=True)) or [()] * 11
    words = [[bits >> 64 * word & (1 << 64) - 1 for word in range(3)] for bits in v[3]]
    made = Problem(
        volunteer_x_km=np.array(v[0], np.float32),
        volunteer_y_km=np.array(v[1], np.float32),
        volunteer_traits=np.array(v[2], np.uint64),
        volunteer_hours=np.array(words, np.uint64).reshape(len(volunteers), 3),
        volunteer_max_hours=np.array(v[4], np.int16),
        volunteer_reach_km=np.array(v[5], np.float32),
        volunteer_causes=np.array(v[6], np.uint64),
        volunteer_recent_load=np.array(v[7], np.int16),
        shift_x_km=np.array(s[0], np.float32),
        shift_y_km=np.array(s[1], np.float32),
        shift_traits=np.array(s[2], np.uint64),
        shift_start_h=np.array(s[3], np.int32),
        shift_end_h=np.array(s[4], np.int32),
        shift_min=np.array(s[5], np.int32),
        shift_max=np.array(s[6], np.int32),
        shift_value_min=np.array(s[7], np.int64),
        shift_value_extra=np.array(s[8], np.int64),
        shift_cause=np.array(s[9], np.int8),
        shift_remote=np.array(s[10], np.uint8),
    )
    # Of nobody or nothing no file may be; the engine itself plans nothing then.
    if volunteers and shifts:
        made.validate()
    return made


@st.composite
def volunteers(draw):
    """Rich in ties and edges: whole places, few traits, windows that begin and end at the words' borders."""
    edges = st.sampled_from([0, 8, 16, 24, 32, 40, 56, 63, 64, 65, 72, 96, 120, 127, 128, 129, 144, 160, 168])
    windows = draw(st.lists(st.tuples(edges, edges), max_size=3))
    available = draw(st.sampled_from([ALWAYS, hours(*windows)]))
    return volunteer(
        x=draw(st.integers(-3, 3)),
        y=draw(st.integers(-3, 3)),
        traits=draw(st.sampled_from([0, 1, 2, 3, 1 << 63, ALWAYS & (1 << 64) - 1])),
        hours=available,
        max_hours=draw(st.sampled_from(HOUR_CHOICES)),
        reach=draw(st.sampled_from([0.0, 1.0, 2.0, 5.0])),
        causes=draw(st.integers(0, 3)),
        load=draw(st.integers(0, 5)),
    )


@st.composite
def shifts(draw):
    start = draw(st.one_of(st.integers(0, 166), st.sampled_from([56, 62, 63, 64, 120, 127, 128, 160])))
    end = min(168, start + draw(st.integers(1, 8)))
    least = draw(st.integers(0, 2))
    value = draw(st.sampled_from([-50, 0, 200, 2000, 4000]))
    return shift(
        start,
        end,
        x=draw(st.integers(-3, 3)),
        y=draw(st.integers(-3, 3)),
        traits=draw(st.sampled_from([0, 0, 1, 3, 1 << 63])),
        least=least,
        most=least + draw(st.integers(0, 1)),
        value=value,
        extra=value if value < 0 else value // draw(st.integers(1, 3)),
        cause=draw(st.integers(0, 1)),
        remote=draw(st.integers(0, 1)),
    )


def small_problems(most_volunteers=7, most_shifts=6):
    return st.builds(
        problem, st.lists(volunteers(), max_size=most_volunteers), st.lists(shifts(), max_size=most_shifts)
    )


def drawn(volunteers_count, shifts_count, seed):
    """A crowded problem from a seed: rest, hours and seats all bind."""
    rng = np.random.default_rng(seed)
    people = [
        volunteer(
            x=rng.uniform(-5, 5),
            y=rng.uniform(-5, 5),
            traits=int(rng.integers(0, 8)),
            hours=hours(*[(24 * day + int(rng.integers(0, 10)), 24 * day + 24) for day in range(7)]),
            max_hours=int(rng.choice(HOUR_CHOICES)),
            reach=float(rng.uniform(1, 9)),
            causes=int(rng.integers(0, 4)),
            load=int(rng.integers(0, 6)),
        )
        for _ in range(volunteers_count)
    ]
    times = rng.integers(0, 160, shifts_count)
    work = [
        shift(
            int(start),
            int(start) + int(rng.integers(1, 9)),
            x=rng.uniform(-5, 5),
            y=rng.uniform(-5, 5),
            traits=int(rng.choice([0, 0, 1, 2, 3])),
            least=(least := int(rng.integers(0, 3))),
            most=least + int(rng.integers(0, 2)),
            value=int(2000 * 2 ** rng.integers(0, 3)),
            cause=int(rng.integers(0, 2)),
            remote=int(rng.random() < 0.1),
        )
        for start in times
    ]
    return problem(people, work)
