"""Reads of volunteers that pages and other apps share."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from accounts.models import User
from areas.models import Area
from organizations.models import Organization
from volunteers.models import (
    Affiliation,
    CalendarFeed,
    Capability,
    Implication,
    Proxy,
    Team,
    TeamMember,
    Volunteer,
    VolunteerCapability,
    VolunteerInvitation,
)
from volunteers.models.volunteer import WAITING_SINCE

CACHE = "_volunteer_profile"


def shown_by(capability: str) -> str:
    """What shows that somebody has a capability: itself and all that implies it, as an array in SQL."""
    return f"""ARRAY(
  SELECT {capability}
  UNION ALL SELECT rule.capability_id FROM volunteers_implication rule WHERE rule.implied_id = {capability}
)"""  # noqa: S608


def holds(volunteer: str, shown: str, day: str) -> str:
    """Whether a volunteer can show one of some capabilities (`shown_by`) on a day, as a condition in SQL; all three are
    expressions in it.

    What somebody has counts until its last day, a qualification once it was seen; and under the same terms it shows
    everything that it implies.
    """
    return f"""EXISTS (
  SELECT FROM volunteers_volunteercapability has JOIN volunteers_capability own ON own.id = has.capability_id
  WHERE has.volunteer_id = {volunteer} AND has.capability_id = ANY({shown})
    AND (has.expires_on IS NULL OR has.expires_on >= {day})
    AND (has.confirmed_at IS NOT NULL OR own.kind <> 'qualification')
)"""


def rows_that_show(capability: Any, day: date | Combinable) -> QuerySet[VolunteerCapability]:
    """What shows that somebody has a capability (or an OuterRef to one) on a day; the same rule as `holds`."""
    return (
        VolunteerCapability.objects.filter(
            Q(capability=capability) | Q(capability__implications__implied=capability)
        )
        .filter(Q(expires_on=None) | Q(expires_on__gte=day))
        .filter(Q(confirmed_at__isnull=False) | ~Q(capability__kind=Capability.Kind.QUALIFICATION))
    )


def volunteer_of(user: Any) -> Volunteer | None:
    """The profile of a person, with its area; one query, kept on the user object."""
    if CACHE not in user.__dict__:
        user.__dict__[CACHE] = (
            Volunteer.objects.filter(user_id=user.pk).select_related("user", "area", "county").first()
        )
    found: Volunteer | None = user.__dict__[CACHE]
    return found


def forget(user: User) -> None:
    """Read the profile anew the next time."""
    user.__dict__.pop(CACHE, None)


def proxied_by(user: User) -> QuerySet[Volunteer]:
    """The volunteers for whom a person may act now."""
    live = Proxy.objects.filter(volunteer=OuterRef("pk"), user=user, ended_at=None)
    return Volunteer.objects.filter(Exists(live), user__is_active=True).select_related(
        "user", "area", "county"
    )


def proxied_volunteer(user: User, number: str) -> Volunteer | None:
    """The volunteer of this number, if the person may act for them."""
    return proxied_by(user).filter(number=number).first()


def teams_of(volunteer: Volunteer) -> list[Team]:
    """The live teams that somebody belongs to, with `people`: how many do; by name. One statement."""
    mine = TeamMember.objects.filter(volunteer=volunteer, left_at=None)
    return list(
        Team.objects.live()
        .filter(pk__in=mine.values("team"))
        .annotate(people=Count("members", filter=Q(members__left_at=None)))
        .order_by("name", "pk")
    )


def team_of(volunteer: Volunteer, code: str) -> Team | None:
    """A live team of theirs by its code, with its leader."""
    mine = TeamMember.objects.filter(volunteer=volunteer, left_at=None)
    teams = Team.objects.live().filter(pk__in=mine.values("team"), code=code)
    return teams.select_related("leader__user").first()


def members_of_team(team: Team) -> list[Volunteer]:
    """Those who belong to a team now, the leader first, then in the order in which they came."""
    ids = list(
        team.members.filter(left_at=None).order_by("joined_at", "pk").values_list("volunteer", flat=True)
    )
    found = Volunteer.objects.select_related("user").in_bulk(ids)
    return sorted((found[pk] for pk in ids), key=lambda volunteer: volunteer.pk != team.leader_id)


def live_proxies_of(volunteer: Volunteer) -> QuerySet[Proxy]:
    return (
        Proxy.objects.filter(volunteer=volunteer, ended_at=None).select_related("user").order_by("granted_at")
    )


def implied_by(capability_ids: Collection[int]) -> dict[int, list[Capability]]:
    """What comes with each of some capabilities, in the order of lists. One statement; none where there are none."""
    found: dict[int, list[Capability]] = {}
    if capability_ids:
        rules = Implication.objects.filter(capability__in=capability_ids).select_related("implied")
        for rule in rules.order_by("implied__kind", "implied__position", "implied_id"):
            found.setdefault(rule.capability_id, []).append(rule.implied)
    return found


def papers_of(volunteer: Volunteer) -> QuerySet[VolunteerCapability]:
    """The qualifications that a volunteer says they hold."""
    return (
        VolunteerCapability.objects.filter(
            volunteer=volunteer, capability__kind=Capability.Kind.QUALIFICATION
        )
        .select_related("capability")
        .order_by("capability__position", "capability__code")
    )


def claims_waiting(area: Area) -> QuerySet[VolunteerCapability]:
    """Papers of volunteers of the counties of an area that nobody has looked at, the longest waiting first."""
    return (
        VolunteerCapability.objects.alias(waiting_since=WAITING_SINCE)
        .filter(
            waiting_since__isnull=False,
            volunteer__county__path__startswith=area.path,
            volunteer__user__is_active=True,
        )
        .select_related(
            "capability", "volunteer__user", "volunteer__county", "volunteer__area__parent__parent"
        )
        .order_by("waiting_since", "pk")
    )


def people_of(organization: Organization) -> QuerySet[Affiliation]:
    """Those who belong to an organization's people now, with what its pages show of them."""
    return (
        Affiliation.objects.live()
        .filter(organization=organization, volunteer__user__is_active=True)
        .select_related("volunteer__user", "volunteer__area__parent__parent")
        .order_by("started_at", "pk")
    )


def invited_by_organization(organization: Organization, *, at: datetime) -> QuerySet[VolunteerInvitation]:
    """The invitations of an organization that nobody has answered yet, the newest first."""
    return VolunteerInvitation.objects.open(at=at).filter(organization=organization).order_by("-pk")


def invitations_to(user: User, *, at: datetime) -> QuerySet[VolunteerInvitation]:
    """The open invitations to the contacts of somebody who has signed in with them."""
    contacts = [contact for contact in (user.phone, user.email.lower()) if contact]
    return (
        VolunteerInvitation.objects.open(at=at)
        .filter(contact__in=contacts, organization__status=Organization.Status.APPROVED)
        .select_related("organization")
        .order_by("pk")
    )


def organizations_with(volunteer: Volunteer) -> QuerySet[Affiliation]:
    """To whose people a volunteer belongs."""
    return (
        Affiliation.objects.live()
        .filter(volunteer=volunteer)
        .select_related("organization")
        .order_by("started_at", "pk")
    )


def owner_of_feed(owner: Volunteer | Organization) -> dict[str, Volunteer | Organization]:
    """The field of a calendar by a secret address that names whose it is."""
    return {"volunteer" if isinstance(owner, Volunteer) else "organization": owner}


def live_feed(owner: Volunteer | Organization) -> CalendarFeed | None:
    """The secret address in use, if there is one."""
    return CalendarFeed.objects.live().filter(**owner_of_feed(owner)).first()
