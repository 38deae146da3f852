"""The world of the tests inside the invented city, in words that people would use."""

from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import numpy as np
from django.core.management import call_command
from django.db.models import F

from accounts.models import User
from areas.models import Area
from core import clock
from operations.synthetic import logins
from operations.synthetic.codes import names
from organizations.models import Delegation, Membership, Organization
from residents.models import HelpRequest, RequestPoint
from tasks.models import Assignment, Crisis, Incident, Shift, Task, TaskTemplate, TaskType
from tests.architecture.world import Ground, World, build
from tests.browser.conftest import add_draft
from tests.factories.marks import make_mark, make_missed
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_task
from volunteers.models import Capability, Volunteer

SEED = 7
# Official pages of the whole place: the province has the map, the county has the cases.
OF_THE_PROVINCE = (
    "overview",
    "report",
    "index",
    "pictures",
    "picture_requests",
    "picture_hours",
    "picture_causes",
    "picture_gaps",
    "picture_together",
    "calls",
    "choose_template",
    "requests",
    "promises",
    "stage",
    "timeline",
    # A crisis belongs to the area that it was begun in.
    "change_stage",
    "choose_playbook",
    "end_crisis",
)
STREETS = ("古荡", "翠苑", "和睦", "米市巷", "小河")
GROUPS = ("邻里互助会", "社区服务队", "青年志愿者协会", "长者关怀中心", "社会工作站")
WORDS = (
    "家里有两位老人，药只够吃三天，想请人去社区医院代取。",
    "行动不便，想请人每两天买一次菜。",
    "孩子要上网课，家里电脑坏了。",
)


@dataclass
class City:
    """A world, and the pages that somebody else than their usual reader shows better, by name."""

    world: World
    readers: dict[str, str] = field(default_factory=dict)


def fill() -> City:
    """Load the city into an empty database, then put one of everything into it."""
    call_command("load_demo", verbosity=0)
    by_role = {login.role: User.objects.get(email=login.email) for login in logins.ALL}
    group = Membership.objects.get(user=by_role["organizer"]).organization
    authority = Organization.objects.authorities().get(home_area=group.home_area)
    townships = Area.objects.filter(level=Area.Level.TOWNSHIP).order_by("code")
    ground = Ground(
        home=townships.filter(county=group.home_area)[0],
        # Of another city, which has no authority of its own in the small place.
        elsewhere=townships.exclude(code__startswith=group.home_area.code[:4])[0],
        crisis=Crisis.objects.get(),
        organization=group,
        authority=authority,
        people={
            "staff": by_role["staff"],
            "owner": by_role["organizer"],
            "volunteer": by_role["volunteer"],
            "official": Membership.objects.get(organization=authority).user,
        },
    )
    # The world lends decisions of its own, each kind once.
    Delegation.objects.filter(delegate=group).delete()
    before = _last_rows()
    world = build(ground)
    add_draft(world)
    # In a group of one only an official can decide about what that one has noted.
    small = make_organization(home_area=authority.home_area)
    task = make_task(area=ground.home, issuer=authority, adopted_by=small)
    objected = make_mark(
        make_missed(small, task=task), marked_by=make_member(small, "owner"), status="appealed"
    )
    world.values["authority", "mark"] = objected.code
    _put_in_words(before)
    world.people["province"] = by_role["official"]
    province = Membership.objects.get(user=by_role["official"]).organization
    for name in OF_THE_PROVINCE:
        world.values[f"authority:{name}", "area_code"] = province.home_area.code
    city = City(world, {f"authority:{name}": "province" for name in OF_THE_PROVINCE})
    # The organizer of the city has a password.
    city.readers["account_set_password"] = "volunteer"
    new_group = Membership.objects.get(user=world.people["other_owner"]).organization
    world.values["organization", "other_owner"] = new_group.code
    _choose(city, group)
    return city


def _choose(city: City, group: Organization) -> None:
    """What the city has of a busier kind than the world of the tests."""
    world = city.world
    values, at = world.values, clock.now()
    ahead = Shift.objects.filter(starts_at__gt=at, status="open").order_by("starts_at")
    filling = ahead.filter(
        roles__seats__gte=8, roles__seats_taken__gte=4, roles__seats_taken__lt=F("roles__seats_min")
    )
    shift = filling.filter(organization=group).first() or filling.first() or ahead[0]
    for page in ("need", "poster", "guest"):
        values[f"public:{page}", "code"] = shift.code
    own = ahead.filter(organization=group, roles__seats_taken__gt=1).first()
    if own is not None:
        for page in ("edit_shift", "cancel_shift", "fill", "share", "roster", "badges", "call_list"):
            values[f"organization:{page}", "shift"] = own.code
        for page in ("add_person", "sheet_roster"):
            values[f"organization:{page}", "shift"] = own.code
        for page in ("filling", "post_shifts", "task_poster"):
            values[f"organization:{page}", "task"] = own.task.code
    # Where somebody is there already, a desk has something to do.
    now_on = Shift.objects.filter(organization=group, starts_at__lte=at, ends_at__gt=at).order_by("starts_at")
    at_work = now_on.filter(roles__seats_taken__gt=1).first() or own
    if at_work is not None:
        for page in ("desk", "walk_in", "paper", "report_incident"):
            values[f"organization:{page}", "shift"] = at_work.code
    guest = Volunteer.objects.get(user=world.people["volunteer"])
    seat = Assignment.objects.filter(volunteer=guest, status="active", shift__starts_at__gt=at).first()
    if seat is not None:
        for page in ("seat", "done", "step_back", "cannot_come", "find_somebody", "swap", "message"):
            values[f"volunteer:{page}", "code"] = seat.code
            city.readers[f"volunteer:{page}"] = "volunteer"


def _last_rows() -> dict[Any, int]:
    """The last key of each table before the world's rows."""
    kinds: tuple[Any, ...] = (
        User,
        Organization,
        Task,
        TaskType,
        Capability,
        Shift,
        HelpRequest,
        RequestPoint,
    )
    return {kind: kind.objects.order_by("pk").last().pk if kind.objects.exists() else 0 for kind in kinds}


def _put_in_words(before: dict[Any, int]) -> None:
    """Names and texts instead of those of the factories, which say no more than a number."""

    def new(kind: Any) -> Any:
        return kind.objects.filter(pk__gt=before[kind]).order_by("pk")

    people = list(new(User))
    for user, name in zip(people, names(len(people), np.random.default_rng(SEED)), strict=True):
        user.name = name
    User.objects.bulk_update(people, ["name"])
    groups = list(new(Organization))
    for number, organization in enumerate(groups):
        area = organization.home_area
        if organization.kind == Organization.Kind.GOVERNMENT:
            organization.name, organization.name_en = (
                f"{area.name_zh}志愿服务指挥部",
                f"{area.name_en} Command",
            )
        else:
            organization.name = STREETS[number % len(STREETS)] + GROUPS[number % len(GROUPS)]
    Organization.objects.bulk_update(groups, ["name", "name_en"])
    templates = cycle(TaskTemplate.objects.exclude(code="from-the-world").order_by("pk"))
    tasks = list(new(Task))
    for task, template in zip(tasks, templates, strict=False):
        task.type_id = template.type_id
        task.title, task.second_title = template.title_zh, template.title_en
        task.content, task.second_content = template.content_zh, template.content_en
        task.conditions, task.risks = template.conditions_zh, template.risks_zh
        task.guarantees = template.guarantees_zh
        task.place = f"{task.area.name_zh}社区服务站"
    Task.objects.bulk_update(
        tasks,
        [
            "type",
            "title",
            "second_title",
            "content",
            "second_content",
            "conditions",
            "risks",
            "guarantees",
            "place",
        ],
    )
    shifts = list(new(Shift).select_related("task"))
    for shift in shifts:
        shift.place = shift.task.place
    Shift.objects.bulk_update(shifts, ["place"])
    asked = TaskType.objects.filter(pk__lte=before[TaskType]).exclude(asked_zh="").order_by("pk")
    requests = list(new(HelpRequest))
    kinds = {request.type_id: kind.pk for request, kind in zip(requests, cycle(asked), strict=False)}
    for number, request in enumerate(requests):
        request.type_id = kinds[request.type_id]
        request.words = WORDS[0]
        request.place = f"{STREETS[number % len(STREETS)]}新村 {number + 3} 幢"
    HelpRequest.objects.bulk_update(requests, ["type", "words", "place"])
    new(RequestPoint).update(place="和睦新村 12 幢")
    Incident.objects.filter(text="A fence fell.").update(text="东门的隔离栏被风吹倒，没有人受伤。")
