"""Profiles, age and guardians, weeks, proxies."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.models import AuditRecord
from organizations.models import Membership
from tests.factories.accounts import make_user
from tests.factories.areas import make_area, small_tree
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.volunteers import give_capability, make_capability, make_cause, make_volunteer
from volunteers.actions import (
    ActsAlready,
    ActsForSelf,
    BadBirthDate,
    BadPeriod,
    CapabilityExpired,
    GuardianMissing,
    UnknownNumber,
    add_exception,
    confirm_capability,
    create_profile,
    end_proxy,
    go_off_duty,
    go_on_duty,
    grant_proxy,
    set_availability,
    set_birth,
    update_profile,
)
from volunteers.models import Volunteer
from volunteers.permissions import can_act_for, can_confirm_capability, may_take_part, needs_guardian
from volunteers.queries import proxied_volunteer

pytestmark = pytest.mark.django_db
AT = datetime(2020, 2, 6, 10, 0, tzinfo=UTC)


def test_a_profile_is_made_once():
    user = make_user()
    first = create_profile(user=user, at=AT, by=user)
    assert create_profile(user=user, at=AT, by=user) == first
    assert AuditRecord.objects.filter(verb="volunteer.joined").count() == 1


def test_the_county_follows_the_area():
    tree = small_tree()
    volunteer = make_volunteer()
    changed = update_profile(
        volunteer=volunteer, changes={"area": tree.townships[0]}, by=volunteer.user, at=AT
    )
    assert (changed.area, changed.county) == (tree.townships[0], tree.counties[0])
    cleared = update_profile(volunteer=volunteer, changes={"area": None}, by=volunteer.user, at=AT)
    assert (cleared.area, cleared.county) == (None, None)


def test_what_is_left_out_stays_and_confirmed_capabilities_are_kept():
    driving, sewing, cause = make_capability(), make_capability(), make_cause()
    volunteer = make_volunteer(capabilities=[driving], reach_km=9)
    give_capability(volunteer, make_capability(), confirmed=False)
    changes = {"capabilities": [driving, sewing], "causes": [cause]}
    changed = update_profile(volunteer=volunteer, changes=changes, by=volunteer.user, at=AT)
    held = {row.capability_id: row.confirmed_at for row in changed.capabilities.all()}
    assert set(held) == {driving.pk, sewing.pk}
    assert held[driving.pk] is not None and held[sewing.pk] is None
    assert (changed.reach_km, list(changed.causes.all())) == (9, [cause])


@pytest.mark.parametrize(
    ("born", "day", "child"),
    [
        (date(2006, 2, 7), date(2020, 2, 6), True),
        (date(2006, 2, 6), date(2020, 2, 6), False),
        (date(2006, 2, 5), date(2020, 2, 6), False),
        (date(2004, 2, 29), date(2018, 2, 28), True),
        (date(2004, 2, 29), date(2018, 3, 1), False),
        (None, date(2020, 2, 6), False),
    ],
)
def test_a_guardian_is_needed_until_the_fourteenth_birthday(born: date | None, day: date, child: bool):
    volunteer = Volunteer(birth_on=born)
    assert needs_guardian(volunteer, day) is child
    assert may_take_part(volunteer, day) is not child


def test_a_child_takes_part_once_a_guardian_has_agreed():
    volunteer = make_volunteer()
    with pytest.raises(GuardianMissing) as refusal:
        set_birth(volunteer=volunteer, birth_on=date(2010, 1, 1), by=volunteer.user, at=AT)
    assert refusal.value.field == "guardian_name"
    agreed = set_birth(
        volunteer=volunteer,
        birth_on=date(2010, 1, 1),
        guardian_name="林父",
        guardian_phone="+8613800000001",
        guardian_agrees=True,
        by=volunteer.user,
        at=AT,
    )
    assert agreed.guardian_consent_at == AT
    assert may_take_part(agreed, date(2020, 2, 6))


def test_of_a_grown_up_nothing_is_kept_about_guardians():
    volunteer = make_volunteer()
    grown = set_birth(
        volunteer=volunteer,
        birth_on=date(1990, 1, 1),
        guardian_name="林父",
        guardian_phone="+8613800000001",
        guardian_agrees=True,
        by=volunteer.user,
        at=AT,
    )
    assert (grown.guardian_name, grown.guardian_phone, grown.guardian_consent_at) == ("", "", None)


@pytest.mark.parametrize("born", [date(2020, 2, 7), date(1899, 12, 31)])
def test_impossible_birth_dates_are_refused(born: date):
    volunteer = make_volunteer()
    with pytest.raises(BadBirthDate):
        set_birth(volunteer=volunteer, birth_on=born, by=volunteer.user, at=AT)


def test_the_database_refuses_a_consent_without_a_guardian():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_volunteer(guardian_consent_at=AT)


def test_a_week_takes_the_place_of_the_old_one():
    volunteer = make_volunteer()
    set_availability(volunteer=volunteer, windows=[(0, 6, 12), (5, 12, 24)], by=volunteer.user, at=AT)
    set_availability(volunteer=volunteer, windows=[(6, 18, 24)], by=volunteer.user, at=AT)
    assert list(volunteer.week.values_list("weekday", "starts_hour", "ends_hour")) == [(6, 18, 24)]


def test_days_that_end_before_they_begin_are_refused():
    volunteer = make_volunteer()
    with pytest.raises(BadPeriod):
        add_exception(
            volunteer=volunteer,
            starts_on=date(2020, 2, 9),
            ends_on=date(2020, 2, 8),
            is_free=False,
            by=volunteer.user,
            at=AT,
        )


def test_going_on_and_off_duty_twice_changes_nothing_more():
    volunteer = make_volunteer()
    for _ in range(2):
        go_on_duty(volunteer=volunteer, by=volunteer.user, at=AT)
    assert Volunteer.objects.get().on_duty_since == AT
    for _ in range(2):
        go_off_duty(volunteer=volunteer, by=volunteer.user, at=AT)
    assert Volunteer.objects.get().on_duty_since is None
    assert AuditRecord.objects.filter(subject_type="volunteers.volunteer").count() == 2


def test_a_proxy_acts_from_the_grant_to_the_end():
    elder, child = make_volunteer(), make_volunteer()
    proxy = grant_proxy(volunteer=elder, number=child.number, consent="她可以替我报名", by=elder.user, at=AT)
    assert can_act_for(child.user, elder) and not can_act_for(elder.user, child)
    assert proxied_volunteer(child.user, elder.number) == elder
    with pytest.raises(ActsAlready):
        grant_proxy(volunteer=elder, number=child.number, consent="again", by=elder.user, at=AT)
    end_proxy(proxy=proxy, by=elder.user, at=AT + timedelta(days=1))
    assert not can_act_for(child.user, elder)
    assert proxied_volunteer(child.user, elder.number) is None


def test_a_proxy_is_somebody_else_whom_we_know():
    elder = make_volunteer()
    with pytest.raises(UnknownNumber):
        grant_proxy(volunteer=elder, number="00000000", consent="x", by=elder.user, at=AT)
    with pytest.raises(ActsForSelf):
        grant_proxy(volunteer=elder, number=elder.number, consent="x", by=elder.user, at=AT)


def test_a_paper_is_confirmed_by_those_nearby_and_never_by_oneself():
    county, other = make_area(), make_area()
    volunteer = make_volunteer(area=county)
    near = make_member(make_organization(home_area=county), Membership.Role.ORGANIZER)
    assert can_confirm_capability(near, volunteer)
    assert can_confirm_capability(make_official(county), volunteer)
    assert not can_confirm_capability(make_member(make_organization(home_area=county), "desk"), volunteer)
    assert not can_confirm_capability(make_member(make_organization(home_area=other)), volunteer)
    assert not can_confirm_capability(make_official(other), volunteer)
    make_member(make_organization(home_area=county), user=volunteer.user)
    assert not can_confirm_capability(volunteer.user, volunteer)


def test_an_expired_paper_is_not_confirmed():
    volunteer, by = make_volunteer(), make_user()
    row = give_capability(volunteer, make_capability(), confirmed=False)
    with pytest.raises(CapabilityExpired):
        confirm_capability(capability=row, evidence="证", expires_on=date(2020, 2, 5), by=by, at=AT)
    seen = confirm_capability(capability=row, evidence="证", expires_on=date(2020, 2, 6), by=by, at=AT)
    assert (seen.confirmed_by, seen.confirmed_at) == (by, AT)
