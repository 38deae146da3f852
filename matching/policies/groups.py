"""The groups of people by which a plan is looked at for fairness; and nothing else ever looks at them.

A code is a dimension and a value: `sex:female`, `age:30`, `area:3301`, `channel:sms`. `ALL` counts everybody once.

Channels: `helped` (a person acts for them: family, a neighbour, a desk), `sms`, `email`, or `here` (only when they look
themselves). An age is the first of its band. Whoever did not say stands under `unsaid`.
"""

from collections.abc import Iterable

ALL = "all"
AREA, AGE, SEX, CHANNEL = DIMENSIONS = ("area", "age", "sex", "channel")
BANDS = (0, 18, 30, 45, 60)
UNSAID = "unsaid"
# The values of each dimension in the order in which they are shown; areas have an order of their own.
VALUES = {
    AGE: (*map(str, BANDS), UNSAID),
    SEX: ("female", "male", "other", UNSAID),
    CHANNEL: ("sms", "email", "helped", "here"),
}


def by_dimension(codes: Iterable[str]) -> dict[str, list[str]]:
    """Codes by their dimension, each in the given order; without `ALL`."""
    found: dict[str, list[str]] = {dimension: [] for dimension in DIMENSIONS}
    for code in codes:
        if code != ALL:
            found[code.partition(":")[0]].append(code)
    return found
