"""One of everything, so that every route has something to show, and one person for every role."""

import uuid
from dataclasses import dataclass, field
from datetime import time, timedelta

from django.utils import timezone

from accounts.actions.tokens import make_token
from accounts.models import Recovery, User
from areas.models import Area
from core import clock
from notifications.models import Message
from notifications.notices import kind_of
from organizations.models import Invitation, Membership, Organization, Verification
from tasks.actions.series import start_series
from tasks.actions.shifts import RoleWanted
from tasks.models import Crisis, Incident, StageChange, Task, TaskTemplate
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.calls import make_call_request, make_escalation, make_step
from tests.factories.governing import make_delegation, make_draft, make_review, make_transfer
from tests.factories.handovers import make_handover
from tests.factories.jobs import make_run
from tests.factories.marks import make_mark, make_missed
from tests.factories.matching import make_match_run
from tests.factories.notifications import make_message
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.playbooks import make_playbook
from tests.factories.residents import make_point, make_request
from tests.factories.sheets import make_affiliation, make_sheet, make_volunteer_invitation
from tests.factories.tasks import (
    make_assignment,
    make_crisis,
    make_offer,
    make_shift,
    make_task,
    make_task_type,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import give_capability, make_capability, make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting
from volunteers.actions.feeds import make_feed
from volunteers.actions.teams import found_team
from volunteers.models import AvailabilityException, Proxy, Volunteer

ROLES = (
    "anonymous",
    "nobody",
    "volunteer",
    "owner",
    "desk",
    "other_owner",
    "official",
    "other_official",
    "staff",
)


@dataclass
class World:
    people: dict[str, User | None]
    # Values of a route's parameters, by (namespace, parameter).
    values: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What the world stands on: two townships of different counties, and what is in the first one already."""

    home: Area
    elsewhere: Area
    crisis: Crisis | None = None
    organization: Organization | None = None
    authority: Organization | None = None
    people: dict[str, User] = field(default_factory=dict)


def bare_ground() -> Ground:
    tree = small_tree()
    home = tree.townships[0]
    assert home.county == tree.counties[0]
    return Ground(home, tree.townships[-1])


def build(ground: Ground | None = None) -> World:
    at = clock.now()
    ground = ground or bare_ground()
    home, elsewhere = ground.home, ground.elsewhere
    county = home.county
    assert county is not None
    given = ground.people
    people: dict[str, User | None] = {
        "anonymous": None,
        "nobody": make_user(),
        "staff": given.get("staff") or make_user(is_staff=True),
    }
    known = given.get("volunteer")
    volunteer = Volunteer.objects.get(user=known) if known else make_volunteer(area=home)
    people["volunteer"] = volunteer.user
    organization = ground.organization or make_organization(home_area=county)
    other = make_organization(home_area=elsewhere.county)
    people["owner"] = given.get("owner") or make_member(organization, "owner")
    people["desk"] = make_member(organization, "desk")
    people["other_owner"] = make_member(other, "owner")
    authority = ground.authority or make_authority(county)
    people["official"] = given.get("official") or make_member(authority)
    people["other_official"] = make_member(make_authority(elsewhere.county))
    world = World(people)
    values = world.values
    values["organization", "code"] = organization.code
    values["authority", "area_code"] = county.code
    values["authority", "table"] = "kinds"
    crisis = ground.crisis or make_crisis(county)
    _add_work(world, organization, authority, home, crisis)
    _add_playbook(world, county, crisis)
    _add_marks(world, organization, authority, home)
    _add_together(world, organization, authority, home)
    _add_paper(world, organization, county)
    _add_governing(world, organization, authority, county, elsewhere)
    _add_reference(world, county)
    _add_tables(world, organization, authority, county)
    _add_residents(world, organization, home)
    values["authority", "run"] = values["staff", "run"] = make_match_run(county).code
    for room in ("authority", "staff"):
        values[f"{room}:call_off_plan", "run"] = make_match_run(county, status="queued").code
    day = AvailabilityException.objects.create(
        volunteer=volunteer, starts_on=at.date(), ends_on=at.date(), is_free=False
    )
    values["account", "day"] = str(day.pk)
    token, _ = make_token(user=volunteer.user, name="Rota", by=volunteer.user, at=at)
    values["account:token_revoke", "code"] = token.code
    values["", "code"] = "shift-full"
    values["public:definition", "key"] = "fill_rate"
    Proxy.objects.create(
        volunteer=volunteer, user=people["nobody"] or make_user(), consent="by telephone", granted_at=at
    )
    return world


def _add_work(
    world: World, organization: Organization, authority: Organization, area: Area, crisis: Crisis
) -> None:
    at = clock.now()
    values = world.values
    official = world.people["official"] or make_user()
    StageChange.objects.create(
        crisis=crisis,
        area=area.county,
        stage=1,
        effective_at=at,
        decided_at=at,
        decided_by=official,
        reason="First.",
    )
    task = make_task(area=area, issuer=authority, adopted_by=organization)
    shift = make_shift(task=task, organization=organization, starts_at=tomorrow_at(9))
    volunteer = make_volunteer(user=world.people["owner"])
    assignment = make_assignment(shift, make_volunteer())
    own = make_assignment(
        make_shift(task=task, organization=organization, starts_at=tomorrow_at(15)), volunteer
    )
    incident = Incident.objects.create(
        shift=shift, kind="other", text="A fence fell.", reported_at=at, reported_by=volunteer.user
    )
    assert role_of(shift).seats_taken == 1
    offer = make_offer(role_of(shift), volunteer)
    values["public", "code"] = values["volunteer", "code"] = shift.code
    values["public", "site_code"] = shift.site_code
    values["organization", "task"] = values["authority", "task_code"] = task.code
    values["organization", "shift"] = shift.code
    day = timezone.localdate(at) + timedelta(days=3)
    series = start_series(
        task=task,
        organization=organization,
        rule="FREQ=DAILY",
        starts_on=day,
        ends_on=day + timedelta(days=2),
        starts=time(7),
        minutes=120,
        roles=[RoleWanted(seats_min=1, seats=2)],
        by=official,
        at=at,
    )
    values["organization", "series"] = series.code
    values["organization", "assignment"] = assignment.code
    values["organization", "incident"] = incident.code
    values["organization", "offer"] = offer.code
    for page in ("offer", "accept_offer", "decline_offer"):
        values[f"volunteer:{page}", "code"] = offer.code
    place = make_waiting(role_of(shift), make_volunteer(), status="offered")
    values["organization", "waiting"] = place.code
    full = make_full_shift(task=task, organization=organization, starts_at=tomorrow_at(19))
    waits = make_waiting(role_of(full), volunteer)
    for page in ("waiting_place", "accept_held", "decline_held", "leave_line", "come_with_fewer"):
        values[f"volunteer:{page}", "code"] = waits.code
    looked_at = make_shift(
        task=task, organization=organization, starts_at=tomorrow_at(9, days=3), needs_approval=True
    )
    asked = make_waiting(role_of(looked_at), volunteer, kind="approval")
    values["organization", "asked"] = asked.code
    for page in ("request", "take_back"):
        values[f"volunteer:{page}", "code"] = asked.code
    skilled = make_shift(
        task=task,
        organization=organization,
        starts_at=tomorrow_at(9, days=5),
        requirements=[make_capability()],
    )
    values["volunteer:ready", "code"] = skilled.code
    team = found_team(name="Night shift", leader=volunteer, by=volunteer.user, at=at)
    for page in ("team", "leave_team", "end_team"):
        values[f"volunteer:{page}", "code"] = team.code
    party = make_assignment(
        make_shift(task=task, organization=organization, starts_at=tomorrow_at(9, days=4)),
        volunteer,
        seats=3,
        join_code="PARTY234",
    )
    values["public", "join_code"] = values["volunteer", "join_code"] = party.join_code
    for page in ("keep_fewer", "give_back_place"):
        values[f"volunteer:{page}", "code"] = party.code
    values["volunteer:handover", "code"] = make_handover(assignment).code
    agreed = make_assignment(shift)
    values["organization", "handover"] = make_handover(agreed, status="agreed", taker=make_volunteer()).code
    own_pages = ("seat", "done", "calendar", "step_back", "message", "incident")
    values["account:watch", "code"] = shift.code
    values["calendars", "secret"] = make_feed(owner=volunteer, by=volunteer.user, at=at).secret
    values["own_calendars", "code"] = organization.code
    for page in (*own_pages, "begin", "cannot_come", "find_somebody", "swap", "rebook"):
        values[f"volunteer:{page}", "code"] = own.code


def _add_playbook(world: World, county: Area, crisis: Crisis) -> None:
    """One of the county's own, that its crisis follows."""
    book = make_playbook(areas=[county])
    Crisis.objects.filter(pk=crisis.pk, area=county).update(playbook=book)
    world.values["authority", "playbook"] = book.code
    world.values["authority:playbook_stage", "number"] = "1"


def _add_together(world: World, organization: Organization, authority: Organization, area: Area) -> None:
    """Steps of both sides on the shared call, and another call: brought before the authority, asked of the group."""
    values = world.values
    task = Task.objects.get(code=values["organization", "task"])
    by = world.people["official"] or make_user()
    values["organization", "step"] = make_step(task, authority).code
    values["authority", "step"] = make_step(task, organization).code
    silent = make_task(area=area, issuer=authority)
    make_call_request(silent, organization, by=by)
    make_escalation(silent, authority)
    values["organization:cannot", "task"] = values["authority:look_after", "task_code"] = silent.code


def _add_governing(
    world: World, organization: Organization, authority: Organization, county: Area, elsewhere: Area
) -> None:
    """Calls of groups that wait, decisions that the organization makes for the authority, help for an area elsewhere."""
    values = world.values
    own = make_draft(organization, county)
    make_review(authority, own)
    for page in ("draft", "edit_draft", "cancel_draft"):
        values[f"organization:{page}", "task"] = own.code
    for kind in ("verify", "review", "triage", "transfer"):
        values["authority", "delegation"] = make_delegation(authority, organization, kind).code
    values["organization", "review"] = values["authority", "review"] = make_review(authority).code
    values["organization:decide_organization", "other"] = values["authority", "code"]
    there = make_task(area=elsewhere, status="called")
    asked = make_transfer(there, giver=county, taker=elsewhere.county)
    values["organization", "transfer"] = values["authority", "transfer"] = asked.code


def _add_marks(world: World, organization: Organization, authority: Organization, area: Area) -> None:
    """One about the owner, one by the owner on which only an official can decide."""
    values = world.values
    task = make_task(area=area, issuer=authority, adopted_by=organization)
    owner = Volunteer.objects.get(user=world.people["owner"])
    own = make_missed(organization, owner, task=task)
    values["volunteer:mark", "code"] = make_mark(own).code
    absent = make_missed(organization, task=task)
    objected = make_mark(absent, marked_by=world.people["owner"], status="appealed")
    values["organization", "mark"] = values["authority", "mark"] = objected.code


def _add_paper(world: World, organization: Organization, county: Area) -> None:
    at = clock.now()
    values = world.values
    waiting = make_organization(home_area=county, status="pending")
    Membership.objects.create(user=make_user(), organization=waiting, role="owner", started_at=at)
    Verification.objects.create(organization=waiting, requested_at=at, evidence="Known to the street.")
    values["authority", "code"] = waiting.code
    claim = give_capability(
        make_volunteer(area=county),
        make_capability(kind="qualification"),
        confirmed=False,
        claimed_at=at,
        evidence="No. 7",
    )
    values["authority", "number"] = claim.volunteer.number
    values["authority", "paper"] = values["account:paper_remove", "code"] = claim.capability.code
    inviter = world.people["owner"] or make_user()
    invitation = Invitation.objects.create(
        code=uuid.uuid4().hex[:24],
        organization=organization,
        contact="new@example.org",
        role="desk",
        invited_by=inviter,
        invited_at=at,
        expires_at=at + timedelta(days=7),
    )
    values["organization", "invitation"] = invitation.code
    desk = world.people["desk"] or make_user()
    values["organization", "member"] = desk.code
    recovery = Recovery.objects.create(user=desk, kind="second_factor", reason="Lost it.", requested_at=at)
    message = Message.objects.create(
        event="test",
        kind="hours_confirmed",
        context=kind_of("hours_confirmed").sample,
        recipient=world.people["volunteer"],
        channel="inbox",
        language="en",
        created_at=at,
        status="sent",
        ended_at=at,
    )
    values["account:decide", "code"] = recovery.code
    values["account:message", "code"] = message.code
    values["account:proxy_end", "code"] = desk.code


def _add_reference(world: World, county: Area) -> None:
    """What staff look after: a message that was not delivered, a failed run, and a row of each reference table."""
    failed = make_message(
        kind="hours_confirmed", context={}, status="failed", next_try_at=None, ended_at=clock.now()
    )
    values = world.values
    values["staff", "code"] = failed.code
    run = make_run(name="insights.refresh", state="failed", error="ValueError", reason="wrong")
    for page in ("job", "again"):
        values[f"staff:{page}", "code"] = run.code
    kind = make_task_type()
    template = TaskTemplate.objects.create(
        code="from-the-world", type=kind, title_zh="值守", title_en="Watch"
    )
    rows = (
        ("volunteers_cause", kind.cause),
        ("volunteers_capability", make_capability()),
        ("tasks_tasktype", kind),
        ("tasks_tasktemplate", template),
        ("areas_area", county),
    )
    for table, row in rows:
        for page in ("change", "history", "delete"):
            values[f"admin:{table}_{page}", "object_id"] = str(row.pk)
    values["admin", "app_label"] = "tasks"
    values["admin", "object_id"] = str(kind.pk)


def _add_residents(world: World, organization: Organization, area: Area) -> None:
    """A request that came by a code on a building, and two that somebody wrote down."""
    values = world.values
    point = make_point(organization, area=area)
    values["public", "point"] = values["organization", "point"] = point.code
    asked = make_request(area=area, organization=organization, point=point, phone="+8613900001111")
    values["public:help_request", "code"] = asked.code
    values["public:help_step", "step"] = "when"
    over = make_crisis(
        area, started_at=clock.now() - timedelta(days=40), ended_at=clock.now() - timedelta(days=3)
    )
    for page in ("closing", "closing_check", "closing_file"):
        values[f"public:{page}", "code"] = over.code
    values["account:thanks_down", "code"] = over.code
    values["public:place", "code"] = area.county.code if area.county else area.code
    for room, role in (("organization", "owner"), ("authority", "official")):
        made = make_request(area=area, organization=organization, entered_by=world.people[role])
        values[room, "entered_ref"] = made.ref
        values[room, "ref"] = asked.ref
    values["organization", "other"] = make_request(
        area=area, organization=organization, type=asked.type, words=asked.words
    ).ref


def _add_tables(world: World, organization: Organization, authority: Organization, county: Area) -> None:
    values = world.values
    owner, official = world.people["owner"] or make_user(), world.people["official"] or make_user()
    out = {"direction": "out", "status": "done", "kind": "shifts", "row_count": 1}
    values["organization", "sheet"] = make_sheet(organization, owner).code
    values["organization:sheet_file", "sheet"] = make_sheet(organization, owner, **out).code
    out["kind"] = "organizations"
    values["authority", "sheet"] = make_sheet(authority, official, kind="organizations", area=county).code
    values["authority:sheet_file", "sheet"] = make_sheet(authority, official, area=county, **out).code
    values["organization", "kind"], values["authority", "kind"] = "people", "organizations"
    values["organization", "format"] = values["authority", "format"] = "csv"
    values["organization", "number"] = make_affiliation(organization).volunteer.number
    values["account:invited", "code"] = make_volunteer_invitation(organization, by=owner).code
