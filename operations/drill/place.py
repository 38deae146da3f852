"""The place in which a drill is played: the invented city, its years of standing work, and no crisis yet."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from core.errors import DomainError
from operations.synthetic import alerts, asked_rows, loading, standing
from operations.synthetic.profile import BEFORE
from operations.synthetic.progress import Progress

# What was promised to residents, and who looks at what they ask, is older than the crisis.
SETTLED_BEFORE = timedelta(days=200)


class NotEmpty(DomainError):
    code = "not-empty"
    text = "The place of a drill is loaded into a database without accounts; this one holds some"


@transaction.atomic
def fill(*, volunteers: int, at: datetime, progress: Progress) -> None:
    """Load the place as it is at `at`, when nothing has happened yet, into a database that holds nothing but tables.

    No row says a later moment, beside what is planned. The same size and moment give the same people and the same work.
    Raises NotEmpty.
    """
    if User.objects.exists():
        raise NotEmpty
    profile = BEFORE.of_size(volunteers)
    own = loading.prepare(at=at, progress=progress)
    load = loading.begin(profile, own, at=at, progress=progress)
    with progress.step("organizations and authorities"):
        where, organized = loading.organize(load)
    with progress.step(f"{profile.volunteers} volunteers and what they did, drawn"):
        drawn = loading.draw(load, where, organized, crisis_id=None)
    task_id = loading.write(load, drawn)
    with progress.step("standing work of the next weeks"):
        standing.go_on(drawn.work, task_id, at=at)
    with progress.step("desks, promises, who was asked before"):
        settled = at - SETTLED_BEFORE
        asked_rows.add_promises(where, official_id=own.official.pk, starts_at=settled)
        asked_rows.open_desks(where, organized, at=settled)
        asked_rows.add_points(where, organized, at=at)
        alerts.ask_for_past_seats(at=at, zone=settings.TIME_ZONE)
    # Of the day before nothing is made public before the morning.
    newest = 1 if at >= load.calendar.moment(0, loading.RELEASE_HOUR) else 2
    loading.count(load, released=range(newest, newest + profile.days_released))
