"""What this app tells people: the kinds of message, by subject."""

from tasks.notices import calls, offers, shifts

KINDS = (*calls.KINDS, *shifts.KINDS, *offers.KINDS)
