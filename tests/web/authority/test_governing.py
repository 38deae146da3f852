"""Pages on which officials and their delegates decide: modes, calls of groups, lent decisions, help between areas."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from areas.models import Area
from core import clock
from organizations.models import Delegation, Organization, Verification
from tasks.models import ModeChange, Review, Task, Transfer
from tests.factories.areas import SmallTree
from tests.factories.governing import make_delegation, make_draft, make_mode, make_review, make_transfer
from tests.factories.marks import make_mark, make_missed
from tests.factories.organizations import make_member, make_official, make_organization
from tests.factories.tasks import make_task
from tests.web.authority.conftest import People, signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def authority_of(area: Area) -> Organization:
    """The first one, in which the people of these tests are: a call brings another."""
    return Organization.objects.authorities().filter(home_area=area).order_by("pk")[0]


def page(name: str, *args: str) -> str:
    return reverse(f"authority:{name}", args=args)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_mode_is_chosen_looked_at_and_decided(tree: SmallTree, people: People) -> None:
    county = tree.counties[0]
    client, address = signed_in(people.official), page("change_mode", county.code)
    sent = {"mode": "operator", "starts": "now", "reason": "Hands must go to the gates.", "seen": ""}

    preview = client.post(address, {**sent, "step": "preview"})
    untouched = ModeChange.objects.exists()
    done = client.post(address, {**sent, "step": "confirm"})

    assert "Groups may lead work: no longer" in text_of(preview)
    assert not untouched
    assert (done.status_code, ModeChange.objects.get().mode) == (303, "operator")
    shown = text_of(client.get(page("mode", county.code)))
    assert "Hands must go to the gates." in shown
    assert people.official.name in shown


def test_a_mode_that_somebody_decided_meanwhile_is_not_overwritten(tree: SmallTree, people: People) -> None:
    county, opened = tree.counties[0], clock.now() - HOUR
    first = make_official(county)
    make_mode(county, "host", decided_at=clock.now(), decided_by=first)
    sent = {"mode": "operator", "starts": "now", "reason": "Because.", "seen": opened.isoformat()}

    response = signed_in(people.official).post(page("change_mode", county.code), {**sent, "step": "confirm"})

    assert f"{first.name} has decided meanwhile" in text_of(response)
    assert ModeChange.objects.get().mode == "host"


@pytest.mark.parametrize(("decision", "status"), [("approve", "adopted"), ("return", "draft")])
def test_a_call_of_a_group_is_read_and_decided(
    tree: SmallTree, people: People, decision: str, status: str
) -> None:
    county = tree.counties[0]
    review = make_review(authority_of(county), due_at=clock.now() - HOUR)
    client, address = signed_in(people.official), page("review", county.code, review.code)

    shown = text_of(client.get(address))
    without = client.post(address, {"decision": "return"})
    response = client.post(address, {"decision": decision, "reason": "Say who brings masks."})

    assert "late since" in shown
    assert "Write why" in text_of(without)
    assert response.status_code == 303
    assert Task.objects.get(pk=review.task_id).status == status
    again = signed_in(people.above).post(address, {"decision": "approve"})
    assert f"{people.official.name} decided before you did" in text_of(again)


def test_help_is_proposed_and_answered_on_pages(tree: SmallTree, people: People) -> None:
    here, there = tree.counties[0], tree.counties[2]
    task = make_task(area=here, people_needed=9)
    client = signed_in(people.official)

    made = client.post(
        page("new_transfer", here.code),
        {"task": task.code, "giver": there.code, "people": "4", "words": "Two nights."},
    )
    transfer = Transfer.objects.get()
    other = signed_in(people.elsewhere)
    address = page("transfer", there.code, transfer.code)
    own = client.post(page("transfer", here.code, transfer.code), {"step": "answer", "decision": "agree"})
    shown = text_of(other.get(address))
    agreed = other.post(address, {"step": "answer", "decision": "agree"})

    assert made.status_code == agreed.status_code == 303
    assert own.status_code == 303
    assert "Two nights." in shown
    transfer.refresh_from_db()
    assert (transfer.status, transfer.giver_agreed_by) == ("agreed", people.elsewhere)
    late = text_of(other.post(address, {"step": "withdraw"}))
    assert "This was decided before you did" in late
    other.post(address, {"step": "end", "reason": "Enough."})
    transfer.refresh_from_db()
    assert transfer.status == "ended"


def test_decisions_are_lent_and_taken_back(tree: SmallTree, people: People) -> None:
    county = tree.counties[0]
    cbo = make_organization(home_area=county)
    client = signed_in(people.official)
    day = (clock.now() + timedelta(days=9)).date().isoformat()
    sent = {
        "delegate": cbo.code,
        "kind": "review",
        "area": county.code,
        "ends_on": day,
        "reason": "Weekends.",
    }

    client.post(page("new_delegation", county.code), sent)
    twice = client.post(page("new_delegation", county.code), sent)
    lent = Delegation.objects.get()
    client.post(page("revoke_delegation", county.code, lent.code), {"reason": "Enough."})

    assert "already in that time" in text_of(twice)
    lent.refresh_from_db()
    assert lent.revoked_by == people.official


@pytest.mark.parametrize("kind", ["verify", "review", "transfer"])
def test_a_delegate_finds_and_decides_on_a_page_of_its_own(
    tree: SmallTree, people: People, kind: str
) -> None:
    county = tree.counties[0]
    authority, cbo = authority_of(county), make_organization()
    client = signed_in(make_member(cbo, "owner"))
    make_delegation(authority, cbo, kind)
    waiting = make_organization(home_area=county, status="pending", name="Newcomers")
    Verification.objects.create(organization=waiting, requested_at=clock.now(), evidence="No. 7")
    review = make_review(authority)
    help_wanted = make_transfer(make_task(area=tree.townships[-1]), giver=county)
    name, code, answer = {
        "verify": ("decide_organization", waiting.code, "approve"),
        "review": ("decide_call", review.code, "approve"),
        "transfer": ("decide_help", help_wanted.code, "agree"),
    }[kind]

    listed = text_of(client.get(reverse("organization:decisions", args=[cbo.code])))
    address = reverse(f"organization:{name}", args=[cbo.code, code])
    done = client.post(address, {"decision": answer})

    assert address in listed
    assert (done.status_code, client.get(address).status_code) == (303, 404)
    others = {"decide_organization": waiting, "decide_call": review, "decide_help": help_wanted}
    for other, row in others.items():
        if other != name:
            assert client.get(reverse(f"organization:{other}", args=[cbo.code, row.code])).status_code == 404


def test_a_group_sees_where_its_call_lies_changes_it_and_asks_again(tree: SmallTree, people: People) -> None:
    county = tree.counties[0]
    make_mode(county, "host")
    group = make_organization(home_area=county)
    client, task = signed_in(make_member(group, "owner")), make_draft(group)
    address = reverse("organization:draft", args=[group.code, task.code])

    client.post(address, {"step": "ask"})
    shown = text_of(client.get(address))
    client.post(address, {"step": "withdraw"})
    client.post(address, {"step": "ask"})

    assert f"It lies with {authority_of(county).display_name}" in shown
    assert list(Review.objects.order_by("pk").values_list("decision", flat=True)) == ["withdrawn", ""]
    assert task.title in text_of(client.get(reverse("organization:drafts", args=[group.code])))


def fill(tree: SmallTree, people: People, count: int) -> dict[str, str]:
    """So many rows on every list of the county, by the name of the page."""
    county = tree.counties[0]
    authority = authority_of(county)
    for number in range(count):
        make_review(authority)
        make_transfer(make_task(area=tree.townships[-1]), giver=county)
        make_delegation(authority, make_organization(home_area=county), "verify")
        make_mode(county, "host", effective_at=clock.now() - (number + 2) * HOUR)
        make_mark(make_missed(area=county), status="appealed")
        waiting = make_organization(home_area=county, status="pending")
        Verification.objects.create(organization=waiting, requested_at=clock.now(), evidence="No. 7")
    names = ("reviews", "transfers", "delegations", "mode", "objections", "approvals")
    return {name: page(name, county.code) for name in names}


def counted(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_every_list_takes_as_many_statements_for_three_rows_as_for_one(
    tree: SmallTree, people: People
) -> None:
    client = signed_in(people.official)
    few = {name: counted(client, address) for name, address in fill(tree, people, 1).items()}
    many = {name: counted(client, address) for name, address in fill(tree, people, 2).items()}

    assert few == many
    assert max(many.values()) <= 12
    # Papers, and everything else that waits three times, in one number.
    assert "<b>3</b>" in text_of(client.get(page("reviews", tree.counties[0].code)))
    nav = client.get(page("approvals", tree.counties[0].code)).context["nav"]
    assert next(item.count for item in nav if "/approvals/" in item.url) == 12
