"""How the authorities of an invented place take part: modes, whose word waits, who decides for whom, help between areas."""

from datetime import datetime, timedelta

import numpy as np
from django.utils.timezone import localdate

from areas.models import Area
from operations.synthetic import codes
from operations.synthetic.calls import HOUR_S, Calls
from operations.synthetic.copying import Moments, copy, fix_sequences
from operations.synthetic.curve import Calendar
from operations.synthetic.groups import Groups
from operations.synthetic.places import Places
from operations.synthetic.profile import STAGE_DAYS
from organizations.models import Delegation, Organization
from tasks.models import CallRequest, Escalation, Mode, ModeChange, Review, Step, Task, TaskTemplate, Transfer

# The authority's word at the beginning, groups on their own word after the worst.
MODES = (
    (STAGE_DAYS[0], Mode.HOST, "应急阶段，各组织的任务先由我们确认"),
    (STAGE_DAYS[1], Mode.SPONSOR, "复工阶段，交给各组织自己发起"),
)
REVIEWED = ("gate-screening", "market-stewards")
ESCALATED_AFTER = timedelta(hours=12)
# Of the calls for the crisis that are over, those on which both sides looked back.
ASSESSED = 0.3
SCORES, SCORE_SHARES = (2, 3, 4, 5), (0.06, 0.2, 0.46, 0.28)
TALKS = (
    (Step.Kind.COMMISSION, "先保独居老人和透析病人，其余排在后面。", "同意，我们按楼栋报名单。"),
    (Step.Kind.DESIGN, "两班倒，早班七点到十一点，晚班五点到九点。", "可以，周末加一班。"),
)
LOOKED_BACK = "到岗及时，交接清楚。"


def add_modes(places: Places, *, official_id: int, moment: dict[int, datetime], day_now: int) -> None:
    """The modes of the province, each from the day on which its stage began. `moment`: by day of the crisis."""
    ModeChange.objects.bulk_create(
        ModeChange(
            area=places.province,
            mode=mode,
            effective_at=moment[day],
            decided_at=moment[day],
            decided_by_id=official_id,
            reason=reason,
        )
        for day, mode, reason in MODES
        if day <= day_now
    )


def add_steps(
    calls: Calls, task_id: np.ndarray, groups: Groups, calendar: Calendar, rng: np.random.Generator
) -> None:
    """What authorities and groups agreed on before, and how they judged some of the work afterwards."""
    of_authority = np.flatnonzero(calls.is_crisis & calls.by_authority)
    issuers = dict(Task.objects.filter(pk__in=task_id[of_authority].tolist()).values_list("pk", "issuer_id"))
    issuer = np.array([issuers[pk] for pk in task_id[of_authority].tolist()])
    official = np.array([groups.official_of_authority[pk] for pk in issuer.tolist()])
    group, owner = groups.id[calls.group[of_authority]], groups.owner_id[calls.group[of_authority]]
    for number, (kind, words, answer) in enumerate(TALKS):
        made = calls.called_at[of_authority] + 300 * (number + 1)
        copy(
            Step,
            len(of_authority),
            {
                "code": codes.codes(len(of_authority), 10, rng),
                "task_id": task_id[of_authority],
                "kind": kind.value,
                "organization_id": issuer,
                "made_at": Moments(made),
                "made_by_id": official,
                "words": words,
                "answer": Step.Answer.AGREED.value,
                "answered_at": Moments(calls.adopted_at[of_authority] + 60 * (number + 1)),
                "answered_by_id": owner,
                "answered_for_id": group,
                "answer_words": answer,
            },
        )
    over = np.flatnonzero(~calls.is_running[of_authority] & (rng.random(len(of_authority)) < ASSESSED))
    looked = calls.last_day[of_authority[over]]
    looked = calendar.midnight(np.minimum(looked + 1, calendar.day_now)) + 10 * HOUR_S
    for organization, person in ((issuer[over], official[over]), (group[over], owner[over])):
        copy(
            Step,
            len(over),
            {
                "code": codes.codes(len(over), 11, rng),
                "task_id": task_id[of_authority[over]],
                "kind": Step.Kind.ASSESS.value,
                "organization_id": organization,
                "made_at": Moments(np.minimum(looked, calendar.at)),
                "made_by_id": person,
                "words": LOOKED_BACK,
                "score": rng.choice(SCORES, len(over), p=SCORE_SHARES),
            },
        )
    fix_sequences((Step,))


def add_escalations(groups: Groups, *, at: datetime) -> None:
    """Calls that nobody took on since long lie before the province."""
    province = groups.province_authority
    waiting = Task.objects.waiting().filter(called_at__lte=at - ESCALATED_AFTER).exclude(issuer=province)
    Escalation.objects.bulk_create(
        Escalation(task=task, authority=province, escalated_at=task.called_at + ESCALATED_AFTER)
        for task in waiting
        if task.called_at is not None
    )


def add_at_home(places: Places, groups: Groups, *, at: datetime) -> None:
    """In the demo's county: calls of groups that wait for a word, a delegation, help between counties."""
    county = places.counties[places.home_county]
    authority = Organization.objects.get(pk=groups.authority_of_area[county.pk])
    official = groups.official_of_authority[authority.pk]
    rest = [row for row in groups.of_county(places.home_county).tolist() if row != groups.home]
    for row, template in zip(rest, _templates(), strict=False):
        task = _draft(
            template, int(groups.id[row]), int(groups.owner_id[row]), county, at - timedelta(hours=3)
        )
        late = row == rest[0]
        Review.objects.create(
            task=task,
            authority=groups.province_authority if late else authority,
            asked_at=at - timedelta(hours=26 if late else 3),
            asked_by_id=int(groups.owner_id[row]),
            due_at=at + timedelta(hours=-2 if late else 21),
            escalations=int(late),
        )
    Delegation.objects.create(
        authority=authority,
        delegate_id=int(groups.id[groups.home]),
        kind=Delegation.Kind.TRIAGE,
        area=county,
        reason="社区求助由邻里互助会先看，疫情期间有效",
        starts_at=at - timedelta(days=10),
        ends_at=at + timedelta(days=50),
        granted_at=at - timedelta(days=10),
        granted_by_id=official,
    )
    _transfers(places, groups, county, official, at)
    waiting = Task.objects.waiting().filter(county=county, issuer=authority).order_by("-called_at").first()
    if waiting is not None:
        CallRequest.objects.create(
            task=waiting,
            organization_id=int(groups.id[groups.home]),
            asker=authority,
            asked_at=at - timedelta(minutes=5),
            asked_by_id=official,
        )


def _templates() -> list[TaskTemplate]:
    found = {template.code: template for template in TaskTemplate.objects.filter(code__in=REVIEWED)}
    return [found[code] for code in REVIEWED]


def _transfers(places: Places, groups: Groups, county: Area, official: int, at: datetime) -> None:
    """One that waits for the neighbour's word, one on which both agreed."""
    calls = Task.objects.public().filter(county=county, issuer__kind=Organization.Kind.GOVERNMENT)
    tasks = list(calls.order_by("-called_at")[:2])
    neighbours = [
        area for area in places.counties if area.parent_id == county.parent_id and area.pk != county.pk
    ]
    for number, (task, giver) in enumerate(zip(tasks, neighbours, strict=False)):
        agreed = number > 0
        theirs = groups.authority_of_area.get(giver.pk)
        if theirs is None:
            continue
        Transfer.objects.create(
            task=task,
            giver=giver,
            taker=county,
            people=6 + 4 * number,
            words="卡口夜班缺人，想请贵区支援一周",
            status=Transfer.Status.AGREED if agreed else Transfer.Status.PROPOSED,
            asked_at=at - timedelta(hours=8),
            asked_by_id=official,
            due_at=at + timedelta(hours=16),
            taker_agreed_at=at - timedelta(hours=8),
            taker_agreed_by_id=official,
            taker_agreed_for_id=groups.authority_of_area[county.pk],
            giver_agreed_at=at - timedelta(hours=5) if agreed else None,
            giver_agreed_by_id=groups.official_of_authority[theirs] if agreed else None,
            giver_agreed_for_id=theirs if agreed else None,
        )


def _draft(template: TaskTemplate, group: int, owner: int, county: Area, at: datetime) -> Task:
    return Task.objects.create(
        issuer_id=group,
        type_id=template.type_id,
        area=county,
        county_id=county.pk,
        title=template.title_zh,
        content=template.content_zh,
        conditions=template.conditions_zh,
        risks=template.risks_zh,
        guarantees=template.guarantees_zh,
        second_title=template.title_en,
        second_content=template.content_en,
        people_needed=template.seats,
        starts_on=localdate(at),
        ends_on=localdate(at) + timedelta(days=6),
        place=f"{county.name_zh}中心广场",
        contact_name="值班员",
        contact_phone="12345",
        created_at=at,
        created_by_id=owner,
    )
