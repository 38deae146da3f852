"""Numbers of people in the reasons of a seat: small ones stay telling, and none of them is about one person."""

EXACT_FROM, EXACT_UNTIL, MOST = 3, 20, 1000


def rounded(count: int) -> int:
    """0; 2 for one or two; 3 to 20 as they are; above, down to two digits and no more than 1,000."""
    if count <= 0:
        return 0
    if count < EXACT_FROM:
        return EXACT_FROM - 1
    if count <= EXACT_UNTIL:
        return count
    count = min(count, MOST)
    step = 10 ** (len(str(count)) - 2)
    return count // step * step
