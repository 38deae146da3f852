"""What this app tells people: the kinds of message, by subject."""

from tasks.notices import (
    approvals,
    asking,
    calls,
    claims,
    escalations,
    governing,
    handovers,
    marks,
    offers,
    parties,
    shifts,
    steps,
    waiting,
    warnings,
)

KINDS = (
    *approvals.KINDS,
    *asking.KINDS,
    *parties.KINDS,
    *calls.KINDS,
    *claims.KINDS,
    *escalations.KINDS,
    *governing.KINDS,
    *steps.KINDS,
    *shifts.KINDS,
    *offers.KINDS,
    *handovers.KINDS,
    *marks.KINDS,
    *waiting.KINDS,
    *warnings.KINDS,
)
