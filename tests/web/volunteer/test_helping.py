"""Whom a volunteer helps: read on the page of the seat alone, as long as the request is part of the shift."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from core.models import AccessRecord
from privacy.erasure import forget
from residents.actions.asking import withdraw_request
from residents.actions.placing import mark_served, place, take_out
from residents.models import HelpRequest, RequestLook
from tasks.models import Adoption
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift
from tests.residents.triage_rules import Town, make_town
from tests.web.reading import check_page, page_of, statements

pytestmark = pytest.mark.django_db
SECRETS = ("Zhou Guilan", "3900001111", "Block 3, 501", "Insulin from the clinic")


@pytest.fixture
def town() -> Town:
    return make_town()


def placed(town: Town, asked_by: User | None = None) -> HelpRequest:
    name, phone, address, words = SECRETS
    asked = town.ask(name=name, phone=f"+861{phone}", address=address, words=words, asked_by=asked_by)
    place(requests=[asked], organization=town.group, shift=town.shift, by=town.by, at=clock.now())
    asked.refresh_from_db()
    return asked


def test_the_holder_of_a_seat_reads_whom_to_ask_for_and_each_look_is_written_down(town: Town) -> None:
    resident, seat = make_user(), make_assignment(town.shift)
    asked = placed(town, resident)
    client = sign_in(Client(), seat.volunteer.user)

    page = check_page(client.get(f"/en/me/seats/{seat.code}/"))

    assert all(secret in page.text for secret in SECRETS) and asked.code not in page.html
    assert RequestLook.objects.get(request=asked).by == seat.volunteer.user
    assert AccessRecord.objects.filter(person_id=resident.pk, purpose="help").count() == 1


def test_nobody_else_who_sees_the_work_reads_it(town: Town) -> None:
    placed(town)
    task, code = town.shift.task, town.shift.code
    Adoption.objects.create(
        task=task, organization=town.other, role="partner", adopted_at=clock.now(), adopted_by=town.by
    )
    later = make_assignment(make_shift(task=task, organization=town.group))
    partners = make_assignment(make_shift(task=task, organization=town.other))
    former = make_assignment(town.shift, status="released")
    area, partner = town.authority.home_area.code, town.other.code
    pages = [
        (make_member(town.other, "owner"), f"/en/org/{partner}/calls/{task.code}/"),
        (make_member(town.authority), f"/en/area/{area}/calls/{task.code}/"),
        # Their own organizers as well: they read it with the request, where each look is written down.
        (town.by, f"/en/org/{town.group.code}/calls/{task.code}/"),
        (town.by, f"/en/org/{town.group.code}/shifts/{code}/edit/"),
        (town.by, f"/en/org/{town.group.code}/?shift={code}"),
        *((seat.volunteer.user, f"/en/me/seats/{seat.code}/") for seat in (later, partners, former)),
    ]

    for user, address in pages:
        page = page_of(sign_in(Client(), user).get(address, follow=True))
        assert task.display_title in page.text, address
        assert not any(secret in page.html for secret in SECRETS), address
    assert not RequestLook.objects.exists()


@pytest.mark.parametrize(
    "end",
    [
        lambda asked, town: withdraw_request(request=asked, at=clock.now()),
        lambda asked, town: take_out(request=asked, by=town.by, at=clock.now(), words="The wrong shift."),
        lambda asked, town: mark_served(request=asked, by=town.by, at=clock.now()),
        lambda asked, town: forget(user=asked.asked_by, at=clock.now()),
    ],
    ids=["taken back", "taken out", "served", "erased"],
)
def test_what_is_over_is_shown_no_more(town: Town, end: Callable[[HelpRequest, Town], object]) -> None:
    seat = make_assignment(town.shift)
    asked = placed(town, make_user())

    end(asked, town)

    page = check_page(sign_in(Client(), seat.volunteer.user).get(f"/en/me/seats/{seat.code}/"))
    assert not any(secret in page.html for secret in SECRETS)


def test_one_and_three_take_the_same_number_of_statements(client: Client, town: Town) -> None:
    seat, counts = make_assignment(town.shift), []
    sign_in(client, seat.volunteer.user)
    for more in (1, 2):
        for _ in range(more):
            placed(town, make_user())
        RequestLook.objects.all().delete()
        AccessRecord.objects.all().delete()
        with statements() as read:
            assert client.get(f"/en/me/seats/{seat.code}/").status_code == 200
        counts.append(len(read))

    assert counts[0] == counts[1] <= 12, counts
