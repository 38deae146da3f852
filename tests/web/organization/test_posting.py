"""Posting shifts and calls: what is typed stays, what is wrong is named, twice is once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import clock
from tasks.models import Series, Shift, Task, TaskTemplate
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import (
    make_adoption,
    make_shift,
    make_task,
    make_task_type,
    tomorrow_at,
)
from tests.web.organization.posting_forms import address, day, role_fields, typed

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


def test_a_preview_posts_nothing_and_keeps_everything(browser, organization, task):
    page = browser.post(
        address(organization, task),
        typed(step="preview", repeat="days", other_days=f"{day(2)}\n{day(3)}"),
    )

    assert page.status_code == 200
    assert len(page.context["planned"]) == 3
    assert ("place", "Hushu North Road") in page.context["typed"]
    assert not Shift.objects.exists()


def test_going_back_from_the_preview_keeps_everything(browser, organization, task):
    page = browser.post(address(organization, task), typed(step="edit"))

    assert "Hushu North Road" in page.content.decode()
    assert not Shift.objects.exists()


def test_shifts_are_posted_on_the_chosen_days(browser, organization, task):
    response = browser.post(
        address(organization, task), typed(repeat="days", other_days=f"{day(3)}，{day(5)} {day(3)}")
    )

    assert response.status_code == 303
    starts = [timezone.localtime(shift.starts_at) for shift in Shift.objects.order_by("starts_at")]
    assert [moment.date().isoformat() for moment in starts] == [day(1), day(3), day(5)]
    assert {moment.hour for moment in starts} == {18}
    assert not Series.objects.exists()


def test_a_rule_makes_a_series(browser, organization, task):
    start = timezone.localdate(clock.now()) + timedelta(days=1)
    sent = typed(repeat="rule", last_day=day(15), weekdays=[str(start.weekday())])

    preview = browser.post(address(organization, task), {**sent, "step": "preview"})
    assert [each.day for each in preview.context["planned"]] == [
        start,
        start + timedelta(days=7),
        start + timedelta(days=14),
    ]
    assert not Series.objects.exists()
    first = browser.post(address(organization, task), sent)
    again = browser.post(address(organization, task), sent)

    series = Series.objects.get()
    assert first.url == again.url == reverse("organization:series", args=[organization.code, series.code])
    assert series.shifts.count() == 3
    assert series.rule.startswith("FREQ=WEEKLY")


@pytest.mark.parametrize(
    ("every", "rule"), [("date", "FREQ=MONTHLY;BYMONTHDAY="), ("weekday", "FREQ=MONTHLY;BYDAY=")]
)
def test_a_rule_may_be_monthly(browser, organization, task, every, rule):
    browser.post(address(organization, task), typed(repeat="rule", every=every, last_day=day(25)))

    assert Series.objects.get().rule.startswith(rule)


@pytest.mark.parametrize(("kind", "due"), [("deadline", True), ("open", False)])
def test_work_without_a_fixed_time_is_posted_once(browser, organization, task, kind, due):
    sent = typed(kind=kind, due_at=f"{day(5)}T18:00", first_day="", starts="", ends="", repeat="")

    preview = browser.post(address(organization, task), {**sent, "step": "preview"})
    browser.post(address(organization, task), sent)
    browser.post(address(organization, task), sent)

    shift = Shift.objects.get()
    assert preview.status_code == 200
    assert (shift.starts_at, bool(shift.due_at)) == (None, due)


def test_several_roles_are_posted_together(browser, organization, task):
    second = role_fields(1, name="Registration", seats_min="1", seats="2")

    browser.post(address(organization, task), typed(role=["0", "1"], **second))

    roles = Shift.objects.get().roles.order_by("id")
    assert [(role.name, role.seats) for role in roles] == [("Temperature", 6), ("Registration", 2)]


def test_a_role_is_added_and_removed_without_losing_what_was_typed(browser, organization, task):
    page = browser.post(address(organization, task), typed(step="add-role", place="", starts=""))
    roles = page.context["form"].roles
    assert [role.key for role in roles] == ["0", "1"]
    assert roles[0]["name"].value() == "Temperature"
    assert "govuk-error" not in page.content.decode()

    second = role_fields(1, name="Registration")
    page = browser.post(
        address(organization, task), typed(step="remove-role-0", role=["0", "1"], ends="", **second)
    )

    roles = page.context["form"].roles
    assert [(role.key, role["name"].value()) for role in roles] == [("1", "Registration")]
    assert page.context["form"]["place"].value() == "Hushu North Road"
    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    ("second", "field"),
    [
        ({"name": "Temperature"}, "name"),
        ({"name": "Gate", "seats": "0"}, "seats"),
        ({"name": "Gate", "seats": "1", "seats_min": "2"}, "seats"),
    ],
)
def test_what_is_wrong_in_a_role_stands_beside_it(browser, organization, task, second, field):
    page = browser.post(
        address(organization, task), typed(role=["0", "1"], **role_fields(1, **{"seats_min": "0", **second}))
    )

    assert list(page.context["form"].roles[1].errors) == [field]
    assert f'href="#id_roles-1-{field}"' in page.content.decode()
    assert not Shift.objects.exists()


def test_rules_of_sign_up_are_posted_and_move_along_with_the_days(browser, organization, task):
    browser.post(
        address(organization, task),
        typed(
            repeat="days",
            first_day=day(5),
            other_days=day(6),
            opens_to_members_at=f"{day(2)}T08:00",
            opens_at=f"{day(3)}T08:00",
            needs_approval="on",
            party_most="1",
            notice_minutes="1440",
            handover_rule="approve",
        ),
    )

    first, second = Shift.objects.order_by("starts_at")
    assert second.opens_at - first.opens_at == timedelta(days=1)
    assert first.opens_to_members_at < first.opens_at
    assert (first.needs_approval, first.party_most, first.notice_minutes) == (True, 1, 1440)
    assert first.handover_rule == "approve"


def test_windows_out_of_order_are_named_and_their_section_is_open(browser, organization, task):
    page = browser.post(
        address(organization, task),
        typed(first_day=day(5), opens_to_members_at=f"{day(3)}T08:00", opens_at=f"{day(2)}T08:00"),
    )

    assert list(page.context["form"].errors) == ["opens_at"]
    assert '<details class="govuk-details" open>' in page.content.decode()


def test_the_form_begins_from_a_template_or_an_earlier_shift(browser, organization, task):
    TaskTemplate.objects.create(
        code="gate", type=task.type, title_zh="门岗", title_en="Gate", starts_hour=6, seats=9, seats_min=2
    )
    plain = browser.get(address(organization, task)).context["form"]
    earlier = make_shift(task=task, organization=organization, starts_at=tomorrow_at(14), place="West gate")
    like = browser.get(f"{address(organization, task)}?like={earlier.code}").context["form"]

    assert (plain["starts"].value(), plain.roles[0]["seats"].value()) == ("06:00", 9)
    assert (like["starts"].value(), like["place"].value()) == ("14:00", "West gate")


def test_sending_twice_posts_once(browser, organization, task):
    sent = typed(repeat="days", other_days=day(2))

    first = browser.post(address(organization, task), sent)
    second = browser.post(address(organization, task), sent)

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
        ({"first_day": ""}, "first_day"),
        ({"first_day": day(400)}, "first_day"),
        ({"repeat": "rule", "last_day": day(0)}, "last_day"),
        ({"repeat": "rule", "last_day": ""}, "last_day"),
        ({"repeat": "rule", "last_day": day(900)}, "last_day"),
        ({"repeat": "rule", "last_day": day(29), "weekdays": []}, "weekdays"),
        ({"repeat": "days"}, "other_days"),
        ({"repeat": "days", "other_days": "on Tuesday"}, "other_days"),
        ({"repeat": "days", "other_days": day(0)}, "other_days"),
        ({"kind": "deadline", "due_at": ""}, "due_at"),
        ({"kind": "deadline", "due_at": f"{day(-2)}T10:00"}, "due_at"),
        ({"kind": "sometimes"}, "kind"),
        ({"party_most": "40"}, "party_most"),
        ({"area": "安吉县"}, "area"),
        ({"area": "Nowhere"}, "area"),
        ({"area": ""}, "area"),
        ({"place": ""}, "place"),
        ({"contact_phone": "138 0000 004"}, "contact_phone"),
        ({"starts": "25:00"}, "starts"),
    ],
)
@pytest.mark.parametrize("step", ["preview", "post"])
def test_what_is_wrong_is_named_and_what_was_typed_stays(browser, organization, task, changes, field, step):
    page = browser.post(address(organization, task), typed(step=step, **changes))

    form = page.context["form"]
    assert page.status_code == 200
    assert list(form.errors) == [field]
    assert f'href="#id_{field}' in page.content.decode()
    assert form.roles[0]["name"].value() == "Temperature"
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


def test_the_form_begins_with_what_was_posted_last(browser, organization, task):
    make_shift(task=task, organization=organization, starts_at=tomorrow_at(9, days=9), place="North gate")
    last = make_shift(
        task=task, organization=organization, starts_at=tomorrow_at(14, days=2), place="South gate"
    )

    page = browser.get(address(organization, task))

    assert page.context["beginnings"].chosen == last.code
    form = page.context["form"]
    assert (form["place"].value(), form["starts"].value()) == ("South gate", "14:00")
    assert form["first_day"].value() <= timezone.localdate(clock.now()) + timedelta(days=1)


def test_the_form_begins_on_a_day_that_has_no_such_shift_yet(browser, organization, task):
    for days in (1, 2):
        starts = tomorrow_at(9, days=days - 1)
        make_shift(task=task, organization=organization, starts_at=starts, place="North gate")

    form = browser.get(address(organization, task)).context["form"]

    assert form["first_day"].value() not in {day(1), day(2)}


def test_what_is_posted_already_cannot_be_posted_from_the_preview(browser, organization, task):
    sent = typed(first_day=day(2))
    browser.post(address(organization, task), sent)

    page = browser.post(address(organization, task), {**sent, "step": "preview"})

    assert page.context["count"] == 0
    assert 'value="post"' not in page.content.decode() and 'value="edit"' in page.content.decode()


def test_the_area_is_chosen_from_those_below_that_of_the_call(browser, organization, task, tree):
    page = browser.get(address(organization, task))

    choices = page.context["form"].fields["area"].widget.choices
    below = [each for each in tree.townships if each.parent_id == task.area_id]
    assert choices[0] == (task.area.full_name, task.area.full_name)
    assert len(choices) == 1 + len(below) > 1
