"""Changes that commit while figures are counted."""

from datetime import timedelta

from django.db import connections
from django.utils.timezone import localdate

from core import clock
from insights.actions import refresh
from insights.models import AreaDay
from tests.factories.areas import small_tree
from tests.factories.tasks import make_shift


def test_a_change_that_commits_during_a_refresh_is_counted_by_the_next(live_db: object) -> None:
    now, tree = clock.now(), small_tree()
    shift = make_shift(area=tree.townships[0], seats_min=4)
    refresh(at=now)

    def covered() -> int:
        return AreaDay.objects.get(
            area=tree.townships[0], day=localdate(now) + timedelta(days=1)
        ).seats_covered

    late = connections.create_connection("default")
    try:
        with late.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE tasks_shiftrole SET seats_taken = 2 WHERE shift_id = %s", [shift.pk])
            # A later change commits first, with a higher number, and is counted.
            make_shift(area=tree.townships[1])
            refresh(at=now + timedelta(minutes=1))
            before = covered()
            cursor.execute("COMMIT")
    finally:
        late.close()
    refresh(at=now + timedelta(minutes=2))

    assert (before, covered()) == (0, 2)
