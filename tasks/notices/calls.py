"""What is told to organizations and officials about calls, stages and stops."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from areas.models import Area
from notifications.notices import Kind, Notice
from organizations.models import Membership, Organization
from organizations.queries import LEADERS
from tasks.models import Adoption, AreaStop, Shift, StageChange, Task

# So many organizations hear of one call: the most local first.
ORGANIZATIONS_TOLD = 200
STOP_REACHES = timedelta(hours=24)
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_AREA = {"area_code": "330302", "area": {"zh": "鹿城区", "en": "Lucheng District"}}
CALL_SAMPLE = {
    **_AREA,
    "code": "8KQ34MWX",
    "title": {"zh": "夜间卡口测温登记", "en": "Night checkpoint"},
    "place": "五马街道",
    "people_needed": 16,
    "days": {"zh": "2月6日至2月20日", "en": "6 Feb to 20 Feb"},
    "issuer": {"zh": "鹿城区指挥部", "en": "Lucheng Command"},
    "url": "/home/",
}
_SHARE = {
    **CALL_SAMPLE,
    "url": "/area/330302/calls/8KQ34MWX/",
    "organization": {"zh": "鹿城邻里互助会", "en": "Lucheng Neighbours"},
    "is_lead": True,
}
KINDS = (
    Kind("call_issued", CALL_SAMPLE),
    Kind("call_changed", CALL_SAMPLE),
    Kind("call_cancelled", {**CALL_SAMPLE, "reason": "物资已经到齐。"}),
    Kind("call_adopted", _SHARE),
    Kind("call_left", {**_SHARE, "reason": "人手不够。"}),
    Kind(
        "stage_changed",
        {
            **_AREA,
            "stage": 2,
            "effective_at": "2026-02-10T00:00:00Z",
            "reason": "连续 7 天没有新增。",
        },
    ),
    Kind("area_stopped", {**_AREA, "reason": "燃气泄漏。"}),
    Kind("stop_lifted", _AREA),
)


def leaders_of_groups(organizations: QuerySet[Organization]) -> QuerySet[User]:
    """Owners and organizers of the most local organizations among these; each person once."""
    told = organizations.order_by("-home_area__level", "id").values("pk")[:ORGANIZATIONS_TOLD]
    leading = Membership.objects.live().filter(organization__in=told, role__in=LEADERS)
    return User.objects.filter(is_active=True, pk__in=leading.values("user")).order_by("id")


def groups_serving(area: Area) -> QuerySet[Organization]:
    """Approved organizations that can serve the area, without authorities."""
    return Organization.objects.approved().exclude(kind=Organization.Kind.GOVERNMENT).serving(area)


def leaders_with_shifts(area: Area, at: datetime) -> QuerySet[User]:
    """Owners and organizers of whoever has a shift in the area now or within a day."""
    near = Shift.objects.filter(
        Q(starts_at=None) | Q(starts_at__lt=at + STOP_REACHES, ends_at__gt=at),
        status=Shift.Status.OPEN,
        area__path__startswith=area.path,
        task__status__in=(Task.Status.CALLED, Task.Status.ADOPTED),
    )
    leading = Membership.objects.live().filter(organization__in=near.values("organization"), role__in=LEADERS)
    return User.objects.filter(is_active=True, pk__in=leading.values("user")).order_by("id")


def leaders_of_adopters(task: Task) -> QuerySet[User]:
    """Owners and organizers of the organizations that have a share in the task."""
    sharing = Adoption.objects.live().filter(task=task).values("organization")
    leading = Membership.objects.live().filter(organization__in=sharing, role__in=LEADERS)
    return User.objects.filter(is_active=True, pk__in=leading.values("user")).order_by("id")


def call_issued(task: Task, *, apart_from: Collection[int] = ()) -> list[Notice]:
    """To the organizations around; `apart_from` holds the ids of those that hear of it in another way."""
    people = leaders_of_groups(groups_serving(task.area).exclude(pk__in=(task.issuer_id, *apart_from)))
    return to_all(people, "call_issued", f"call-issued:{task.code}", about_call(task))


def call_changed(task: Task, *, at: datetime, by: User) -> list[Notice]:
    people = leaders_of_adopters(task).exclude(pk=by.pk)
    return to_all(people, "call_changed", f"call-changed:{task.code}:{at.isoformat()}", about_call(task))


def call_cancelled(task: Task, people: Iterable[User]) -> list[Notice]:
    context = {**about_call(task), "reason": task.end_reason}
    return to_all(people, "call_cancelled", f"call-cancelled:{task.code}", context)


def call_adopted(adoption: Adoption, people: Iterable[User]) -> list[Notice]:
    return to_all(people, "call_adopted", f"call-adopted:{adoption.pk}", _adoption_context(adoption))


def call_left(adoption: Adoption, people: Iterable[User], reason: str) -> list[Notice]:
    context = {**_adoption_context(adoption), "reason": reason}
    return to_all(people, "call_left", f"call-left:{adoption.pk}", context)


def stage_changed(change: StageChange) -> list[Notice]:
    people = leaders_of_groups(groups_serving(change.area))
    context = {
        **_area_context(change.area),
        "stage": change.stage,
        "effective_at": change.effective_at,
        "reason": change.reason,
    }
    return to_all(people, "stage_changed", f"stage-changed:{change.pk}", context)


def area_stopped(stop: AreaStop, at: datetime) -> list[Notice]:
    people = leaders_with_shifts(stop.area, at)
    context = {**_area_context(stop.area), "reason": stop.reason}
    return to_all(people, "area_stopped", f"area-stopped:{stop.pk}", context)


def stop_lifted(stop: AreaStop, at: datetime) -> list[Notice]:
    people = leaders_with_shifts(stop.area, at)
    return to_all(people, "stop_lifted", f"stop-lifted:{stop.pk}", _area_context(stop.area))


def to_all(people: Iterable[User], kind: str, event: str, context: dict[str, Any]) -> list[Notice]:
    """One notice for each of them."""
    return [Notice(kind=kind, event=event, recipient=person, context=context) for person in people]


def _area_context(area: Area) -> dict[str, Any]:
    return {"area_code": area.code, "area": {"zh": area.name_zh, "en": area.name_en}}


def about_call(task: Task) -> dict[str, Any]:
    """Nothing private: a message passes through foreign hands."""
    return {
        **_area_context(task.area),
        "code": task.code,
        "title": task.titles,
        "place": task.place,
        "people_needed": task.people_needed,
        "days": {
            "zh": f"{_day_zh(task.starts_on)}至{_day_zh(task.ends_on)}",
            "en": f"{_day_en(task.starts_on)} to {_day_en(task.ends_on)}",
        },
        "issuer": names_of(task.issuer),
        # Every role begins there; whoever leads a group finds the call on its board.
        "url": "/home/",
    }


def _adoption_context(adoption: Adoption) -> dict[str, Any]:
    task = adoption.task
    return {
        **about_call(task),
        "url": f"/area/{task.area.code}/calls/{task.code}/" if task.issuer.is_authority else "/home/",
        "organization": names_of(adoption.organization),
        "is_lead": adoption.role == Adoption.Role.LEAD,
    }


def names_of(organization: Organization) -> dict[str, str]:
    """Its name by language."""
    return {"zh": organization.name, "en": organization.name_en or organization.name}


# Days are those of the place, and stay so wherever the message is read.
def _day_zh(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _day_en(day: date) -> str:
    return f"{day.day} {MONTHS_EN[day.month - 1]}"
