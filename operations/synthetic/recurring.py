"""What organizations of the demo have beside single shifts: series, shifts with two roles, work without a time."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.utils.timezone import localdate, localtime

from accounts.models import User
from operations.synthetic.calls import FROM_HOME
from operations.synthetic.groups import Groups
from organizations.models import Organization
from tasks.actions.series import start_series
from tasks.actions.shifts import RoleWanted, post_shift
from tasks.models import Adoption, Task, TaskTemplate
from tasks.policies.recurrence import rule_of

# The demo's own organization, and others of its county.
ORGANIZATIONS = 3
DAYS = 90
MARKET, INTERPRETING = "market-stewards", "phone-interpreting"
MORNINGS = rule_of("WEEKLY", weekdays=[0, 2, 4])
SATURDAYS = rule_of("WEEKLY", weekdays=[5])
MORNING_ROLES = (RoleWanted("排队引导", 2, 4), RoleWanted("门口测温登记", 1, 2, min_age=18))
AFTERNOON_ROLES = (RoleWanted("", 2, 5),)


def add(groups: Groups, *, at: datetime) -> None:
    """Series of the next three months, and what can be done from home until a day or at any time."""
    home_county = int(groups.county[groups.home])
    rest = [row for row in groups.of_county(home_county).tolist() if row != groups.home]
    templates = {each.code: each for each in TaskTemplate.objects.filter(code__in=(MARKET, INTERPRETING))}
    for place, row in enumerate([groups.home, *rest][:ORGANIZATIONS]):
        organization = Organization.objects.select_related("home_area").get(pk=int(groups.id[row]))
        owner = User.objects.get(pk=int(groups.owner_id[row]))
        market = _call(organization, owner, templates[MARKET], at)
        if not place:
            _start(market, organization, owner, MORNINGS, time(8), 180, MORNING_ROLES, at=at)
        _start(market, organization, owner, SATURDAYS, time(14), 150, AFTERNOON_ROLES, at=at)
        _post_untimed(_call(organization, owner, templates[INTERPRETING], at), organization, owner, at)


def _call(organization: Organization, owner: User, template: TaskTemplate, at: datetime) -> Task:
    """A call of the organization's own, taken on by itself."""
    called_at = at - timedelta(days=2)
    task = Task.objects.create(
        issuer=organization,
        type_id=template.type_id,
        area=organization.home_area,
        county_id=organization.home_area.county_id,
        status=Task.Status.ADOPTED,
        title=template.title_zh,
        content=template.content_zh,
        conditions=template.conditions_zh,
        risks=template.risks_zh,
        guarantees=template.guarantees_zh,
        second_title=template.title_en,
        second_content=template.content_en,
        people_needed=template.seats_min * 10,
        starts_on=localdate(called_at),
        ends_on=localdate(at) + timedelta(days=DAYS),
        is_remote=template.type.code in FROM_HOME,
        place=f"{organization.home_area.name_zh}中心菜场东门",
        contact_name=owner.name,
        contact_phone="12345",
        created_at=called_at,
        created_by=owner,
        called_at=called_at,
        adopted_at=called_at,
    )
    Adoption.objects.create(
        task=task, organization=organization, role=Adoption.Role.LEAD, adopted_at=called_at, adopted_by=owner
    )
    return task


def _start(
    task: Task,
    organization: Organization,
    owner: User,
    rule: str,
    starts: time,
    minutes: int,
    roles: Sequence[RoleWanted],
    *,
    at: datetime,
) -> None:
    first = localdate(at) + timedelta(days=1)
    start_series(
        task=task,
        organization=organization,
        rule=rule,
        starts_on=first,
        ends_on=task.ends_on,
        starts=starts,
        minutes=minutes,
        roles=roles,
        by=owner,
        at=at,
        bring="保暖衣物。口罩、红袖章现场发",
    )


def _post_untimed(task: Task, organization: Organization, owner: User, at: datetime) -> None:
    """Notices to be read over until a day, and a telephone that somebody answers whenever they can."""
    due = localtime(at).replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=10)
    for role, deadline in (
        (RoleWanted("校对双语通知", 1, 3), due),
        (RoleWanted("接听外语来电", 1, 6), None),
    ):
        post_shift(
            task=task,
            organization=organization,
            due_at=deadline,
            roles=[role],
            by=owner,
            at=at,
            place="在家",
        )
