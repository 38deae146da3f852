"""Changing and cancelling shifts: who is told is named first, and a change reaches as far as it is said."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tasks.models import Series, Shift
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, make_task, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.web.organization.posting_forms import RULES, address, day, role_fields, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(db):
    return small_tree()


@pytest.fixture
def organization(tree):
    return make_organization(home_area=tree.counties[0])


@pytest.fixture
def task(organization):
    return make_task(area=organization.home_area, adopted_by=organization)


@pytest.fixture
def browser(client, organization):
    return sign_in(client, make_member(organization, "organizer"))


def edited(shift, **changes):
    role = role_of(shift)
    start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    values = {
        "day": start.date().isoformat(),
        "starts": f"{start:%H:%M}",
        "ends": f"{end:%H:%M}",
        "role": ["0"],
        **role_fields(name=role.name, seats_min=role.seats_min, seats=role.seats),
        **RULES,
        "area": "桐庐县",
        "place": shift.place,
        "contact_name": "Zhao Qing",
        "contact_phone": "13800000044",
        "version": shift.version,
        "step": "save",
    }
    return {**values, **changes}


@pytest.fixture
def shift(organization, task):
    return make_shift(
        task=task,
        organization=organization,
        area=organization.home_area,
        contact_name="Zhao Qing",
        contact_phone="+8613800000044",
    )


def edit_address(organization, shift):
    return reverse("organization:edit_shift", args=[organization.code, shift.code])


def test_a_change_names_who_is_told_before_it_happens(browser, organization, shift):
    seat = make_assignment(shift)

    page = browser.post(edit_address(organization, shift), edited(shift, place="West gate", step="preview"))

    shift.refresh_from_db()
    assert shift.place == "East gate"
    assert seat.volunteer.user.name in page.content.decode()


def test_a_change_is_saved(browser, organization, shift):
    make_assignment(shift)

    response = browser.post(
        edit_address(organization, shift), edited(shift, place="West gate", **{"roles-0-seats": 8})
    )

    shift.refresh_from_db()
    assert response.status_code == 303
    assert (shift.place, role_of(shift).seats) == ("West gate", 8)


@pytest.mark.parametrize(("changes", "field"), [({"day": day(-2)}, "day"), ({"ends": "00:30"}, "ends")])
def test_a_change_that_cannot_be_is_named(browser, organization, shift, changes, field):
    page = browser.post(edit_address(organization, shift), edited(shift, **changes))

    assert list(page.context["form"].errors) == [field]
    shift.refresh_from_db()
    assert shift.version == 1


def test_a_role_is_added_to_a_shift_that_exists(browser, organization, shift):
    second = role_fields(1, name="Registration", seats_min=1, seats=2)

    browser.post(edit_address(organization, shift), edited(shift, role=["0", "1"], **second))

    assert [role.name for role in shift.roles.order_by("id")] == ["", "Registration"]


def test_rules_of_a_shift_are_changed(browser, organization, shift):
    browser.post(edit_address(organization, shift), edited(shift, party_most="2", warn_days="0"))

    shift.refresh_from_db()
    assert (shift.party_most, shift.warn_days) == (2, 0)


@pytest.fixture
def series(browser, organization, task):
    browser.post(address(organization, task), typed(repeat="rule", last_day=day(4), **{"roles-0-name": ""}))
    return Series.objects.get()


@pytest.mark.parametrize(("scope", "changed"), [("one", 1), ("following", 3), ("all", 4)])
def test_a_change_reaches_as_far_as_it_is_said(browser, organization, series, scope, changed):
    second = series.shifts.order_by("occurs_at")[1]

    page = browser.post(
        edit_address(organization, second), edited(second, place="West gate", scope=scope, step="preview")
    )
    if scope != "one":
        assert page.context["outcomes"].good_count == changed
        assert not series.shifts.filter(place="West gate").exists()
    browser.post(edit_address(organization, second), edited(second, place="West gate", scope=scope))

    assert series.shifts.filter(place="West gate").count() == changed
    assert series.shifts.count() == 4


def test_a_change_decided_on_an_old_page_is_refused(browser, organization, shift):
    Shift.objects.filter(pk=shift.pk).update(version=2)

    page = browser.post(edit_address(organization, shift), edited(shift, place="West gate", version=1))

    assert page.status_code == 200
    assert page.context["form"].non_field_errors()


def test_a_new_time_says_how_many_would_be_in_two_places(browser, organization, shift):
    volunteer = make_volunteer()
    make_assignment(shift, volunteer)
    make_assignment(make_shift(starts_at=tomorrow_at(14)), volunteer)

    page = browser.post(
        edit_address(organization, shift), edited(shift, starts="14:00", ends="17:00", step="preview")
    )

    assert page.context["torn"] == 1


def test_a_cancelled_shift_tells_who_had_a_seat_and_twice_is_once(browser, organization, shift):
    seat = make_assignment(shift)
    cancel = reverse("organization:cancel_shift", args=[organization.code, shift.code])

    nameless = browser.post(cancel, {"reason": ""})
    first = browser.post(cancel, {"reason": "Heavy rain."})
    second = browser.post(cancel, {"reason": "Heavy rain."})

    seat.refresh_from_db()
    assert list(nameless.context["form"].errors) == ["reason"]
    assert (first.status_code, second.status_code) == (303, 303)
    assert (seat.status, seat.end_reason) == ("cancelled", "Heavy rain.")
