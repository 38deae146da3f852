"""Forgetting what was noted of a person, and what they kept an eye on."""

from accounts.models import User
from tasks.models import Mark, Thanks, Watch
from volunteers.models import Volunteer


def forget_notes(volunteer: Volunteer) -> None:
    """Notes help to plan with somebody who comes again; of who leaves nothing remains, nor of what they said,
    nor their name on a wall."""
    Mark.objects.filter(volunteer=volunteer).delete()
    Thanks.objects.filter(volunteer=volunteer).delete()


def forget_watches(user: User) -> None:
    Watch.objects.filter(user=user).delete()
