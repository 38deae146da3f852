"""The work that groups do in usual times, which goes on in a crisis: series whose shifts the product posts, whoever comes."""

from datetime import datetime, timedelta

from operations.drill.drama import Drama
from operations.drill.groups.shifts import Shifts
from tasks.models import Shift

# By the clock of the place: once a day somebody looks which shifts their series have got.
LOOK_HOUR = 8.5


class Standing:
    """Carries the shifts of causes through: those that were posted before the story, and those that series add."""

    def __init__(self, drama: Drama, shifts: Shifts) -> None:
        self.drama, self.shifts = drama, shifts
        self.newest = 0

    def begin(self) -> None:
        """Follow what is posted already, and look for more every morning."""
        story = self.drama.story
        newest = Shift.objects.order_by("-pk").values_list("pk", flat=True).first()
        self.newest = newest or 0
        ahead = Shift.objects.filter(
            status=Shift.Status.OPEN,
            ends_at__gt=story.begins_at,
            organization__in=[group.organization.pk for group in self.drama.cast.groups],
        )
        for shift in ahead.order_by("starts_at", "pk"):
            self.shifts.follow(shift, story.begins_at)
        story.every(timedelta(days=1), self._morning, first=self.drama.moment(0, LOOK_HOUR))

    def _morning(self, at: datetime) -> None:
        """One statement: shifts of series with a number above the last one seen."""
        added = Shift.objects.filter(
            pk__gt=self.newest, series__isnull=False, status=Shift.Status.OPEN, ends_at__gt=at
        )
        for shift in self.drama.hands.look(lambda: list(added.order_by("pk"))):
            self.newest = shift.pk
            if shift.organization_id in self.shifts.leaders:
                self.shifts.follow(shift, at)
