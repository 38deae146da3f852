"""The work that groups do in usual times, which goes on in a crisis: a shift here and there, whoever comes."""

from collections import Counter
from datetime import datetime, timedelta

import numpy as np
from django.utils.timezone import localdate

from operations.drill.cast import Group
from operations.drill.drama import Drama
from operations.drill.groups_calls import roles_of, street_at, values_of
from operations.drill.groups_ground import Ground, Templates
from operations.drill.groups_shifts import Shifts, at_hour
from operations.drill.groups_silence import Silences
from operations.synthetic.calls import CAUSES
from operations.synthetic.curve import GROWTH, WEEKEND, crisis_share
from operations.synthetic.profile import PROVINCE_VOLUNTEERS, SERVICES_A_CALL, SERVICES_A_SHIFT, YEARS_BEFORE
from tasks.actions.calls import issue_call
from tasks.actions.shifts import post_shift
from tasks.models import Adoption, Shift, Task

# Attendances a day for each volunteer in usual times: the studies' 750,000 in three years, at their end.
USUAL_A_DAY = 750_000 / PROVINCE_VOLUNTEERS / (365 * YEARS_BEFORE) * (1 + GROWTH / 2)
# Where everybody works for the crisis, groups post this share of their usual shifts less.
LESS_IN_CRISIS = 0.5
# A shift of a cause is posted so many days before, in the morning; a new call runs for so many days.
AHEAD_LEAST, AHEAD_MOST = 2, 6
POSTED_HOUR = 8.5
CALL_DAYS = 28
SATURDAY = 5


class Standing:
    """Posts shifts of running calls of causes, and new calls where a group has none."""

    def __init__(
        self, drama: Drama, silences: Silences, shifts: Shifts, templates: Templates, ground: Ground
    ) -> None:
        self.drama, self.silences, self.shifts = drama, silences, shifts
        self.templates, self.ground = templates, ground
        self.groups = drama.cast.groups
        sharing = Counter(_county(group) for group in self.groups)
        # Each county's volunteers are shared out among its groups.
        self.weights = [
            ground.hands_in(_county(group)) / sharing[_county(group)] + 0.01 for group in self.groups
        ]

    def begin(self) -> None:
        """Follow what is posted already, and post more every morning."""
        story = self.drama.story
        posted = Shift.objects.filter(
            status=Shift.Status.OPEN,
            ends_at__gt=story.begins_at,
            organization__in=[group.organization.pk for group in self.groups],
        )
        for shift in posted.order_by("starts_at", "pk"):
            self.shifts.follow(shift, story.begins_at)
        story.every(timedelta(days=1), self._morning, first=self.drama.moment(0, POSTED_HOUR))

    def _morning(self, at: datetime) -> None:
        """So many shifts as are usual on the day for which they are, by groups that are drawn."""
        drama, day = self.drama, int(self.drama.day(at))
        share = float(crisis_share(np.array([float(day)]))[0])
        usual = USUAL_A_DAY * self.ground.volunteers / SERVICES_A_SHIFT * (1 - LESS_IN_CRISIS * share)
        if localdate(at).weekday() >= SATURDAY:
            usual *= WEEKEND
        for number in range(drama.chance.count(usual, "standing", day)):
            group = drama.chance.weighted(self.groups, self.weights, "standing-group", day, number)
            if self.silences.until(group.organization.pk, at) is None:
                self._post(group, day, number, at)

    def _post(self, group: Group, day: int, number: int, at: datetime) -> None:
        """A shift of the group's running call for a cause; a new call where it has none."""
        drama, own, who = self.drama, group.organization, (day, number)
        led = Adoption.objects.live().filter(organization=own, role=Adoption.Role.LEAD)
        running = (
            Task.objects.public()
            .filter(
                pk__in=led.values("task"),
                ended_at=None,
                type__code__in=list(CAUSES),
                ends_on__gte=localdate(at) + timedelta(days=AHEAD_LEAST),
            )
            .select_related("type", "area__county", "area__parent__parent")
            .order_by("-pk")
        )
        task = drama.hands.look(running.first)
        if task is None:
            self._call(group, at, *who)
            return
        template = self.templates.of(task)
        ahead = AHEAD_LEAST + int(
            drama.chance.uniform("standing-ahead", *who) * (AHEAD_MOST - AHEAD_LEAST + 1)
        )
        on = min(localdate(at) + timedelta(days=ahead), task.ends_on)
        moved = int(drama.chance.uniform("standing-start", *who) * 4) - 1
        starts = at_hour(on, template.starts_hour, template.duration_minutes, moved)
        shift = drama.hands.do(
            "post a shift of a cause",
            post_shift,
            task=task,
            organization=own,
            by=group.owner,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=template.duration_minutes),
            roles=roles_of(template, template.seats),
            **self.shifts.point_of(task),
        )
        if shift is not None:
            self.shifts.follow(shift, at)

    def _call(self, group: Group, at: datetime, *who: int) -> None:
        """A call of its own for a cause; in the first stage it waits for an official's word. Its first shift is posted
        on a later morning."""
        drama, chance = self.drama, self.drama.chance
        standing = self.templates.standing()
        weights = [CAUSES[one.type.code] for one in standing]
        template = chance.weighted(standing, weights, "cause", *who)
        waiting = Task.objects.filter(issuer=group.organization, status=Task.Status.DRAFT, type=template.type)
        if drama.hands.look(waiting.exists):
            return
        starts = localdate(at) + timedelta(days=1)
        drama.hands.do(
            "issue a call for a cause",
            issue_call,
            issuer=group.organization,
            by=group.owner,
            values=values_of(
                template,
                group.area,
                people=round(SERVICES_A_CALL),
                starts_on=starts,
                ends_on=starts + timedelta(days=CALL_DAYS),
                street=street_at(chance.uniform("cause-street", *who)),
            ),
        )


def _county(group: Group) -> int:
    return group.area.county_id or group.area.pk
