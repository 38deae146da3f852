"""The page of one shift, of a call, and the poster."""

import pytest
from django.test import Client

from core import clock
from tasks.models import AreaStop
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_role, make_shift, make_task
from tests.factories.volunteers import make_capability, make_volunteer
from tests.web.reading import check_page, page_of, statements

pytestmark = pytest.mark.django_db

PRIVATE = {
    "address": "Canary Lane 7",
    "private_details": "Canary resident, second floor",
    "contact_phone": "+8613900009999",
}
CANARIES = ("Canary", "13900009999")


def make_guarded_shift(**fields):
    area = small_tree().townships[0]
    shift = make_shift(area=area, contact_name="Lin Yue", **PRIVATE, **fields)
    type(shift.task).objects.filter(pk=shift.task_id).update(**PRIVATE)
    return shift


def test_a_stranger_reads_the_facts_and_is_sent_to_join_and_back(client: Client) -> None:
    shift = make_guarded_shift()

    page = check_page(client.get(f"/en/needs/{shift.code}/"))

    assert "4 more people needed to open" in page.text
    assert "6 seats, 0 signed up" in page.text
    assert any(f"/join/?next=%2Fen%2Fneeds%2F{shift.code}%2F" in link for link in page.links)
    assert "csrfmiddlewaretoken" not in page.html


@pytest.mark.parametrize("who", ["stranger", "volunteer", "former"])
@pytest.mark.parametrize("path", ["needs/{shift}/", "needs/{shift}/poster/", "needs/{task}/", "needs/", ""])
def test_nobody_without_a_seat_reads_private_details(client: Client, who: str, path: str) -> None:
    shift = make_guarded_shift()
    volunteer = make_volunteer()
    if who == "former":
        make_assignment(shift, volunteer, status="released")
    if who != "stranger":
        client.force_login(volunteer.user)

    html = client.get(f"/en/{path.format(shift=shift.code, task=shift.task.code)}").content.decode()

    assert not any(canary in html for canary in CANARIES)
    assert shift.site_code not in html


def test_only_those_who_joined_read_whom_to_ask_for(client: Client) -> None:
    shift = make_guarded_shift()

    assert "Lin Yue" not in page_of(client.get(f"/en/needs/{shift.code}/")).text
    client.force_login(make_volunteer().user)
    assert "Lin Yue" in page_of(client.get(f"/en/needs/{shift.code}/")).text


def test_a_volunteer_reads_why_it_fits_and_gets_the_button(client: Client) -> None:
    shift = make_guarded_shift()
    client.force_login(make_volunteer().user)

    response = client.get(f"/en/needs/{shift.code}/")

    page = check_page(response)
    assert f'action="/en/me/needs/{shift.code}/sign-up/"' in page.html
    assert all(reason["good"] for reason in response.context["reasons"])
    assert "hours left this week" in page.text


def test_what_counts_against_it_is_a_dash_and_the_button_leads_elsewhere(client: Client) -> None:
    tree = small_tree()
    shift = make_shift(area=tree.counties[0], requirements=[make_capability("driving")])
    other = make_shift(area=tree.counties[0])
    client.force_login(make_volunteer(area=tree.counties[0]).user)

    response = client.get(f"/en/needs/{shift.code}/")

    page = check_page(response)
    assert "Skill driving" in page.text
    assert f"{shift.code}/sign-up" not in page.html
    assert f"{other.code}/sign-up" in page.html
    assert [row.code for row in response.context["nearest"]] == [other.code]


def test_a_full_shift_says_so_and_leads_to_the_nearest_need(client: Client) -> None:
    tree = small_tree()
    full = make_shift(area=tree.counties[0], seats=1, seats_min=1)
    make_assignment(full)
    near = make_shift(area=tree.counties[0])

    page = check_page(client.get(f"/en/needs/{full.code}/"))

    assert "Every seat is taken" in page.text
    assert f"/en/needs/{near.code}/" in page.links
    assert "Join the waiting list" in page.text


def test_whoever_has_a_seat_is_led_to_it(client: Client) -> None:
    seat = make_assignment()
    client.force_login(seat.volunteer.user)

    page = page_of(client.get(f"/en/needs/{seat.shift.code}/"))

    assert f"/en/me/seats/{seat.code}/" in page.links
    assert "sign-up" not in page.html


def test_each_kind_of_seats_has_its_own_button(client: Client) -> None:
    shift = make_shift(area=small_tree().counties[0])
    make_role(shift, name="Drivers", seats=2, seats_min=1)
    client.force_login(make_volunteer().user)

    html = client.get(f"/en/needs/{shift.code}/").content.decode()

    assert 'name="part" value="1"' in html
    assert 'name="part" value="2"' in html
    assert "Drivers" in html


def test_a_stopped_area_and_a_cancelled_shift_let_nobody_sign_up(client: Client) -> None:
    tree = small_tree()
    stopped = make_shift(area=tree.townships[0])
    AreaStop.objects.create(
        area=tree.cities[0], stopped_at=clock.now(), stopped_by=make_user(), reason="Fire."
    )
    cancelled = make_shift(
        area=tree.counties[3], status="cancelled", cancelled_at=clock.now(), cancel_reason="Heavy rain."
    )

    assert "Everything stands still" in page_of(client.get(f"/en/needs/{stopped.code}/")).text
    page = page_of(client.get(f"/en/needs/{cancelled.code}/"))
    assert "Heavy rain." in page.text
    assert not any("/join/?next" in link for link in page.links)


def test_a_call_without_an_organization_says_that_it_waits(client: Client) -> None:
    call = make_task(area=small_tree().counties[0], title="Phone line", **PRIVATE)

    page = check_page(client.get(f"/en/needs/{call.code}/"))

    assert "No organization has taken this on yet" in page.text
    assert not any(canary in page.html for canary in CANARIES)


def test_a_call_lists_its_shifts(client: Client) -> None:
    shift = make_shift(area=small_tree().counties[0])

    page = check_page(client.get(f"/en/needs/{shift.task.code}/"))

    assert f"/en/needs/{shift.code}/" in page.links
    assert shift.organization.name in page.text


@pytest.mark.parametrize("path", ["needs/NOTHING7/", "needs/NOTHING7/poster/"])
def test_an_unknown_code_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/en/{path}").status_code == 404


def test_a_draft_is_not_found(client: Client) -> None:
    draft = make_task(area=small_tree().counties[0], status="draft")

    assert client.get(f"/en/needs/{draft.code}/").status_code == 404


def test_the_poster_has_a_code_to_scan_and_the_same_in_words(client: Client) -> None:
    shift = make_shift(area=small_tree().counties[0])

    page = check_page(client.get(f"/en/needs/{shift.code}/poster/"))

    assert 'class="qr"' in page.html
    assert f"http://testserver/en/needs/{shift.code}/" in page.text


@pytest.mark.parametrize("extra", [0, 2])
def test_the_number_of_statements_does_not_grow(client: Client, extra: int) -> None:
    tree = small_tree()
    shift = make_shift(area=tree.counties[0], requirements=[make_capability("driving")])
    for _ in range(extra + 1):
        make_shift(area=tree.counties[0])
        make_role(shift, name="More", requirements=[make_capability()])
    client.force_login(make_volunteer(area=tree.counties[0]).user)
    client.get("/en/privacy/")  # the session remembers that no second factor is needed

    with statements() as found:
        client.get(f"/en/needs/{shift.code}/")

    assert len(found) == 11
