"""A group that is asked: it answers in one tap, says how many it brings, and speaks with the authority."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from organizations.models import Organization
from tasks.models import CallRequest, Mode, ModeChange, Step, Task
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.calls import make_call_request, make_step
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_adoption, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(db: None) -> SmallTree:
    return small_tree()


@pytest.fixture
def organization(tree: SmallTree) -> Organization:
    return make_organization(home_area=tree.counties[0], name="Harbour")


@pytest.fixture
def owner(client: Client, organization: Organization) -> Client:
    return sign_in(client, make_member(organization, "owner"))


@pytest.fixture
def call(tree: SmallTree) -> Task:
    return make_task(area=tree.counties[0], issuer=make_authority(tree.counties[0], name="Command"))


def page(name: str, organization: Organization, *args: str) -> str:
    return reverse(f"organization:{name}", args=[organization.code, *args])


def test_whoever_is_asked_sees_it_first_and_answers_with_how_many_they_bring(
    owner: Client, organization: Organization, call: Task
) -> None:
    request = make_call_request(call, organization)
    assert [task.pk for task in owner.get(page("calls", organization)).context["asked"]] == [call.pk]
    address = page("call", organization, call.code)
    assert owner.get(address).context["asked"].code == request.code

    wrong = owner.post(address, {"role": "lead", "people": "0"})
    assert wrong.status_code == 200
    assert not call.adoptions.exists()
    taken = owner.post(address, {"role": "partner", "people": "6"})

    assert taken.status_code == 303
    assert (call.adoptions.get().role, call.adoptions.get().people) == ("partner", 6)
    assert CallRequest.objects.get().answer == "partner"
    owner.post(page("share_of_call", organization, call.code), {"people": "4"})
    assert call.adoptions.get().people == 4
    late = owner.post(page("cannot", organization, call.code), {"reason": "Flu."})
    assert late.context["form"].non_field_errors()


def test_whoever_cannot_says_why(owner: Client, organization: Organization, call: Task) -> None:
    make_call_request(call, organization)
    address = page("cannot", organization, call.code)

    assert owner.post(address, {"reason": " "}).context["form"].errors["reason"]
    assert owner.post(address, {"reason": "Flu."}).status_code == 303

    assert CallRequest.objects.get().reason == "Flu."
    assert owner.get(page("cannot", organization, make_task(area=call.area).code)).status_code == 404


def test_a_group_proposes_answers_and_looks_back_and_no_person_is_named(
    owner: Client, organization: Organization, call: Task
) -> None:
    make_adoption(call, organization)
    theirs = make_step(call, call.issuer, words="Two shifts.", made_by=make_user(name="Canary Chen"))
    shown = owner.get(page("call", organization, call.code)).content.decode()
    assert page("step", organization, call.code, theirs.code) in shown
    assert "Canary" not in shown

    owner.post(page("step", organization, call.code, theirs.code), {"answer": "agreed"})
    owner.post(page("new_step", organization, call.code), {"kind": "deliver", "words": "We bring six."})

    Task.objects.update(status="closed", ended_at=clock.now())
    assert [task.pk for task in owner.get(page("calls", organization)).context["look_back"]] == [call.pk]
    owner.post(page("new_step", organization, call.code), {"score": "5", "words": "Well done."})
    assert list(Step.objects.order_by("pk").values_list("kind", "answer", "score")) == [
        ("design", "agreed", None),
        ("deliver", "", None),
        ("assess", "", 5),
    ]
    assert not owner.get(page("calls", organization)).context["look_back"]


def test_strangers_to_a_call_neither_see_its_steps_nor_answer_for_it(
    owner: Client, organization: Organization, call: Task, tree: SmallTree
) -> None:
    other = make_organization(home_area=tree.counties[0])
    make_adoption(call, other)
    step = make_step(call, call.issuer, words="Only for those who share it.")
    make_call_request(call, other)

    assert "Only for those" not in owner.get(page("call", organization, call.code)).content.decode()
    refused = owner.post(page("step", organization, call.code, step.code), {"answer": "agreed"})
    assert "has no part" in refused.content.decode() or "还没有参与" in refused.content.decode()
    for name in ("cannot", "share_of_call", "ask_partners"):
        assert owner.get(page(name, organization, call.code)).status_code == 404
    desk = sign_in(Client(), make_member(organization, "desk"))
    for name in ("cannot", "share_of_call", "ask_partners", "new_step"):
        assert desk.post(page(name, organization, call.code), {"people": "3"}).status_code == 403
    assert not Step.objects.exclude(answer="").exists()


def test_a_lead_asks_partners_only_where_the_authority_leaves_that_to_groups(
    owner: Client, organization: Organization, call: Task, tree: SmallTree
) -> None:
    make_adoption(call, organization)
    partner = make_organization(home_area=tree.counties[0])
    address = page("ask_partners", organization, call.code)
    assert address not in owner.get(page("call", organization, call.code)).content.decode()
    assert owner.post(address, {"organization": partner.code}).status_code == 200
    assert not CallRequest.objects.exists()
    ModeChange.objects.create(
        area=tree.province, mode=Mode.FACILITATOR, effective_at=call.called_at, decided_at=call.called_at,
        decided_by=make_user(), reason="They know each other.",
    )  # fmt: skip

    assert address in owner.get(page("call", organization, call.code)).content.decode()
    assert owner.post(address, {"organization": partner.code}).status_code == 303

    assert CallRequest.objects.get().asker == organization


def test_the_calls_turn_pages_and_read_as_often_for_many(
    owner: Client, organization: Organization, call: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.organization.views.calls.PAGE", 2)
    make_adoption(call, organization)
    make_step(call, call.issuer)

    def count(name: str, *args: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert owner.get(page(name, organization, *args)).status_code == 200
        return len(seen)

    count("calls")
    for_one = [count("calls"), count("call", call.code)]
    for _ in range(3):
        make_task(area=call.area, issuer=call.issuer)
        make_step(call, make_authority(call.area))
    assert [count("calls"), count("call", call.code)] == for_one
    assert max(for_one) <= 12, for_one

    first = owner.get(page("calls", organization))
    assert len(first.context["waiting"]) == 2
    second = owner.get(page("calls", organization) + first.context["next_url"])
    assert len(second.context["waiting"]) == 1
    assert not second.context["next_url"]
