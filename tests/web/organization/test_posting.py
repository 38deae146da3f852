"""Posting shifts and calls: what is typed stays, what is wrong is named, twice is once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import clock
from tasks.models import Shift, Task
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import (
    make_adoption,
    make_assignment,
    make_shift,
    make_task,
    make_task_type,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import make_volunteer

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


def day(offset):
    return (timezone.localdate(clock.now()) + timedelta(days=offset)).isoformat()


def typed(**changes):
    values = {
        "first_day": day(1),
        "last_day": "",
        "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
        "starts": "18:00",
        "ends": "22:00",
        "seats_min": "4",
        "seats": "6",
        "role_name": "Temperature",
        "min_age": "0",
        "area": "桐庐县",
        "place": "Hushu North Road",
        "contact_name": "Zhao Qing",
        "contact_phone": "138 0000 0044",
        "release_notice_minutes": "120",
        "step": "post",
    }
    return {**values, **changes}


def address(organization, task):
    return reverse("organization:post_shifts", args=[organization.code, task.code])


def test_a_preview_posts_nothing_and_keeps_everything(browser, organization, task):
    page = browser.post(address(organization, task), typed(step="preview", last_day=day(3)))

    assert page.status_code == 200
    assert len(page.context["planned"]) == 3
    assert ("place", "Hushu North Road") in page.context["typed"]
    assert not Shift.objects.exists()


def test_going_back_from_the_preview_keeps_everything(browser, organization, task):
    page = browser.post(address(organization, task), typed(step="edit"))

    assert "Hushu North Road" in page.content.decode()
    assert not Shift.objects.exists()


def test_shifts_are_posted_on_the_chosen_weekdays(browser, organization, task):
    start = timezone.localdate(clock.now()) + timedelta(days=1)

    response = browser.post(
        address(organization, task), typed(last_day=day(14), weekdays=[str(start.weekday())])
    )

    assert response.status_code == 303
    starts = [timezone.localtime(shift.starts_at) for shift in Shift.objects.order_by("starts_at")]
    assert [moment.date() for moment in starts] == [start, start + timedelta(days=7)]
    assert {moment.hour for moment in starts} == {18}


def test_sending_twice_posts_once(browser, organization, task):
    first = browser.post(address(organization, task), typed(last_day=day(2)))
    second = browser.post(address(organization, task), typed(last_day=day(2)))

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.url == second.url
    assert Shift.objects.count() == 2


def test_a_shift_may_end_on_the_next_day(browser, organization, task):
    browser.post(address(organization, task), typed(starts="22:00", ends="06:00", overnight="on"))

    shift = Shift.objects.get()
    assert shift.ends_at - shift.starts_at == timedelta(hours=8)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends": "17:00"}, "ends"),
        ({"first_day": day(-1)}, "first_day"),
        ({"last_day": day(0)}, "last_day"),
        ({"first_day": day(400)}, "first_day"),
        ({"last_day": day(29), "weekdays": []}, "weekdays"),
        ({"seats": "3"}, "seats"),
        ({"seats": "0", "seats_min": "0"}, "seats"),
        ({"seats": "many"}, "seats"),
        ({"area": "安吉县"}, "area"),
        ({"area": "Nowhere"}, "area"),
        ({"area": ""}, "area"),
        ({"place": ""}, "place"),
        ({"contact_phone": "138 0000 004"}, "contact_phone"),
        ({"starts": "25:00"}, "starts"),
        ({"min_age": "-1"}, "min_age"),
    ],
)
@pytest.mark.parametrize("step", ["preview", "post"])
def test_what_is_wrong_is_named_and_what_was_typed_stays(browser, organization, task, changes, field, step):
    page = browser.post(address(organization, task), typed(step=step, **changes))

    form = page.context["form"]
    assert page.status_code == 200
    assert list(form.errors) == [field]
    assert f'href="#id_{field}' in page.content.decode()
    assert form["role_name"].value() == "Temperature"
    assert form[field].value() == changes.get(field, form[field].value())
    assert not Shift.objects.exists()


def test_a_call_of_others_has_no_form_here(browser, organization, tree):
    other = make_task(area=tree.counties[0])

    assert browser.get(address(organization, other)).status_code == 404


def call(**changes):
    values = {
        "title": "Night watch",
        "content": "Walk the canal.",
        "people_needed": "6",
        "starts_on": day(1),
        "ends_on": day(5),
        "area": "桐庐县",
        "place": "Canal",
        "risks": "It is dark.",
        "step": "post",
    }
    return {**values, **changes}


def test_an_organization_asks_for_help_itself_and_leads_it(browser, organization):
    kind = make_task_type()
    new_call = reverse("organization:new_call", args=[organization.code])

    preview = browser.post(new_call, call(type=kind.pk, step="preview"))
    assert preview.status_code == 200
    assert not Task.objects.exists()
    response = browser.post(new_call, call(type=kind.pk))
    again = browser.post(new_call, call(type=kind.pk))

    task = Task.objects.get()
    assert response.url == again.url == address(organization, task)
    assert task.adoptions.get().organization == organization


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": day(-1)}, "starts_on"),
        ({"ends_on": day(0)}, "ends_on"),
        ({"area": "安吉县"}, "area"),
        ({"people_needed": "0"}, "people_needed"),
        ({"risks": ""}, "risks"),
        ({"second_content": "Text"}, "second_title"),
    ],
)
def test_a_wrong_call_is_named_and_kept(browser, organization, changes, field):
    kind = make_task_type()
    new_call = reverse("organization:new_call", args=[organization.code])

    page = browser.post(new_call, call(type=kind.pk, **changes))

    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["title"].value() == "Night watch"
    assert not Task.objects.exists()


def edited(shift, **changes):
    role = role_of(shift)
    start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    values = {
        "day": start.date().isoformat(),
        "starts": f"{start:%H:%M}",
        "ends": f"{end:%H:%M}",
        "seats_min": role.seats_min,
        "seats": role.seats,
        "min_age": 0,
        "area": "桐庐县",
        "place": shift.place,
        "contact_name": "Zhao Qing",
        "contact_phone": "13800000044",
        "release_notice_minutes": 120,
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

    response = browser.post(edit_address(organization, shift), edited(shift, place="West gate", seats=8))

    shift.refresh_from_db()
    assert response.status_code == 303
    assert (shift.place, role_of(shift).seats) == ("West gate", 8)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"seats": 1, "seats_min": 1}, "seats"), ({"day": day(-2)}, "day"), ({"ends": "00:30"}, "ends")],
)
def test_a_change_that_cannot_be_is_named(browser, organization, shift, changes, field):
    make_assignment(shift)
    make_assignment(shift)

    page = browser.post(edit_address(organization, shift), edited(shift, **changes))

    assert list(page.context["form"].errors) == [field]
    shift.refresh_from_db()
    assert shift.version == 1


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


def test_the_lead_says_with_the_shifts_how_empty_seats_find_people(browser, organization, task):
    address = reverse("organization:post_shifts", args=[organization.code, task.code])
    assert 'name="filling"' in browser.get(address).content.decode()

    preview = browser.post(address, typed(filling="offer", step="preview"))
    assert str(Task.Filling.OFFER.label) in preview.content.decode()
    task.refresh_from_db()
    assert task.filling == "propose"

    browser.post(address, typed(filling="offer"))
    task.refresh_from_db()
    assert task.filling == "offer"

    browser.post(address, typed(filling="nonsense", starts="08:00", ends="09:00"))
    browser.post(address, typed(starts="10:00", ends="11:00"))
    task.refresh_from_db()
    assert task.filling == "offer" and Shift.objects.count() == 2


def test_a_partner_is_not_asked_how_empty_seats_find_people(client, tree, task):
    partner = make_organization(home_area=tree.counties[0])
    make_adoption(task, partner, "partner")
    sign_in(client, make_member(partner, "owner"))
    address = reverse("organization:post_shifts", args=[partner.code, task.code])

    assert 'name="filling"' not in client.get(address).content.decode()
    client.post(address, typed(filling="offer"))

    task.refresh_from_db()
    assert task.filling == "propose" and Shift.objects.count() == 1
