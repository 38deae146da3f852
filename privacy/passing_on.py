"""Forgetting who asked whom to come instead."""

from datetime import datetime

from django.db.models import Q

from tasks.models import Handover
from volunteers.models import Volunteer

GONE = "—"


def forget_handovers(volunteer: Volunteer, at: datetime) -> None:
    """That a seat was passed on stays; what anybody wrote about it goes, and nothing waits for the person any more."""
    live = Handover.objects.live()
    theirs = Q(assignment__volunteer=volunteer) | Q(wanted=volunteer)
    live.filter(theirs).update(status=Handover.Status.WITHDRAWN, ended_at=at)
    # Whoever holds the seat goes on looking for somebody.
    live.filter(taker=volunteer).update(
        status=Handover.Status.OPEN, taker=None, in_return=None, agreed_at=None
    )
    told = Handover.objects.filter(theirs | Q(made_by=volunteer.user_id))
    told.exclude(words="").update(words="")
    Handover.objects.filter(theirs | Q(taker=volunteer)).exclude(reason="").update(reason=GONE)
