"""A few people and shifts for whatever chance wants."""

from datetime import timedelta

from tasks.models import ShiftRole
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_assignment, make_role, make_shift, make_task, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_waiting


class Town:
    """A few people and shifts; two of the shifts at the same time, one with two kinds of seats, one that asks first."""

    def __init__(self) -> None:
        self.at = tomorrow_at(8)
        organization = make_organization()
        task = make_task(
            area=organization.home_area,
            adopted_by=organization,
            ends_on=(self.at + timedelta(days=20)).date(),
        )
        first = make_shift(task=task, starts_at=tomorrow_at(9, days=2), seats=2, seats_min=1)
        second = make_shift(task=task, starts_at=tomorrow_at(10, days=2), seats=3, seats_min=1)
        third = make_shift(task=task, starts_at=tomorrow_at(9, days=4), seats=1, seats_min=1)
        driver = make_role(third, name="Driver", seats=2, seats_min=1)
        asks = make_shift(
            task=task,
            starts_at=tomorrow_at(9, days=6),
            seats=2,
            seats_min=1,
            needs_approval=True,
            handover_rule="approve",
        )
        self.role_ids = [role_of(each).pk for each in (first, second, third)] + [driver.pk, role_of(asks).pk]
        people = [
            make_volunteer(user=make_user(consents=("terms", "messages")), max_hours_week=60, reach_km=50)
            for _ in range(8)
        ]
        self.people = people
        # Two shifts begin full, each with somebody who waits.
        for role_id, holders, waits in ((self.role_ids[0], (0, 1), 2), (self.role_ids[2], (3,), 4)):
            role = ShiftRole.objects.select_related("shift").get(pk=role_id)
            for who in holders:
                make_assignment(volunteer=people[who], role=role)
            make_waiting(role, people[waits])
        self.organizer = make_member(organization)
