"""What this app tells people: the kinds of message, by subject."""

from tasks.notices import calls, handovers, offers, shifts, waiting

KINDS = (*calls.KINDS, *shifts.KINDS, *offers.KINDS, *handovers.KINDS, *waiting.KINDS)
