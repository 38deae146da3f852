"""Groups that look at residents' requests: check them, lay the same ones together, give them to work."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial

from django.utils.timezone import localdate

from accounts.models import User
from areas.models import Area
from operations.drill.cast import Group
from operations.drill.drama import Drama
from operations.drill.groups.calls import TAKES_REQUESTS, roles_of, street_at, values_of
from operations.drill.groups.ground import Ground, Templates, asked_key, is_open, place_of
from operations.drill.groups.shifts import at_hour
from operations.drill.groups.silence import Silences
from operations.synthetic.asked import DECLINED
from operations.synthetic.asked_rows import DECLINE_REASONS, POINTS
from organizations.models import Organization
from residents.actions.merging import merge
from residents.actions.placing import MOST, mark_served, place
from residents.actions.points import make_point, open_desk
from residents.actions.triage import decline, pass_on, verify
from residents.models import HelpRequest, RequestDesk, RequestEvent, RequestPoint
from residents.policies import Verb
from residents.queries.alike import alike
from residents.queries.routing import who_looks_at
from tasks.models import Shift
from tasks.queries.stages import rules_of

LOOK = timedelta(minutes=40)
# The first look at a request: this share of the time promised, lognormal around it (operations/synthetic/asked.py).
LOOKED_AT_SHARE, LOOKED_AT_SIGMA = 0.4, 0.7
# So alike, out of 100, is the same; the product shows from 45 on what may be.
SAME_FROM = 70
PASSED_ON = 0.03
# Of those that were checked, served by the desk itself without any shift, by a telephone call or by whoever is there.
SERVED_AT_ONCE = 0.08
# When desks give what was checked to work, by the clock of the place.
ROUND_HOURS = (10.0, 16.0)
# Into a shift of their own that begins within so many days and not sooner than so many hours.
WITHIN_DAYS, SOONEST_H = 3, 1
# A new call for requests: a seat for so many of them, and so many seats at least and most; it lasts so many days.
REQUESTS_A_SEAT, SEATS_LEAST, SEATS_MOST, CALL_DAYS = 2, 2, 8, 3
DESK_HOUR = 0.2
POINTS_A_DESK = 2
SAME_WORDS = "同一户，合并处理"
WHY_ELSEWHERE = "请按专长接手"
SERVED_WORDS = "电话里已经办好"
# Of kinds of groups, which looks at requests where several are at home.
DESK_KINDS = ("community", "cbo", "school", "enterprise")


class Desks:
    """Opens a desk in each county, and works off what comes in. `points`: codes on buildings by county."""

    def __init__(self, drama: Drama, ground: Ground) -> None:
        self.drama, self.ground = drama, ground
        self.templates = Templates()
        self.silences = Silences(drama)
        self.silences.draw()
        self.groups = {one.organization.pk: one for one in drama.cast.groups}
        self.leaders: dict[int, User] = {pk: one.owner for pk, one in self.groups.items()}
        self.leaders |= {one.organization.pk: one.official for one in drama.cast.offices}
        self.points: dict[int, list[RequestPoint]] = defaultdict(list)
        newest = RequestEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
        self.events = newest or 0

    def begin(self) -> None:
        story = self.drama.story
        story.plan(story.begins_at + timedelta(hours=DESK_HOUR), self._open)
        story.every(LOOK, self._look, first=story.begins_at + LOOK)
        for hour in ROUND_HOURS:
            story.every(timedelta(days=1), self._round, first=self.drama.moment(0, hour))

    def who_answers(self, area: Area) -> User | None:
        """Who picks up the telephone for a place."""
        looks = self.drama.hands.look(lambda: who_looks_at(area, self.drama.story.begins_at))
        return self.leaders.get(looks.pk) if looks is not None else None

    def _open(self, at: datetime) -> None:
        """A desk in every county that has none, with codes on two buildings."""
        drama = self.drama
        desks = RequestDesk.objects.filter(closed_at=None).values_list("organization", flat=True)
        there = set(drama.hands.look(lambda: list(desks)))
        codes = RequestPoint.objects.filter(ended_at=None).select_related("area").order_by("pk")
        for point in drama.hands.look(lambda: list(codes)):
            self.points[point.area.county_id or point.area.pk].append(point)
        towns: dict[int, Area] = {}
        for area in self.ground.areas:
            towns.setdefault(area.county_id or area.pk, area)
        for county in self.ground.counties:
            groups = [one for one in self.groups.values() if one.area.path.startswith(county.path)]
            if not groups:
                continue
            group = min(groups, key=lambda one: (_desk_rank(one), one.organization.pk))
            if not any(one.organization.pk in there for one in groups):
                drama.hands.do("open a desk", open_desk, organization=group.organization, by=group.owner)
            for name in POINTS[: max(0, POINTS_A_DESK - len(self.points[county.pk]))]:
                made = drama.hands.do(
                    "put up a code",
                    make_point,
                    organization=group.organization,
                    area=towns[county.pk],
                    place=f"{towns[county.pk].name_zh}{name}",
                    by=group.owner,
                )
                if made is not None:
                    self.points[county.pk].append(made)

    def _look(self, at: datetime) -> None:
        """One statement: requests that came, or were passed on, since the last look."""
        if not is_open(at):
            return
        rows = RequestEvent.objects.filter(pk__gt=self.events, verb__in=(Verb.ASKED, Verb.PASSED_ON))
        for event in self.drama.hands.look(lambda: list(rows.select_related("request").order_by("pk"))):
            self.events = event.pk
            request = event.request
            key = (*asked_key(request), str(event.verb))
            promised = (request.answer_due_at or at) - request.asked_at
            share = self.drama.chance.lognormal(LOOKED_AT_SHARE, LOOKED_AT_SIGMA, "first-look", *key)
            looks, is_fresh = request.organization_id, event.verb == Verb.ASKED
            moment = max(at, event.at + promised * share)
            moment = self.silences.next_moment(looks or 0, moment, *key)
            self.drama.story.plan(moment, partial(self._first_look, request.pk, looks, is_fresh))

    def _first_look(self, pk: int, looks: int | None, is_fresh: bool, at: datetime) -> None:
        """Is it the same as another, can it be done, is it ours? Else it is as it stands.

        What was passed on once (not `is_fresh`) stays: nobody sends it back and forth.
        """
        drama = self.drama
        rows = HelpRequest.objects.select_related("type", "area__parent__parent", "organization")
        request = drama.hands.look(lambda: rows.get(pk=pk))
        by = self.leaders.get(request.organization_id or 0)
        # Somebody else looks at it by now, or it was taken back.
        if request.status != HelpRequest.Status.NEW or request.organization_id != looks or by is None:
            return
        near = drama.hands.look(lambda: alike(request, 1))
        if near and near[0].score >= SAME_FROM and near[0].request.organization_id == looks:
            kept = near[0].request
            if drama.hands.do("lay together", merge, requests=[request], into=kept, by=by, words=SAME_WORDS):
                drama.say("request_merged", at, place=place_of(request.area))
            return
        key = asked_key(request)
        draw = drama.chance.uniform("triage", *key)
        if draw < DECLINED:
            reason = drama.chance.pick(DECLINE_REASONS, "decline", *key)
            drama.hands.do("decline a request", decline, request=request, by=by, reason=reason)
        elif is_fresh and draw < DECLINED + PASSED_ON and self._hand_on(request, by):
            return
        else:
            drama.hands.do("check a request", verify, request=request, by=by)
            if draw > 1 - SERVED_AT_ONCE:
                drama.hands.do("serve at once", mark_served, request=request, by=by, words=SERVED_WORDS)

    def _hand_on(self, request: HelpRequest, by: User) -> bool:
        """To another group of the place; False where there is none."""
        others = (
            Organization.objects.approved()
            .serving(request.area)
            .exclude(pk=request.organization_id or 0)
            .filter(kind__in=TAKES_REQUESTS)
            .order_by("pk")
        )
        found = self.drama.hands.look(lambda: list(others[:8]))
        if not found:
            return False
        heir = self.drama.chance.pick(found, "hand-on", *asked_key(request))
        self.drama.hands.do(
            "pass a request on", pass_on, request=request, organization=heir, by=by, words=WHY_ELSEWHERE
        )
        return True

    def _round(self, at: datetime) -> None:
        """Give whatever was checked to work, by organization, county and kind."""
        rows = HelpRequest.objects.filter(status=HelpRequest.Status.VERIFIED, ended_at=None)
        rows = rows.select_related("type", "area__county", "organization").order_by("pk")
        piles: dict[tuple[int, int, int], list[HelpRequest]] = defaultdict(list)
        for request in self.drama.hands.look(lambda: list(rows)):
            own = request.organization_id or 0
            if own in self.leaders and self.silences.until(own, at) is None:
                piles[own, request.area.county_id or request.area_id, request.type_id].append(request)
        for requests in piles.values():
            self._give_to_work(requests[:MOST], at)

    def _give_to_work(self, requests: list[HelpRequest], at: datetime) -> None:
        drama, first = self.drama, requests[0]
        organization = first.organization
        if organization is None:
            return
        by = self.leaders[organization.pk]
        county = first.area.county or first.area
        shift = drama.hands.look(lambda: self._own_shift(organization, first, county, at))
        given = {"requests": requests, "organization": organization, "by": by}
        if shift is not None:
            drama.hands.do("place in a shift", place, shift=shift, **given)
            return
        rules = drama.hands.look(lambda: rules_of(county, at))
        if not rules.may_publish(organization.kind):
            self._to_authority(requests, by)
            return
        template = self.templates.of_kind(first.type_id)
        key = (organization.pk, first.type_id, str(localdate(at)))
        starts_on = localdate(at) + timedelta(days=1)
        seats = min(SEATS_MOST, max(SEATS_LEAST, 1 + len(requests) // REQUESTS_A_SEAT))
        starts_at = at_hour(starts_on, template.starts_hour, template.duration_minutes)
        drama.hands.do(
            "place in new work",
            place,
            values=values_of(
                template,
                county,
                people=seats,
                starts_on=starts_on,
                ends_on=starts_on + timedelta(days=CALL_DAYS - 1),
                street=street_at(drama.chance.uniform("work-street", *key)),
            ),
            first_shift={
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=min(template.duration_minutes, 300)),
                "roles": roles_of(template, seats),
            },
            **given,
        )

    def _to_authority(self, requests: list[HelpRequest], by: User) -> None:
        """Where the stage lets the group ask for no work, the authority does."""
        office = self.drama.cast.office_over(requests[0].area)
        for request in requests:
            self.drama.hands.do(
                "pass a request on",
                pass_on,
                request=request,
                organization=office.organization,
                by=by,
                words=WHY_ELSEWHERE,
            )

    def _own_shift(
        self, organization: Organization, request: HelpRequest, county: Area, at: datetime
    ) -> Shift | None:
        """A shift of the organization for this kind of work in the county, in the next days."""
        return (
            Shift.objects.filter(
                organization=organization,
                status=Shift.Status.OPEN,
                task__type=request.type_id,
                task__status__in=("called", "adopted"),
                county=county,
                starts_at__range=(at + timedelta(hours=SOONEST_H), at + timedelta(days=WITHIN_DAYS)),
            )
            .select_related("task__area")
            .order_by("starts_at", "pk")
            .first()
        )


def _desk_rank(group: Group) -> int:
    kind = group.organization.kind
    return DESK_KINDS.index(kind) if kind in DESK_KINDS else len(DESK_KINDS)
