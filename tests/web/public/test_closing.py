"""The closing page of a crisis: totals that were released, names that people put up, what is destroyed and when."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from core import clock
from core.models import AuditRecord, Deployment
from insights.models import Release
from privacy.destroyed import destroyed_between, note_destroyed, seal_of
from privacy.noted import forget_notes
from privacy.retention import THANKS, purge
from tasks.models import Crisis, Thanks
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_crisis, make_record, make_shift, make_task
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def crisis() -> Crisis:
    at = clock.now()
    province = small_tree().counties[0].parent.parent
    return make_crisis(province, started_at=at - timedelta(days=20), ended_at=at - timedelta(days=2))


def serve(crisis: Crisis):
    """Somebody with confirmed hours in it."""
    task = make_task(area=crisis.area, crisis=crisis)
    seat = make_assignment(make_shift(task=task))
    make_record(seat)
    return seat.volunteer


def test_everybody_reads_released_totals_what_goes_when_and_what_is_gone(
    client: Client, crisis: Crisis
) -> None:
    began, last = localdate(crisis.started_at), localdate(crisis.ended_at)
    hidden = {"volunteers": [None, "small"], "hours": [1230, ""], "calls": [40, ""]}
    Release.objects.create(
        period="crisis",
        starts_on=began,
        ends_on=last,
        released_at=crisis.ended_at,
        figures={crisis.area.code: hidden},
    )
    note_destroyed({"requests": 5, "messages": 900, "offers": 0}, at=clock.now() - timedelta(hours=1))
    note_destroyed({"messages": 100}, at=clock.now())

    with statements() as found:
        page = check_page(client.get(f"/en/closing/{crisis.code}/"))

    assert len(found) <= 8, found
    assert "The outbreak is over. Thank you" in page.text
    assert "1,000" in page.text and "28 days left" in page.text
    # The volunteers among the totals, and the five requests.
    assert page.text.count("hidden, too few people") == 2
    assert "2 entries in the record of what was destroyed" in page.text
    assert "Put my name up" not in page.text and "csrfmiddlewaretoken" not in page.html
    assert f"/en/closing/{crisis.code}/" in check_page(client.get("/en/stages/")).links
    assert f"/en/closing/{crisis.code}/" in check_page(client.get("/en/")).links
    running = make_crisis(crisis.area)
    assert client.get(f"/en/closing/{running.code}/").status_code == 404


def test_whoever_served_puts_a_name_up_changes_it_and_takes_it_down(client: Client, crisis: Crisis) -> None:
    volunteer, address = serve(crisis), f"/en/closing/{crisis.code}/"
    client.force_login(volunteer.user)
    with statements() as found:
        assert "Put my name up" in check_page(client.get(address)).text
    assert len(found) <= 12, found

    assert client.post(address, {"name": " "}).status_code == 422
    for name in ("Guifang", "Aunt  Gui"):
        assert client.post(address, {"name": name}).status_code == 303
    assert list(Thanks.objects.values_list("name", flat=True)) == ["Aunt Gui"]
    assert "You stand here as Aunt Gui" in check_page(client.get(address)).text
    assert "<span>Aunt Gui</span>" in check_page(Client().get(address)).html
    client.post(address, {"do": "down"})
    assert not Thanks.objects.exists()


def test_nobody_else_stands_there(client: Client, crisis: Crisis) -> None:
    address = f"/en/closing/{crisis.code}/"
    assert client.post(address, {"name": "A stranger"}).status_code in (200, 403, 422)
    client.force_login(make_volunteer().user)
    refused = client.post(address, {"name": "Never came"})

    assert refused.status_code == 422 and "confirmed hours" in refused.content.decode()
    assert not Thanks.objects.exists()


def test_a_name_goes_with_its_person_and_two_years_after_the_end(crisis: Crisis) -> None:
    at = clock.now()
    for name in ("One", "Other"):
        Thanks.objects.create(crisis=crisis, volunteer=serve(crisis), name=name, made_at=at)
    forget_notes(Thanks.objects.get(name="One").volunteer)
    assert Thanks.objects.get().name == "Other"

    gone = purge(at=crisis.ended_at + THANKS + timedelta(minutes=1))

    assert gone["thanks"] == 1 and not Thanks.objects.exists()


def test_the_seal_tells_an_entry_that_was_changed_left_out_or_added() -> None:
    at = clock.now()
    for count in (3, 4):
        note_destroyed({"offers": count}, at=at)
    note_destroyed({"offers": 0}, at=at)
    whole = destroyed_between(at - timedelta(days=1), at)
    entries = list(AuditRecord.objects.filter(verb="data.destroyed").order_by("pk").values_list("at", "data"))

    assert (whole.entries, whole.rows["offers"]) == (2, 7)
    assert whole.seal == seal_of(entries) != ""
    others = (entries[:1], entries[::-1], [entries[0], (at, {"offers": 5})], [*entries, entries[1]])
    assert whole.seal not in {seal_of(other) for other in others}
    assert not Deployment.objects.exists()
