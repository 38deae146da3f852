"""What somebody new does first, by role: a few steps, ticked by what has happened, until they are done or put away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from organizations.models import Invitation, Membership, Organization
from organizations.permissions import organizations_of
from organizations.queries import LEADERS
from tasks.models import Assignment, CheckIn, Shift, Task
from volunteers.models import WeeklyAvailability
from web.access import OfficialRequest, OrganizerRequest, SignedInRequest, VolunteerRequest

# Who has been here longer knows the way, and their pages ask the database nothing for it.
NEW = timedelta(days=90)
# What was put away on this device, signed for its person.
COOKIE = "first_steps"
YEAR = 365 * 24 * 3600
KEYS = ("volunteer", "organizer", "official", "staff")


@dataclass(frozen=True)
class Step:
    """One thing to do, where one does it, and whether it has been done."""

    words: str
    url: str
    done: bool


@dataclass(frozen=True)
class FirstSteps:
    """The steps of a role; `back` is the page that shows them."""

    key: str
    back: str
    steps: Sequence[Step]

    @property
    def next(self) -> Step:
        return next(step for step in self.steps if not step.done)

    @property
    def done_count(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def guide_url(self) -> str:
        return reverse(f"guide:{self.key}")


def of_volunteer(request: VolunteerRequest, at: datetime) -> FirstSteps | None:
    """Place, time, a seat, having been there. One statement for somebody new, none for others."""
    volunteer = request.volunteer
    if request.acts_for_other or not _shows(request, "volunteer", volunteer.joined_at, at):
        return None
    seats = Assignment.objects.filter(volunteer=volunteer)
    free, seat, came = _facts(
        request.user,
        Exists(WeeklyAvailability.objects.filter(volunteer=volunteer)),
        Exists(seats),
        Exists(CheckIn.objects.filter(assignment__in=seats, voided_at=None)),
    )
    if came:
        # Whoever has been there knows how it goes; to be free at any time leaves no row.
        return None
    return _unless_done(
        "volunteer",
        reverse("volunteer:today"),
        (
            Step(gettext("Say where you are"), reverse("account:profile"), volunteer.area_id is not None),
            Step(gettext("Say when you are free"), reverse("account:availability"), free),
            Step(gettext("Take your first seat"), reverse("volunteer:find"), seat),
            Step(gettext("Be there, and check in"), reverse("volunteer:check_in"), came),
        ),
    )


def of_organizer(request: OrganizerRequest, at: datetime) -> FirstSteps | None:
    """Own words, a first shift, a colleague; for owners and organizers. At most one statement."""
    organization, membership = request.organization, request.membership
    if membership.role not in LEADERS or not _shows(request, "organizer", membership.started_at, at):
        return None
    code = organization.code
    posted, colleague = _facts(
        request.user,
        Exists(Shift.objects.filter(organization=organization)),
        _colleague(request.user, organization),
    )
    return _unless_done(
        "organizer",
        reverse("organization:board", args=[code]),
        (
            Step(
                gettext("Say who you are"),
                reverse("organization:profile", args=[code]),
                bool(organization.summary and organization.contact_phone),
            ),
            Step(
                gettext("Take on a call and post your first shift"),
                reverse("organization:calls", args=[code]),
                posted,
            ),
            Step(gettext("Invite a colleague"), reverse("organization:team", args=[code]), colleague),
        ),
    )


def asked_of_official(request: OfficialRequest, at: datetime) -> dict[str, QuerySet[Organization]]:
    """What the overview counts along with what waits, to know which steps are done; nothing for whoever is not new.

    Each is the authority itself, or nobody: none of them counts more than one row.
    """
    authority = request.authority
    since = min(
        each.started_at for each in organizations_of(request.user) if each.organization_id == authority.pk
    )
    if not _shows(request, "official", since, at):
        return {}
    itself = Organization.objects.filter(pk=authority.pk)
    called = Task.objects.filter(issuer=authority).exclude(status=Task.Status.DRAFT)
    return {
        "factor": itself.filter(Exists(Authenticator.objects.filter(user=request.user))),
        "called": itself.filter(Exists(called)),
        "colleague": itself.filter(_colleague(request.user, authority)),
    }


def of_official(request: OfficialRequest, counted: Mapping[str, int]) -> FirstSteps | None:
    """The second factor, a first call, a colleague. No statement of its own."""
    if not counted:
        return None
    code, own = request.area.code, request.authority.code
    return _unless_done(
        "official",
        reverse("authority:overview", args=[code]),
        (
            Step(gettext("Set up the second factor"), reverse("account:security"), bool(counted["factor"])),
            Step(
                gettext("Ask for hands"),
                reverse("authority:choose_template", args=[code]),
                bool(counted["called"]),
            ),
            Step(
                gettext("Invite a colleague"),
                reverse("organization:team", args=[own]),
                bool(counted["colleague"]),
            ),
        ),
    )


def of_staff(request: SignedInRequest, at: datetime) -> FirstSteps | None:
    """The second factor, an authority to work for, a colleague. At most one statement."""
    if not _shows(request, "staff", request.user.joined_at, at):
        return None
    factor, authority, colleague = _facts(
        request.user,
        Exists(Authenticator.objects.filter(user=request.user)),
        Exists(Organization.objects.authorities()),
        Exists(User.objects.filter(is_staff=True, is_active=True).exclude(pk=request.user.pk)),
    )
    return _unless_done(
        "staff",
        reverse("staff:health"),
        (
            Step(gettext("Set up the second factor"), reverse("account:security"), factor),
            Step(gettext("See that there is an authority"), reverse("staff:organizations"), authority),
            Step(gettext("Have a second person on staff"), reverse("guide:staff"), colleague),
        ),
    )


def put_away(request: HttpRequest) -> set[str]:
    """Return the roles whose steps this person put away on this device."""
    if not request.user.is_authenticated:
        return set()
    # Signed for this person: on a shared telephone it says nothing about the next.
    kept = request.get_signed_cookie(COOKIE, default="", salt=request.user.code, max_age=YEAR)
    return set((kept or "").split()) & set(KEYS)


def _shows(request: SignedInRequest, key: str, since: datetime, at: datetime) -> bool:
    return at - since < NEW and key not in put_away(request)


def _colleague(user: User, organization: Organization) -> Q:
    """Somebody else belongs to the organization, or was invited."""
    others = Membership.objects.live().filter(organization=organization).exclude(user=user)
    return Q(Exists(others)) | Q(Exists(Invitation.objects.filter(organization=organization)))


def _facts(user: User, *facts: Exists | Q) -> tuple[bool, ...]:
    """Which of the conditions hold; one statement."""
    named: dict[str, Any] = {f"fact_{number}": fact for number, fact in enumerate(facts)}
    return User.objects.filter(pk=user.pk).annotate(**named).values_list(*named).get()


def _unless_done(key: str, back: str, steps: Sequence[Step]) -> FirstSteps | None:
    return None if all(step.done for step in steps) else FirstSteps(key, back, steps)
