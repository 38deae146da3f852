"""Calls for the crisis, along its curve: of authorities, with groups asked by name, and of groups themselves."""

import math
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
from django.utils.timezone import localdate, localtime

from areas.models import Area
from operations.drill.cast import Group
from operations.drill.drama import Drama
from operations.drill.groups.calls import street_at, values_of
from operations.drill.groups.ground import Ground, Templates, key_of, place_of
from operations.drill.groups.silence import Silences
from operations.synthetic.calls import BY_AUTHORITY_IN_CRISIS, CAUSES
from operations.synthetic.curve import crisis_share, crisis_volume
from operations.synthetic.profile import PROVINCE_VOLUNTEERS, SERVICES_A_CALL
from tasks.actions.calls import ask_organizations, issue_call
from tasks.models import Task, TaskTemplate
from tasks.queries.calls import templates_for
from tasks.queries.stages import StageRules, rules_of
from tasks.queries.suggestions import suggest

# Attendances in the crisis for each volunteer: the studies' 150,000 of 85,699 (docs/synthetic.md).
ATTENDANCES_A_VOLUNTEER = 150_000 / PROVINCE_VOLUNTEERS
CRISIS_DAYS = 61
# Not every seat finds somebody: so many more are asked for than come.
ASKED_FOR_MORE = 1.25
# Of all of them so many come on the first day: what is known to be needed at once.
FIRST_DAY_SHARE = 0.03
# What is done on a day was asked for so many days before.
ASKED_DAYS_BEFORE = 3
# Calls come in working hours, most in the morning: beta of these two between the hours.
FIRST_HOUR, LAST_HOUR, MORNING = 7.0, 20.0, (1.4, 2.0)
# Of the people of a call, relative to the mean: uniform between these.
SIZE_LEAST, SIZE_MOST = 0.6, 1.4
# Work begins on the day of the call where that is before this hour, else the next; it lasts so many days.
SAME_DAY_UNTIL_H = 10
DAYS_LEAST, DAYS_MOST = 2, 6
# A template of the stage in force, and one that its playbook puts in front, comes so many times as often as another.
OF_THE_STAGE, IN_FRONT = 3.0, 2.0
# For so many calls groups are asked by name at once, these many of those that the product suggests.
ASKS_BY_NAME, ASKED_LEAST, ASKED_MOST = 0.35, 2, 3


class Calls:
    """Issues what authorities, and a quarter of the time groups, ask for (operations/synthetic/calls.py)."""

    def __init__(self, drama: Drama, ground: Ground) -> None:
        self.drama, self.ground = drama, ground
        self.templates = Templates()
        self.silences = Silences(drama)
        self.silences.draw()

    def begin(self) -> None:
        """Plan the calls of all days."""
        for day, expected in enumerate(calls_by_day(self.ground.volunteers)):
            for number in range(self.drama.chance.count(expected, "calls", day)):
                share = _beta(self.drama.chance.uniform("call-hour", day, number))
                moment = self.drama.moment(day, FIRST_HOUR + (LAST_HOUR - FIRST_HOUR) * share)
                # Those of the hours before the crisis began come in its first hours.
                early = self.drama.story.begins_at + timedelta(hours=3 * share + 0.2)
                self.drama.story.plan(max(moment, early), partial(self._issue, day, number))

    def _issue(self, day: int, number: int, at: datetime) -> None:
        drama, chance, who = self.drama, self.drama.chance, (day, number)
        area = self.ground.drawn(drama, "call-area", *who)
        office = drama.cast.office_over(area)
        rules = drama.hands.look(lambda: rules_of(area, at))
        template = self._template(rules, *who)
        issuer, by = office.organization, office.official
        if not chance.happens(BY_AUTHORITY_IN_CRISIS, "call-issuer", *who):
            own = [one for one in self._groups_of(area, at) if rules.may_publish(one.organization.kind)]
            if own:
                group = chance.pick(own, "call-group", *who)
                issuer, by = group.organization, group.owner
        task = drama.hands.do(
            "issue a call" if issuer.is_authority else "issue a call of a group",
            issue_call,
            issuer=issuer,
            by=by,
            values=values_of(
                template,
                area,
                people=people_of(drama, *who),
                **days_of(drama, at, *who),
                street=street_at(chance.uniform("call-street", *who)),
            ),
        )
        # A group's call waits for a word at first, and is led by the group: nobody is asked.
        if task is None or not issuer.is_authority:
            return
        drama.say("call_issued", at, place=place_of(area), task=task.titles, hands=task.people_needed)
        if chance.happens(ASKS_BY_NAME, "call-asks", *who):
            ask_suggested(drama, task, at)

    def _groups_of(self, area: Area, at: datetime) -> list[Group]:
        """Groups at home in the county of an area that are not silent."""
        county = area.county_id or area.pk
        at_home = [one for one in self.drama.cast.groups if (one.area.county_id or one.area.pk) == county]
        return [one for one in at_home if self.silences.until(one.organization.pk, at) is None]

    def _template(self, rules: StageRules, *who: int) -> TaskTemplate:
        """One of those that the page offers in this stage, for work that is for the crisis."""
        offered = self.drama.hands.look(lambda: list(templates_for(rules)))
        fitting = [self.templates.by_id[one.pk] for one in offered if one.type.code not in CAUSES]
        weights = [
            (OF_THE_STAGE if one.stage else 1.0)
            * (IN_FRONT if one.pk in rules.template_ids else 1.0)
            * (1 + rules.priority_of(one.type_id))
            for one in fitting
        ]
        return self.drama.chance.weighted(fitting, weights, "call-template", *who)


def ask_suggested(drama: Drama, task: Task, at: datetime, without: tuple[int, ...] = ()) -> None:
    """Ask two or three groups by name, those that the product suggests first; `without` holds ids."""
    office = next((one for one in drama.cast.offices if one.organization.pk == task.issuer_id), None)
    if office is None:
        return
    count = ASKED_LEAST + int(
        drama.chance.uniform("asked", key_of(task), len(without)) * (ASKED_MOST - ASKED_LEAST + 1)
    )
    found = drama.hands.look(
        lambda: suggest(
            type=task.type,
            area=task.area,
            requirements=task.requirements.all(),
            at=at,
            limit=count,
            exclude=without,
        )
    )
    if found:
        drama.hands.do(
            "ask by name",
            ask_organizations,
            task=task,
            organizations=[each.organization for each in found],
            by=office.official,
            asker=office.organization,
        )


def calls_by_day(volunteers: int) -> list[float]:
    """How many calls for the crisis are expected on each of its days: along what is done for it, relative to all."""
    days = np.arange(CRISIS_DAYS, dtype=float)
    done = crisis_volume(days) * crisis_share(days)
    calls = ASKED_FOR_MORE * ATTENDANCES_A_VOLUNTEER * volunteers / SERVICES_A_CALL
    asked = np.append(done[ASKED_DAYS_BEFORE:], done[-ASKED_DAYS_BEFORE:])
    shares = (1 - FIRST_DAY_SHARE) * asked / asked.sum()
    shares[0] += FIRST_DAY_SHARE
    expected: list[float] = (shares * calls).tolist()
    return expected


def people_of(drama: Drama, *who: int | str) -> int:
    """How many people a call needs."""
    return round(SERVICES_A_CALL * drama.chance.between(SIZE_LEAST, SIZE_MOST, "people", *who))


def days_of(drama: Drama, at: datetime, *who: int | str) -> dict[str, date]:
    """From which day to which the work is."""
    later = 0 if localtime(at).hour < SAME_DAY_UNTIL_H else 1
    starts = localdate(at) + timedelta(days=later)
    lasts = DAYS_LEAST + int(drama.chance.uniform("days", *who) * (DAYS_MOST - DAYS_LEAST + 1))
    return {"starts_on": starts, "ends_on": starts + timedelta(days=lasts - 1)}


def _beta(share: float) -> float:
    """A draw of Kumaraswamy's distribution, which looks like a beta and has its inverse in closed form."""
    first, second = MORNING
    return float(math.pow(1 - math.pow(1 - share, 1 / second), 1 / first))
