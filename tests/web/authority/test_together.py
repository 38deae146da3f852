"""An official brings a call to organizations: suggestions, requests by name, steps, and what was brought up."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from organizations.models import Organization
from tasks.models import CallRequest, Crisis, Escalation, Playbook, PlaybookStage, Step, Task
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree
from tests.factories.calls import make_call_request, make_escalation, make_step
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_adoption, make_crisis, make_shift, make_task
from tests.factories.volunteers import make_capability
from tests.web.authority.conftest import People, signed_in
from tests.web.authority.test_calls import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(people: People, tree: SmallTree) -> Task:
    """A call of the official's authority."""
    return make_task(
        area=tree.counties[0], issuer=Organization.objects.authorities().get(home_area=tree.counties[0])
    )


def page(name: str, task: Task, *args: str, area: str = "") -> str:
    return reverse(f"authority:{name}", args=[area or task.area.code, task.code, *args])


def group(call: Task, name: str = "") -> Organization:
    organization = make_organization(home_area=call.area, name=name)
    make_member(organization)
    return organization


def test_an_official_asks_those_suggested_and_others_by_name(official: Client, call: Task) -> None:
    suggested, named = group(call, "Suggested"), group(call, "Riverside Choir")
    shown = official.get(page("call", call)).content.decode()
    assert "Suggested" in shown
    assert "At home in" in shown

    answer = official.post(page("ask", call), {"organization": [suggested.code, named.code]})

    assert answer.status_code == 303
    assert CallRequest.objects.filter(asker=call.issuer).count() == 2
    again = official.post(page("ask", call), {"organization": [suggested.code]})
    assert "Suggested was asked already" in again.content.decode()
    assert "Nobody is chosen" in official.post(page("ask", call), {}).content.decode()
    CallRequest.objects.all().delete()
    found = official.get(page("ask", call), {"q": "Riverside"}).content.decode()
    assert "Riverside Choir" in found
    assert "Suggested" not in found
    assert "such a name" in official.get(page("ask", call), {"q": "Nowhere"}).content.decode()


def test_those_ticked_in_the_preview_are_asked_when_the_call_becomes_public(
    official: Client, call: Task, tree: SmallTree
) -> None:
    organization = group(call, "Ticked")
    address = reverse("authority:new_call", args=[call.area.code])
    values = {**typed(tree.counties[0]), "organization": [organization.code]}

    with CaptureQueriesContext(connection) as seen:
        preview = official.post(address, {**values, "step": "preview"}).content.decode()
    assert "Ticked" in preview
    assert len(seen) <= 12
    official.post(address, {**values, "step": "publish"})

    assert CallRequest.objects.get().organization == organization


def test_both_sides_stand_on_the_page_in_order_and_no_person(official: Client, call: Task) -> None:
    organization = group(call, "Harbour")
    writer = make_user(name="Canary Chen")
    make_adoption(call, organization, by=writer)
    ours = make_step(call, call.issuer, words="Ours first.", made_by=writer)
    theirs = make_step(call, organization, kind="deliver", words="Theirs second.", made_by=writer)
    make_call_request(call, group(call, "No time"), by=writer, answer="declined", answered_by=writer,
                      answered_at=clock.now(), reason="Flu.")  # fmt: skip

    shown = official.get(page("call", call)).content.decode()

    assert shown.index("Ours first.") < shown.index("Theirs second.")
    assert "Flu." in shown
    assert "Canary" not in shown
    assert page("step", call, theirs.code) in shown
    assert page("step", call, ours.code) not in shown


def test_an_official_proposes_answers_and_looks_back(official: Client, call: Task) -> None:
    organization = group(call)
    make_adoption(call, organization)
    official.post(page("new_step", call), {"kind": "design", "words": "Two shifts."})
    theirs = make_step(call, organization, kind="deliver")

    refused = official.post(page("step", call, theirs.code), {"answer": "declined"})
    assert "The other side reads it" in refused.content.decode()
    official.post(page("step", call, theirs.code), {"answer": "declined", "words": "Too late."})
    late = official.post(page("step", call, theirs.code), {"answer": "agreed"})

    assert "answered this already" in late.content.decode()
    Task.objects.update(status="closed", ended_at=clock.now())
    without = official.post(page("new_step", call), {"words": "It went well."})
    assert "from 1 to 5" in without.content.decode()
    official.post(page("new_step", call), {"words": "It went well.", "score": "4"})
    assert list(Step.objects.order_by("pk").values_list("kind", "answer", "score")) == [
        ("design", "", None),
        ("deliver", "declined", None),
        ("assess", "", 4),
    ]


def test_a_call_brought_up_is_counted_listed_and_looked_after_once(
    people: People, call: Task, tree: SmallTree
) -> None:
    city = tree.cities[0]
    make_escalation(call, Organization.objects.authorities().get(home_area=city))
    above = signed_in(people.above)
    listed = reverse("authority:calls", args=[city.code])
    assert above.get(listed).context["nav"][1].count == 1
    assert "nobody looks after it yet" in above.get(listed, {"state": "brought"}).content.decode()

    above.post(page("look_after", call, area=city.code))

    assert above.get(listed).context["nav"][1].count == 0
    assert "you look after it" in above.get(listed, {"state": "brought"}).content.decode()
    again = above.post(page("look_after", call, area=city.code), follow=True)
    assert "looks after it already" in again.content.decode()
    assert Escalation.objects.get().seen_by == people.above
    # The authority that asked for the work does not answer for the one above.
    assert signed_in(people.official).post(page("look_after", call)).status_code == 404


@pytest.mark.parametrize("name", ["ask", "new_step", "step", "look_after"])
def test_officials_of_elsewhere_change_nothing(
    people: People, call: Task, tree: SmallTree, name: str
) -> None:
    organization = group(call)
    make_adoption(call, organization)
    args = (make_step(call, organization).code,) if name == "step" else ()
    filled = {"organization": organization.code, "kind": "design", "words": "Hm.", "answer": "agreed"}

    denied = signed_in(people.elsewhere).post(page(name, call, *args), filled)
    hidden = signed_in(people.elsewhere).post(page(name, call, *args, area=tree.counties[2].code), filled)

    assert (denied.status_code, hidden.status_code) == (403, 404)
    assert not CallRequest.objects.exists()
    assert not Step.objects.exclude(answer="").exists()


def test_the_pages_of_a_call_read_as_often_for_one_row_as_for_three(
    official: Client, call: Task, tree: SmallTree
) -> None:
    playbook = Playbook.objects.create(code="p", name_zh="手册", name_en="Book", changed_at=clock.now())
    PlaybookStage.objects.create(
        playbook=playbook, stage=0, name_zh="零", name_en="None", lead_kinds=["charity"]
    )
    Crisis.objects.filter(pk=make_crisis(tree.province).pk).update(playbook=playbook)

    def fill() -> None:
        make_call_request(call, group(call))
        group(call)
        partner = group(call)
        make_adoption(call, partner, "partner")
        make_shift(task=call, organization=partner)
        make_step(call, partner)
        call.requirements.add(make_capability())

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert official.get(address).status_code == 200
        return len(seen)

    fill()
    pages = [page(name, call) for name in ("call", "ask", "new_step")]
    official.get(pages[0])
    for_one = [count(address) for address in pages]
    fill()
    fill()

    assert [count(address) for address in pages] == for_one
    assert max(for_one) <= 12, for_one
