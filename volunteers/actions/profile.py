"""What a volunteer says of themselves, and what somebody has seen of it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypedDict

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.actions import join
from accounts.models import LoginCode, User
from areas.models import Area
from core import audit
from core.errors import DomainError
from volunteers.models import Capability, Cause, Volunteer, VolunteerCapability
from volunteers.permissions import needs_guardian

OLDEST_YEARS = 120
DRAWS = 20
PLAIN_FIELDS = (
    "longitude",
    "latitude",
    "reach_km",
    "max_hours_week",
    "offers_a_day",
    "takes_assignments",
    "reminders",
    "sex",
    "is_student",
)


class BadBirthDate(DomainError):
    code = "bad-birth-date"
    text = _("Nobody was born on this day. Check the year")


class NoFreeNumber(DomainError):
    code = "no-free-number"
    text = _("No volunteer number is free. Please tell the people who run this site")


class GuardianMissing(DomainError):
    code = "guardian-missing"
    text = _("Under 14 somebody who cares for you must agree: write their name and phone, and tick the box")


class ProfileChanges(TypedDict, total=False):
    """What may change; what is left out stays."""

    area: Area | None
    longitude: float | None
    latitude: float | None
    reach_km: int
    max_hours_week: int
    offers_a_day: int
    takes_assignments: bool
    reminders: list[int]
    sex: str
    is_student: bool | None
    causes: Iterable[Cause]
    capabilities: Iterable[Capability]


@transaction.atomic
def create_profile(*, user: User, at: datetime, by: User) -> Volunteer:
    """The profile of a person, made now if there is none."""
    if existing := Volunteer.objects.filter(user=user).first():
        return existing
    volunteer = _with_free_number(user, at)
    audit.record(verb="volunteer.joined", by=by, at=at, subject=volunteer)
    return volunteer


def _with_free_number(user: User, at: datetime) -> Volunteer:
    """Numbers are drawn at random: of a million volunteers every eightieth draw meets one that is taken."""
    for _draw in range(DRAWS):
        try:
            with transaction.atomic():
                return Volunteer.objects.create(user=user, joined_at=at)
        except IntegrityError:
            if made_meanwhile := Volunteer.objects.filter(user=user).first():
                return made_meanwhile
    raise NoFreeNumber


@transaction.atomic
def update_profile(*, volunteer: Volunteer, changes: ProfileChanges, by: User, at: datetime) -> Volunteer:
    """Change what is named; the county follows the area, a point stands only beside an area."""
    volunteer = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    if "area" in changes and changes["area"] != volunteer.area and "longitude" not in changes:
        # Who moves is no longer near the old point.
        changes = {**changes, "longitude": None, "latitude": None}
    values: dict[str, Any] = {name: changes[name] for name in PLAIN_FIELDS if name in changes}  # type: ignore[literal-required]
    if "area" in changes:
        area = changes["area"]
        values |= {"area": area, "county_id": area.county_id if area else None}
    for name, value in values.items():
        setattr(volunteer, name, value)
    volunteer.save(update_fields=[name.removesuffix("_id") for name in values])
    if "causes" in changes:
        volunteer.causes.set(changes["causes"])
    if "capabilities" in changes:
        _set_capabilities(volunteer, changes["capabilities"])
    audit.record(
        verb="volunteer.profile_changed",
        by=by,
        at=at,
        subject=volunteer,
        data={"fields": sorted(changes)},
    )
    return volunteer


def _set_capabilities(volunteer: Volunteer, wanted: Iterable[Capability]) -> None:
    """Skills and languages as wanted; papers are claimed with their evidence, one by one."""
    papers = Capability.Kind.QUALIFICATION
    wanted = [capability for capability in wanted if capability.kind != papers]
    held = VolunteerCapability.objects.filter(volunteer=volunteer).exclude(capability__kind=papers)
    held.exclude(capability__in=wanted).delete()
    VolunteerCapability.objects.bulk_create(
        (VolunteerCapability(volunteer=volunteer, capability=capability) for capability in wanted),
        ignore_conflicts=True,
    )


@transaction.atomic
def set_birth(
    *,
    volunteer: Volunteer,
    birth_on: date | None,
    by: User,
    at: datetime,
    guardian_name: str = "",
    guardian_phone: str = "",
    guardian_agrees: bool = False,
) -> Volunteer:
    """Keep the birth date; of a guardian only what a child needs, and with their consent."""
    today = localdate(at)
    if birth_on is not None and not today.year - OLDEST_YEARS <= birth_on.year <= today.year:
        raise BadBirthDate(field="birth_on")
    if birth_on is not None and birth_on > today:
        raise BadBirthDate(field="birth_on")
    volunteer = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    volunteer.birth_on = birth_on
    volunteer.guardian_name = volunteer.guardian_phone = ""
    agreed_at, volunteer.guardian_consent_at = volunteer.guardian_consent_at, None
    if needs_guardian(volunteer, today):
        if not (guardian_name and guardian_phone and guardian_agrees):
            raise GuardianMissing(field="guardian_name")
        volunteer.guardian_name, volunteer.guardian_phone = guardian_name, guardian_phone
        volunteer.guardian_consent_at = agreed_at or at
    volunteer.save(update_fields=["birth_on", "guardian_name", "guardian_phone", "guardian_consent_at"])
    audit.record(
        verb="volunteer.birth_set",
        by=by,
        at=at,
        subject=volunteer,
        data={"guardian": volunteer.guardian_consent_at is not None},
    )
    return volunteer


@transaction.atomic
def join_as_volunteer(
    *, login_code: LoginCode, name: str, language: str, at: datetime, messages: bool = False
) -> Volunteer:
    """A new person behind a confirmed contact, who volunteers."""
    user = join(login_code=login_code, name=name, language=language, at=at, messages=messages)
    return create_profile(user=user, at=at, by=user)
