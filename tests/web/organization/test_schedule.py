"""A week of shifts: who sees it, and what is done to many of them at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import clock
from sheets.models import Sheet
from tasks.actions.series import start_series
from tasks.actions.shifts import RoleWanted
from tasks.models import Assignment, Shift
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, make_task, role_of
from tests.web.organization.test_posting import day

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree_of():
    return small_tree()


@pytest.fixture
def organization(tree_of):
    return make_organization(home_area=tree_of.counties[0])


@pytest.fixture
def task(organization):
    return make_task(area=organization.home_area, adopted_by=organization)


@pytest.fixture
def browser(client, organization):
    return sign_in(client, make_member(organization, "organizer"))


def at_hour(hour, days=1):
    today = timezone.localtime(clock.now()).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days)


@pytest.fixture
def shifts(organization, task):
    """Three of the same day, a week from now."""
    return [
        make_shift(
            task=task,
            organization=organization,
            area=organization.home_area,
            starts_at=at_hour(hour, 7),
            contact_name="Zhao Qing",
            contact_phone="+8613800000044",
        )
        for hour in (8, 12, 16)
    ]


def page(name, organization, *args):
    return reverse(f"organization:{name}", args=[organization.code, *args])


def sent(shifts, **values):
    versions = {f"version-{shift.code}": shift.version for shift in shifts}
    return {"shift": [shift.code for shift in shifts], **versions, **values}


def starts(shifts):
    return [
        timezone.localtime(shift.starts_at).hour
        for shift in Shift.objects.filter(pk__in=[each.pk for each in shifts]).order_by("starts_at")
    ]


def test_a_week_shows_its_shifts_by_day_and_no_others(browser, organization, shifts):
    response = browser.get(page("schedule", organization), {"week": day(7)})

    days = response.context["days"]
    assert len(days) == 7 and days[0].day.weekday() == 0
    entries = [entry.shift for each in days for entry in each.entries]
    assert entries == shifts
    assert browser.get(page("schedule", organization), {"week": day(21)}).context["count"] == 0


@pytest.mark.parametrize("week", ["", "nonsense", "0001-01-01", "9999-12-31", "2020-02-30"])
def test_any_week_has_a_page(browser, organization, week):
    assert browser.get(page("schedule", organization), {"week": week}).status_code == 200


def test_a_week_is_narrowed_to_a_task_and_a_place(browser, organization, shifts):
    other = make_shift(organization=organization, starts_at=at_hour(9, 7), place="North gate")

    by_task = browser.get(page("schedule", organization), {"week": day(7), "task": other.task.code})
    by_place = browser.get(page("schedule", organization), {"week": day(7), "place": "East gate"})

    assert (by_task.context["count"], by_place.context["count"]) == (1, 3)


def test_work_without_a_time_stands_below_the_week(browser, organization, task):
    shift = make_shift(task=task, organization=organization)
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None)

    response = browser.get(page("schedule", organization))

    assert [entry.shift for entry in response.context["anytime"]] == [shift]


def test_the_desk_sees_the_week_and_ticks_nothing(client, organization, shifts):
    sign_in(client, make_member(organization, "desk"))

    response = client.get(page("schedule", organization), {"week": day(7)})

    assert response.status_code == 200
    assert 'type="checkbox"' not in response.content.decode()


@pytest.mark.parametrize("name", ["schedule_change", "schedule_copy", "schedule_cancel"])
def test_nothing_ticked_leads_back_to_the_week(browser, organization, shifts, name):
    response = browser.get(page(name, organization))

    assert response.status_code == 303
    assert response.url.startswith(page("schedule", organization))


@pytest.mark.parametrize("name", ["schedule_change", "schedule_copy", "schedule_cancel"])
def test_shifts_of_others_are_not_reached(browser, organization, name):
    foreign = make_shift()

    response = browser.get(page(name, organization), {"shift": foreign.code})

    assert response.status_code == 303


def test_a_day_is_chosen_as_a_whole(browser, organization, shifts):
    make_shift(task=shifts[0].task, organization=organization, starts_at=at_hour(8, 8))

    response = browser.get(page("schedule_change", organization), {"day": day(7)})

    assert response.context["shifts"] == shifts


def test_shifts_are_moved_together_after_a_look_at_each(browser, organization, shifts):
    seat = make_assignment(shifts[0])
    values = sent(shifts, move="60", reason="The gate opens later.")

    preview = browser.post(page("schedule_change", organization), {**values, "step": "preview"})
    assert preview.context["outcomes"].good_count == 3
    assert seat.volunteer.user.name in preview.content.decode()
    assert starts(shifts) == [8, 12, 16]
    done = browser.post(page("schedule_change", organization), {**values, "step": "save"})

    assert done.status_code == 303
    assert starts(shifts) == [9, 13, 17]


def test_one_that_cannot_be_changed_stops_all_until_the_good_ones_are_meant(browser, organization, shifts):
    make_assignment(shifts[0], seats=2)
    Shift.objects.filter(pk=shifts[1].pk).update(version=9)
    values = sent(shifts, place="West gate")

    page_of_all = browser.post(page("schedule_change", organization), {**values, "step": "save"})
    assert page_of_all.status_code == 200
    assert page_of_all.context["outcomes"].bad_count == 1
    assert not Shift.objects.filter(place="West gate").exists()
    browser.post(page("schedule_change", organization), {**values, "step": "save-good"})

    assert Shift.objects.filter(place="West gate").count() == 2


def test_a_change_of_nothing_is_named_and_what_was_typed_stays(browser, organization, shifts):
    empty = browser.post(page("schedule_change", organization), sent(shifts, step="preview"))
    wrong = browser.post(
        page("schedule_change", organization), sent(shifts, seats="many", place="West gate", step="preview")
    )

    assert empty.context["form"].non_field_errors()
    assert list(wrong.context["form"].errors) == ["seats"]
    assert wrong.context["form"]["place"].value() == "West gate"
    assert wrong.context["shifts"] == shifts


def test_rules_are_changed_together(browser, organization, shifts):
    browser.post(
        page("schedule_change", organization),
        sent(shifts, needs_approval="yes", has_waiting_list="no", warn_days="0", seats="9", step="save"),
    )

    for shift in Shift.objects.filter(pk__in=[each.pk for each in shifts]):
        assert (shift.needs_approval, shift.has_waiting_list, shift.warn_days) == (True, False, 0)
        assert role_of(shift).seats == 9


def test_a_day_is_cancelled_with_a_reason_that_reaches_its_people(browser, organization, shifts):
    seat = make_assignment(shifts[2])

    nameless = browser.post(page("schedule_cancel", organization), sent(shifts, reason="", step="preview"))
    preview = browser.post(
        page("schedule_cancel", organization), sent(shifts, reason="Rain.", step="preview")
    )
    browser.post(page("schedule_cancel", organization), sent(shifts, reason="Rain.", step="save"))

    assert list(nameless.context["form"].errors) == ["reason"]
    assert preview.context["outcomes"].told_count == 1
    assert not Shift.objects.filter(status="open").exists()
    assert Assignment.objects.get(pk=seat.pk).end_reason == "Rain."


def test_a_week_is_copied_to_the_next_ones_and_twice_is_once(browser, organization, shifts):
    make_assignment(shifts[0])
    values = sent(shifts, to_day=day(14), weeks="2")

    preview = browser.post(page("schedule_copy", organization), {**values, "step": "preview"})
    assert preview.context["outcomes"].good_count == 6
    assert Shift.objects.count() == 3
    for _ in range(2):
        browser.post(page("schedule_copy", organization), {**values, "step": "save"})

    copies = Shift.objects.exclude(pk__in=[shift.pk for shift in shifts]).order_by("starts_at")
    assert [(copy.starts_at - shifts[0].starts_at).days for copy in copies] == [7, 7, 7, 14, 14, 14]
    assert {role.seats_taken for copy in copies for role in copy.roles.all()} == {0}


@pytest.mark.parametrize("name", ["schedule_change", "schedule_copy"])
def test_the_area_of_many_is_chosen_from_the_tree_and_kept(browser, organization, shifts, name):
    area = shifts[0].task.area.children.first()
    chosen = sent(shifts, to_day=day(14), weeks="0", area=area.full_name, seats="0", step="preview")

    refused = browser.post(page(name, organization), chosen).context["form"]

    assert refused.fields["area"].widget.choices[0][0] == ""
    assert refused.errors and "area" not in refused.errors
    assert f'value="{area.full_name}" selected' in str(refused["area"])


@pytest.mark.parametrize("apart", [True, False])
def test_no_area_is_asked_where_there_is_none_to_choose(browser, organization, shifts, tree_of, apart):
    inner = tree_of.townships[0] if not apart else tree_of.counties[1]
    other = make_shift(
        task=make_task(area=inner, adopted_by=organization),
        organization=organization,
        area=inner,
        starts_at=at_hour(9, 7),
    )

    form = browser.get(page("schedule_copy", organization), {"shift": [shifts[0].code, other.code]}).context

    assert "area" not in form["form"].fields


def test_a_site_is_copied_to_another_place(browser, organization, shifts):
    browser.post(
        page("schedule_copy", organization),
        sent(shifts, to_day=day(7), weeks="1", place="North gate", contact_name="Wei Lan", step="save"),
    )

    assert Shift.objects.filter(place="North gate", contact_name="Wei Lan").count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"to_day": day(-1)}, "to_day"), ({"weeks": "0"}, "weeks"), ({"to_day": ""}, "to_day")],
)
def test_what_is_wrong_in_a_copy_is_named(browser, organization, shifts, changes, field):
    response = browser.post(
        page("schedule_copy", organization),
        sent(shifts, **{"to_day": day(8), "weeks": "1", "place": "Dock", "step": "save", **changes}),
    )

    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["place"].value() == "Dock"
    assert Shift.objects.count() == 3


def test_copies_outside_the_call_say_so_and_nothing_is_posted(browser, organization, shifts):
    response = browser.post(
        page("schedule_copy", organization), sent(shifts, to_day=day(900), weeks="1", step="save")
    )

    assert response.context["outcomes"].bad_count == 3
    assert Shift.objects.count() == 3


@pytest.fixture
def series(organization, task):
    return start_series(
        task=task,
        organization=organization,
        rule="FREQ=DAILY",
        starts_on=at_hour(9).date(),
        ends_on=at_hour(9, 10).date(),
        starts=at_hour(9).time(),
        minutes=180,
        roles=[RoleWanted(seats_min=2, seats=4)],
        by=make_member(organization, "owner"),
        at=clock.now(),
        contact_name="Zhao Qing",
        contact_phone="+8613800000044",
    )


def test_a_series_shows_its_rule_and_its_shifts(browser, organization, series):
    response = browser.get(page("series", organization, series.code))
    listed = browser.get(page("all_series", organization))

    assert len(response.context["rows"]) == 10
    assert [row[0] for row in listed.context["rows"]] == [series]
    assert "09:00" in response.content.decode()


def test_a_series_ends_from_a_day_on_after_a_look(browser, organization, series):
    values = {"from_day": at_hour(9, 6).date().isoformat(), "reason": "The stage is over."}
    address = page("end_series", organization, series.code)

    preview = browser.post(address, {**values, "step": "preview"})
    assert preview.context["outcomes"].good_count == 5
    assert series.shifts.filter(status="cancelled").count() == 0
    done = browser.post(address, {**values, "step": "save"})

    assert done.status_code == 303
    assert series.shifts.filter(status="cancelled").count() == 5


def test_a_series_of_others_is_not_found(client, series):
    other = make_organization()
    sign_in(client, make_member(other, "owner"))

    for name in ("series", "end_series"):
        assert client.get(page(name, other, series.code)).status_code == 404


def test_badges_bear_names_and_no_codes(browser, organization, shifts):
    seat = make_assignment(shifts[0], seats=3)

    response = browser.get(page("badges", organization, shifts[0].code))

    words = response.content.decode()
    assert len(response.context["badges"]) == 3
    assert seat.volunteer.user.name in words
    assert seat.volunteer.number not in words
    assert seat.spoken_code not in response.context["badges"][0].name
    assert seat.code not in words


def test_the_poster_of_a_task_leads_to_its_page(browser, organization, shifts):
    response = browser.get(page("task_poster", organization, shifts[0].task.code))

    assert f"/needs/{shifts[0].task.code}/" in response.content.decode()
    assert [shift.pk for shift in response.context["shifts"]] == [shift.pk for shift in shifts]


def test_the_call_list_is_printed_only_while_it_is_open(browser, organization, shifts):
    seat = make_assignment(shifts[0])
    address = page("call_list", organization, shifts[0].code)

    closed = browser.get(address, {"print": "1"})
    browser.post(address, {"purpose": "missing"})
    opened = browser.get(address, {"print": "1"})

    assert seat.volunteer.user.phone not in closed.content.decode()
    assert seat.volunteer.user.phone in opened.content.decode()


def test_a_week_leaves_as_a_file_with_its_own_shifts_only(browser, organization, shifts):
    make_shift(task=shifts[0].task, organization=organization, starts_at=at_hour(9, 30), place="Far gate")
    address = page("sheet_take_out", organization)
    asked = browser.get(address, {"kind": "shifts", "first": day(7), "last": day(7)})
    assert asked.context["form"]["first"].value() == day(7)

    response = browser.post(address, {"kind": "shifts", "format": "csv", "first": day(6), "last": day(8)})

    sheet = Sheet.objects.get()
    assert (response.status_code, sheet.status, sheet.row_count) == (303, "done", 3)
    assert "Far gate" not in bytes(sheet.content).decode()


def test_days_of_a_file_in_the_wrong_order_are_named(browser, organization):
    response = browser.post(
        page("sheet_take_out", organization),
        {"kind": "shifts", "format": "csv", "first": day(8), "last": day(6)},
    )

    assert list(response.context["form"].errors) == ["last"]
