"""How whoever watches a drill may change it: how fast its clock goes, and that it ends."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, clock, story_time
from core.errors import DomainError
from operations.models import Drill
from organizations.permissions import authorities_of

SPEEDS = (1.0, 60.0, 600.0, 3000.0)
STANDS_STILL = 0.0


class NotYourDrill(DomainError):
    code = "not-your-drill"
    text = _("The clock of a drill is in the hands of the officials of the whole area")


class DrillIsOver(DomainError):
    code = "drill-is-over"
    text = _("This drill is over")


class NoSuchSpeed(DomainError):
    code = "no-such-speed"
    text = _("Choose one of the speeds on the page")


def may_watch(user: Any) -> bool:
    """Officials of any area, and staff."""
    return bool(user.is_staff or authorities_of(user))


def may_steer(user: Any) -> bool:
    """Officials of the area that holds all others, and staff."""
    return bool(user.is_staff or any(one.home_area.parent_id is None for one in authorities_of(user)))


@transaction.atomic
def change_speed(*, drill: Drill, speed: float, by: User, at: datetime) -> None:
    """Let the story go on at one of `SPEEDS`, or stand still with 0, in two seconds.

    Raises NotYourDrill, DrillIsOver, NoSuchSpeed, and what `story_time.go_on` raises.
    """
    _hold(drill, by)
    if speed not in (STANDS_STILL, *SPEEDS):
        raise NoSuchSpeed(field="speed")
    story_time.go_on(speed=speed)
    audit.record(verb="drill.speed", by=by, at=at, subject=drill, data={"drill": drill.code, "speed": speed})


@transaction.atomic
def stop(*, drill: Drill, by: User, at: datetime) -> None:
    """End a drill before its time; whoever plays it leaves off at the next happening. Raises NotYourDrill, DrillIsOver."""
    _hold(drill, by)
    drill.status, drill.finished_at = Drill.Status.STOPPED, clock.machine_now()
    drill.save(update_fields=["status", "finished_at"])
    audit.record(verb="drill.stopped", by=by, at=at, subject=drill, data={"drill": drill.code})


def _hold(drill: Drill, by: User) -> None:
    """Lock the drill's row where `by` may change it and it runs."""
    if not may_steer(by):
        raise NotYourDrill
    status = Drill.objects.select_for_update().values_list("status", flat=True).get(pk=drill.pk)
    if status != Drill.Status.RUNNING:
        raise DrillIsOver
