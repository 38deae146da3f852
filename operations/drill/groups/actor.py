"""What groups do: take calls on, post shifts, run them, confirm hours; some fall silent for days."""

from datetime import datetime, timedelta
from functools import partial

from accounts.models import User
from operations.drill.cast import Group
from operations.drill.drama import Drama
from operations.drill.groups.ground import Templates, is_open, key_of
from operations.drill.groups.shifts import Shifts
from operations.drill.groups.silence import Silences, named
from operations.drill.groups.standing import Standing
from tasks.actions.calls import adopt_task
from tasks.models import Adoption, CallRequest, Task
from tasks.policies.suggestions import WORK_OF
from tasks.queries.calls import calls_to_adopt, in_reach
from tasks.queries.stages import rules_of

# How often somebody of a group reads what is new, by the story's clock.
LOOK = timedelta(minutes=40)
# Hours from a call until a group that would take it on opens its list: lognormal (the studies' calls waited a median of
# about an hour; operations/synthetic/calls.py).
ADOPT_MEDIAN_H, ADOPT_SIGMA = 1.1, 0.9
# How likely a group of the place takes a call on: made for the work, leading in the stage, asked by name, none of it.
KNOWS_THE_WORK, LEADS_NOW, ASKED_BY_NAME, ANYBODY = 0.5, 0.15, 0.3, 0.06
# Nobody leads more than so many calls at once; of a list so many are read.
LED_MOST, READ_MOST = 5, 15
# A call that is led already is joined by so many of those who would have led it.
JOINS_AS_PARTNER = 0.3
# Of the people needed a lead means to bring between these, a partner between those.
LEAD_LEAST, LEAD_MOST = 0.6, 1.0
PARTNER_LEAST, PARTNER_MOST = 0.15, 0.35
# A call that nobody took on is thought about again so much later.
AGAIN = timedelta(hours=20)


class Groups:
    def begin(self, drama: Drama) -> None:
        """Plan silences, standing work, and looks at what is new."""
        self.drama = drama
        self.groups = {one.organization.pk: one for one in drama.cast.groups}
        self.leaders: dict[int, User] = {pk: one.owner for pk, one in self.groups.items()}
        self.leaders |= {one.organization.pk: one.official for one in drama.cast.offices}
        self.silences = Silences(drama)
        self.silences.draw()
        self.silences.announce()
        templates = Templates()
        self.shifts = Shifts(drama, self.silences, self.leaders, templates)
        Standing(drama, self.shifts).begin()
        self.thought: dict[int, datetime] = {}
        self.asked = _newest(CallRequest)
        self.adopted = _newest(Adoption)
        drama.story.every(LOOK, self._look, first=drama.story.begins_at + LOOK)

    def _look(self, at: datetime) -> None:
        """Three bounded statements: calls that nobody leads, who was asked by name, what was taken on."""
        if not is_open(at):
            return
        drama = self.drama
        waiting = Task.objects.waiting().filter(ended_at=None).select_related("type", "area").order_by("pk")
        for task in drama.hands.look(lambda: list(waiting)):
            last = self.thought.get(task.pk)
            if last is None or at - last >= AGAIN:
                self.thought[task.pk] = at
                self._think(task, at, again=last is not None)
        asked = (
            CallRequest.objects.open().filter(pk__gt=self.asked).select_related("task__type", "task__area")
        )
        for request in drama.hands.look(lambda: list(asked.order_by("pk"))):
            self.asked = request.pk
            if (group := self.groups.get(request.organization_id)) is not None:
                likely = ASKED_BY_NAME + self._fit(group, request.task, self._leading(request.task, at))
                self._perhaps(group, request.task, likely, at, "asked")
        taken = (
            Adoption.objects.live()
            .filter(task__ended_at=None, pk__gt=self.adopted)
            .select_related("task__type", "task__area__parent__parent", "task__issuer", "organization")
            .order_by("pk")
        )
        for adoption in drama.hands.look(lambda: list(taken)):
            self.adopted = adoption.pk
            if adoption.organization_id in self.leaders:
                self.shifts.plan(adoption, at)

    def _think(self, task: Task, at: datetime, *, again: bool) -> None:
        """Each group in reach decides whether it would take the call on, and when it reads of it."""
        reached = self.drama.hands.look(
            lambda: list(in_reach(task).order_by("pk").values_list("pk", flat=True))
        )
        how = f"again-{at.date()}" if again else "first"
        leading = self._leading(task, at)
        for pk in reached:
            if (group := self.groups.get(pk)) is not None:
                self._perhaps(group, task, self._fit(group, task, leading), at, how)

    def _leading(self, task: Task, at: datetime) -> tuple[str, ...]:
        """Kinds of organizations that lead in the stage in force where the call is."""
        return self.drama.hands.look(lambda: rules_of(task.area, at)).lead_kinds

    def _fit(self, group: Group, task: Task, leading: tuple[str, ...]) -> float:
        """How likely a group takes a call on, by its kind, the kind of work and the stage in force where it is."""
        kind = group.organization.cbo_type or group.organization.kind
        fit = ANYBODY
        if task.type.code in WORK_OF.get(kind, frozenset()):
            fit += KNOWS_THE_WORK
        if kind in leading:
            fit += LEADS_NOW
        return fit

    def _perhaps(self, group: Group, task: Task, likely: float, at: datetime, how: str) -> None:
        drama, key = self.drama, (group.organization.pk, key_of(task), how)
        if not drama.chance.happens(likely, "takes-on", *key):
            return
        hours = drama.chance.lognormal(ADOPT_MEDIAN_H, ADOPT_SIGMA, "takes-on-after", *key)
        moment = self.silences.next_moment(group.organization.pk, at + timedelta(hours=hours), *key)
        drama.story.plan(moment, partial(self._take_on, group, task.pk))

    def _take_on(self, group: Group, task_id: int, at: datetime) -> None:
        """Open the list of calls for the group; take this one on where it stands there still."""
        drama, own = self.drama, group.organization
        listed = drama.hands.look(
            lambda: list(calls_to_adopt(own).select_related("area", "issuer")[:READ_MOST])
        )
        task = next((each for each in listed if each.pk == task_id), None)
        leads = Adoption.objects.live().filter(organization=own, role=Adoption.Role.LEAD, task__ended_at=None)
        if task is None or drama.hands.look(leads.count) >= LED_MOST:
            return
        key = (own.pk, key_of(task))
        role, least, most = Adoption.Role.LEAD, LEAD_LEAST, LEAD_MOST
        if task.status == Task.Status.ADOPTED:
            if not drama.chance.happens(JOINS_AS_PARTNER, "joins", *key):
                return
            role, least, most = Adoption.Role.PARTNER, PARTNER_LEAST, PARTNER_MOST
        people = round(task.people_needed * drama.chance.between(least, most, "brings", *key))
        adoption = drama.hands.do(
            "take a call on",
            adopt_task,
            task=task,
            organization=own,
            role=role,
            by=group.owner,
            people=max(1, people),
        )
        if adoption is not None and role == Adoption.Role.LEAD:
            drama.say("call_adopted", at, group=named(own), task=task.titles)


def _newest(model: type[CallRequest] | type[Adoption]) -> int:
    """The number of the newest row: what was there before the story is no news."""
    return model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
