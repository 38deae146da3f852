"""The pages on which an organization looks at residents' requests."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from residents.models import HelpRequest, RequestLook
from residents.queries.inbox import counts_of, narrowed, recent, requests_of
from tasks.models import Task
from tests.factories.organizations import make_member
from tests.factories.sessions import sign_in
from tests.residents.triage_rules import Town, make_town
from tests.web.reading import check_page

pytestmark = pytest.mark.django_db
MANY = 10_000


@pytest.fixture
def town(client: Client) -> Town:
    town = make_town()
    sign_in(client, town.by)
    return town


def address(town: Town, asked: HelpRequest | None = None, *more: str) -> str:
    return "/".join([f"/en/org/{town.group.code}/residents", *([asked.ref] if asked else []), *more, ""])


def test_late_ones_come_first_and_are_said_to_be_late(client: Client, town: Town) -> None:
    late = town.ask(place="North gate", asked_at=clock.now() - timedelta(hours=27))
    town.ask(place="South gate")

    page = check_page(client.get(address(town)))

    assert "North gate" in page.text and "South gate" not in page.text
    assert "3 hours later than promised" in page.text
    page = check_page(client.get(address(town) + "?state=new&q=south"))
    assert "South gate" in page.text and "answer within" in page.text and "North gate" not in page.text
    page = check_page(client.get(address(town) + f"?state=new&kind={late.type.code}"))
    assert "North gate" in page.text and "South gate" not in page.text


def test_the_contact_is_shown_on_asking_and_whoever_asked_reads_who_looked(
    client: Client, town: Town
) -> None:
    asked = town.ask(name="Zhou Guilan", phone="+8613900001111", address="Block 3, 501")

    closed = client.get(address(town, asked)).content.decode()
    assert not any(private in closed for private in ("Zhou Guilan", "13900001111", "Block 3", asked.code))
    opened = client.post(address(town, asked)).content.decode()

    assert "Zhou Guilan" in opened and "13900001111" in opened and asked.code not in opened
    assert RequestLook.objects.get(request=asked).by == town.by


def test_a_request_goes_from_new_to_served_by_its_pages(client: Client, town: Town) -> None:
    asked, same = town.ask(words="Medicine please"), town.ask(words="Medicine please")
    HelpRequest.objects.filter(pk=same.pk).update(type=asked.type)
    form = {"type": asked.type_id, "area": town.area.full_name, "people": 2, "place": "Canal gate"}

    checked = client.post(address(town, asked, "check"), form, follow=True)
    assert "Checked. The resident sees it." in check_page(checked).text
    side = check_page(client.get(address(town, asked, "same", same.ref)))
    assert "The first one" in side.text and "nearly the same words" in side.text
    merged = client.post(
        address(town, asked, "same", same.ref), {"keep": asked.ref, "take": ["people"]}, follow=True
    )
    assert "The same, laid to this one" in check_page(merged).text
    chosen = {"request": [asked.ref], "step": "add", "shift": town.shift.code}
    placed = client.post(f"{address(town)}place/", chosen, follow=True)
    assert "1 request is part of the work now." in check_page(placed).text
    assert address(town, asked, "take-out") in placed.content.decode()
    served = client.post(address(town, asked, "served"), follow=True)
    assert "The resident is asked whether it is done." in check_page(served).text
    asked.refresh_from_db()
    assert (asked.status, asked.shift, asked.people) == ("served", town.shift, 2)
    apart = client.post(address(town, same, "apart"), follow=True)
    assert "It stands by itself again." in check_page(apart).text


def test_what_is_promised_soonest_stands_first(client: Client, town: Town) -> None:
    later, sooner = town.ask(place="North gate"), town.ask(place="South gate")
    HelpRequest.objects.filter(pk=sooner.pk).update(answer_due_at=clock.now() + timedelta(minutes=9))

    rows = client.get(f"{address(town)}?state=new").context["rows"]

    assert [row.request.pk for row in rows] == [sooner.pk, later.pk]


def test_a_shift_of_the_same_kind_is_chosen_and_its_risks_are_remembered(client: Client, town: Town) -> None:
    asked = town.ask()
    Task.objects.filter(pk=town.shift.task_id).update(type=asked.type, issuer=town.group, risks="Stairs.")

    page = client.get(f"{address(town)}place/", {"request": asked.ref})

    assert page.context["add"].fields["shift"].initial == town.shift.code
    assert page.context["form"].initial["risks"] == "Stairs."


def test_new_work_is_posted_with_its_first_shift_and_names_nobody(client: Client, town: Town) -> None:
    asked = town.ask(name="Zhou Guilan", phone="+8613900001111", words="For my mother Li Hua")
    place = f"{address(town)}place/"

    begun = client.get(place, {"request": asked.ref}).content.decode()
    assert not any(private in begun for private in ("Zhou Guilan", "13900001111"))
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    form = {
        "request": [asked.ref],
        "step": "new",
        "type": asked.type_id,
        "title": "Medicine runs",
        "content": "Fetch medicine.",
        "area": town.area.full_name,
        "place": "Canal gate",
        "day": day,
        "starts": "09:00",
        "ends": "08:00",
        "people_needed": 1,
        "risks": "None beyond everyday ones.",
        "contact_name": "Lin",
        "contact_phone": "0571 8888 0000",
    }
    refused = client.post(place, form)
    assert refused.status_code == 422 and "It ends before it begins" in check_page(refused).text
    assert client.post(place, {**form, "ends": "11:00"}).status_code == 303

    asked.refresh_from_db()
    assert asked.status == "placed" and asked.shift is not None
    assert (asked.shift.private_details, asked.task.private_details) == ("", "")
    needs = client.get(f"/en/needs/{asked.shift.code}/").content.decode()
    assert "Medicine runs" in needs and "Li Hua" not in needs and "13900001111" not in needs


def test_the_second_of_two_reads_who_decided(client: Client, town: Town) -> None:
    asked = town.ask()
    colleague = make_member(town.group)
    other = sign_in(Client(), colleague)
    other.post(address(town, asked, "decline"), {"reason": "No nurse here."})

    late = client.post(address(town, asked, "decline"), {"reason": "No car."})

    assert late.status_code == 422 and f"{colleague.name} · " in check_page(late).text
    moved = town.ask()
    gone_to = {"organization": town.other.code, "words": "They have a car."}
    assert other.post(address(town, moved, "pass-on"), gone_to).status_code == 303
    page = check_page(client.post(address(town, moved, "check"), follow=True))
    assert f"{town.other.display_name} looks at this request now" in page.text


@pytest.mark.parametrize("role", ["desk", "other", "official", "nobody"])
def test_nobody_else_reads_or_decides(client: Client, town: Town, role: str) -> None:
    asked = town.ask(words="Medicine for my mother")
    user = {
        "desk": lambda: make_member(town.group, "desk"),
        "other": lambda: make_member(town.other, "owner"),
        "official": lambda: make_member(town.authority),
        "nobody": lambda: make_member(town.shift.task.issuer, "desk"),
    }[role]()
    sign_in(client, user)

    for page in ("", "check", "decline", "pass-on", "split", "take-out"):
        url = address(town, asked, *([page] if page else []))
        assert client.get(url).status_code in (403, 404)
        assert client.post(url, {"reason": "No."}).status_code in (403, 404)
    asked.refresh_from_db()
    assert asked.status == "new"


def test_what_another_organization_looks_at_shows_neither_place_nor_words(client: Client, town: Town) -> None:
    asked = town.ask(words="Medicine for my mother", place="Canal gate", phone="+8613900001111")
    theirs = {"type": asked.type, "words": "Medicine for my mother Canary", "phone": asked.phone}
    others = [
        town.ask(**theirs, place="Canary gate 1"),
        town.ask("merged", **theirs, place="Canary gate 2", merged_into=asked),
        town.ask("verified", **theirs, place="Canary gate 3", split_from=asked),
    ]
    HelpRequest.objects.filter(pk__in=[each.pk for each in others]).update(organization=town.other)

    page = check_page(client.get(address(town, asked)))

    assert page.text.count(f"{town.other.display_name} looks at it") >= 3
    assert "Canary" not in page.html and "same telephone" not in page.text
    assert not any(each.ref in page.html for each in others)


def test_pages_read_no_more_as_lists_grow(client: Client, town: Town) -> None:
    def reads() -> list[int]:
        counts = []
        first = HelpRequest.objects.filter(organization=town.group).earliest("pk")
        for url in (address(town), address(town) + "?state=new", address(town, first)):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            counts.append(len(asked))
        return counts

    kind = town.ask().type
    town.ask(type=kind)
    few = reads()
    for _ in range(3):
        town.ask(type=kind, asked_at=clock.now() - timedelta(hours=30))
    assert reads()[1:] == few[1:] and max(few) <= 12


def test_ten_thousand_requests_are_read_by_the_index(town: Town) -> None:
    kind, at = town.ask().type, clock.now()
    HelpRequest.objects.bulk_create(
        [
            HelpRequest(
                type=kind,
                area=town.area,
                county_id=town.area.county_id,
                organization=town.group if number % 2 else town.other,
                channel="web",
                words="Medicine",
                status="new" if number % 10 == 1 else "confirmed",
                asked_at=at - timedelta(minutes=number),
                answered_at=at,
                ended_at=None if number % 10 == 1 else at,
            )
            for number in range(MANY)
        ],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE residents_helprequest")

    plan = narrowed(requests_of(town.group), "new", at)[:25].explain()

    assert "request_by_organization" in plan, plan
    assert counts_of(requests_of(town.group), at)["new"] == MANY // 10 + 1
    long_ago = at - timedelta(days=91)
    HelpRequest.objects.filter(status="confirmed").update(ended_at=long_ago)
    assert counts_of(recent(requests_of(town.group), at), at)["ended"] == 0
