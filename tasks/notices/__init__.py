"""What this app tells people: the kinds of message, by subject."""

from tasks.notices import calls, claims, handovers, offers, shifts, waiting, warnings

KINDS = (
    *calls.KINDS,
    *claims.KINDS,
    *shifts.KINDS,
    *offers.KINDS,
    *handovers.KINDS,
    *waiting.KINDS,
    *warnings.KINDS,
)
