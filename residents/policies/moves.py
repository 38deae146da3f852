"""What may happen to a request in which state. The names are those of `HelpRequest.Status`."""

from enum import StrEnum


class Verb(StrEnum):
    """What happens to a request; the names of its events."""

    ASKED = "asked"
    CORRECTED = "corrected"
    VERIFIED = "verified"
    MERGED = "merged"
    UNMERGED = "unmerged"
    SPLIT = "split"
    DECLINED = "declined"
    PASSED_ON = "passed-on"
    PLACED = "placed"
    # The work that it was part of was called off, or it was taken out of it.
    TAKEN_OUT = "taken-out"
    SERVED = "served"
    # Somebody of the organization read whom to call.
    LOOKED = "looked"
    # Later than promised, and brought before the authority above.
    LATE = "late"
    # Nobody said within the time whether it was done.
    ENDED = "ended"
    CONFIRMED = "confirmed"
    NOT_DONE = "not-done"
    WITHDRAWN = "withdrawn"
    WORDS_ADDED = "words-added"


NEW, VERIFIED, PLACED, SERVED = "new", "verified", "placed", "served"
CONFIRMED, MERGED, DECLINED, WITHDRAWN = "confirmed", "merged", "declined", "withdrawn"

# Of whoever looks at requests; a verb that is missing here needs no state.
ALLOWED: dict[Verb, tuple[str, ...]] = {
    Verb.VERIFIED: (NEW,),
    Verb.CORRECTED: (VERIFIED,),
    Verb.MERGED: (NEW, VERIFIED),
    Verb.UNMERGED: (MERGED,),
    Verb.SPLIT: (NEW, VERIFIED),
    Verb.DECLINED: (NEW, VERIFIED),
    Verb.PASSED_ON: (NEW, VERIFIED),
    Verb.PLACED: (NEW, VERIFIED),
    Verb.TAKEN_OUT: (PLACED,),
    Verb.SERVED: (VERIFIED, PLACED),
    Verb.LOOKED: (NEW, VERIFIED, PLACED, SERVED),
    Verb.ENDED: (SERVED,),
}
# Another request can be laid together with one that is in one of these states.
KEEPS_OTHERS = (NEW, VERIFIED, PLACED)
# Whoever asked still waits for somebody: what is late can be late only here.
WAITED_FOR = (NEW, VERIFIED, PLACED)
