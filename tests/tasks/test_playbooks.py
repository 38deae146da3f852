"""Playbooks as data: the shipped one, files with faults, versions, and which crisis follows which."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from areas.models import Area
from core import clock
from core.models import AuditRecord
from tasks.actions import playbooks, stages
from tasks.actions.calls import issue_call
from tasks.actions.publishing import NotAPublisher
from tasks.actions.reference import load_reference
from tasks.models import Crisis, Playbook, PlaybookStage, Task, TaskType
from tasks.policies.playbooks import PlaybookGiven, as_file, read
from tasks.queries.playbooks import given_of, playbooks_for
from tasks.queries.stages import rules_of, stage_of
from tasks.rendering.playbooks import fault_in_words
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.tasks import make_crisis

pytestmark = pytest.mark.django_db
NOW = clock.now()


@pytest.fixture
def shipped() -> Playbook:
    load_reference(at=NOW)
    return Playbook.objects.get(code="zhejiang-2020")


def as_raw(playbook: Playbook) -> dict:
    return json.loads(json.dumps(as_file(given_of(playbook))))


def given(raw: dict) -> PlaybookGiven:
    return playbooks.read_file(json.dumps(raw).encode())


def save(raw: dict, **values) -> Playbook:
    return playbooks.save_playbook(
        given=given(raw), by=make_user(), at=NOW, **{"reason": "Numbers.", **values}
    )


def test_the_shipped_playbook_has_three_stages_in_both_languages_and_survives_a_second_loading(
    shipped: Playbook,
) -> None:
    save({**as_raw(shipped), "name": {"zh": "我们的", "en": "Ours"}})

    load_reference(at=NOW)

    shipped.refresh_from_db()
    assert (shipped.name_zh, shipped.version) == ("我们的", 2)
    rows = list(PlaybookStage.objects.filter(playbook=shipped).order_by("stage"))
    assert [(row.stage, row.first_day, row.last_day) for row in rows] == [
        (1, 1, 18),
        (2, 19, 60),
        (3, 61, None),
    ]
    for row in rows:
        assert row.name_en.isascii() and not row.name_zh.isascii()
        assert row.priorities.count() == 20 and row.templates.count() >= 15


def test_a_playbook_comes_back_from_its_own_file_as_it_was(shipped: Playbook) -> None:
    again, faults = read(as_raw(shipped))

    assert (again, faults) == (given_of(shipped), [])
    with pytest.raises(playbooks.PlaybookSame):
        save(as_raw(shipped))


FAULTS = {
    "unknown area": (lambda raw: raw.update(areas=["99"]), "Areas: there is no area with the code 99"),
    "unknown type": (
        lambda raw: raw["stages"][0]["priorities"].update(juggling=2),
        "Stage 1, How urgent each kind of work is: there is no kind of work called juggling",
    ),
    "unknown template": (
        lambda raw: raw["stages"][1]["templates"].append("nothing"),
        "Stage 2, Templates: there is no template called nothing",
    ),
    "unknown kind": (
        lambda raw: raw["stages"][2]["publishers"].append("army"),
        "Stage 3, Who makes calls public: there is no kind of organization called army",
    ),
    "overlapping days": (
        lambda raw: raw["stages"][1].update(days=[18, 60]),
        "Stage 2, Planned days: these days overlap with those of stage 1",
    ),
    "days without an end": (
        lambda raw: raw["stages"][0].update(days=[1, None]),
        "Stage 2, Planned days: these days overlap with those of stage 1",
    ),
    "missing stage": (lambda raw: raw["stages"].pop(1), "Stages: stage 2 is missing"),
    "twice": (
        lambda raw: raw["stages"][1].update(stage=1),
        "Stage 1, Number of the stage: this stage is described twice",
    ),
    "weight": (
        lambda raw: raw["stages"][0].update(seat_weight="40"),
        "Stage 1, Weight of a seat: from 0.25 to 4, to two places; not 40",
    ),
    "form": (
        lambda raw: raw["stages"][0].update(needs_review="yes"),
        "Stage 1, An official's word first: this has not the form that a playbook needs",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_said_with_its_place_and_nothing_is_written(shipped: Playbook, name: str) -> None:
    spoil, sentence = FAULTS[name]
    raw = as_raw(shipped)
    raw["stages"][2]["name"]["en"] = "Changed as well"
    spoil(raw)

    with pytest.raises(playbooks.PlaybookFaulty) as caught:
        save(raw)

    with translation.override("en"):
        assert sentence in [fault_in_words(fault) for fault in caught.value.faults]
    shipped.refresh_from_db()
    assert shipped.version == 1
    assert not PlaybookStage.objects.filter(name_en="Changed as well").exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{", b"[" * 100_000, b"null", b'"x"', b"[1]"])
def test_what_is_no_playbook_is_refused(content: bytes) -> None:
    with pytest.raises((playbooks.NotAFile, playbooks.PlaybookFaulty)):
        playbooks.read_file(content)


def test_two_who_edit_one_version_do_not_overwrite_each_other(shipped: Playbook) -> None:
    first, second = as_raw(shipped), as_raw(shipped)
    first["stages"][0]["escalate_hours"] = 2
    second["stages"][0]["escalate_hours"] = 8
    save(first)

    with pytest.raises(playbooks.PlaybookMoved) as caught:
        save(second)

    assert caught.value.params == {"now": 2, "yours": 1}
    assert PlaybookStage.objects.get(playbook=shipped, stage=1).escalate_hours == 2
    record = AuditRecord.objects.filter(verb="playbook.saved").latest("pk")
    assert record.data["changed"] == ["1.escalate_hours"]


def test_a_stage_sets_what_the_playbook_of_its_crisis_says(
    shipped: Playbook, django_assert_num_queries
) -> None:
    tree = small_tree()
    crisis = make_crisis(tree.province, started_at=NOW - timedelta(days=9), playbook=shipped)
    at = NOW - timedelta(days=1)
    stages.change_stage(
        crisis=crisis, area=tree.cities[0], stage=1, effective_at=at, reason="Cases.", by=make_user(), at=at
    )

    with django_assert_num_queries(2):
        inside = rules_of(tree.townships[0], NOW)
    outside = rules_of(tree.counties[2], NOW)

    assert (inside.stage, inside.alert_reach, inside.needs_review, inside.seat_weight) == (
        1,
        "county",
        True,
        1.5,
    )
    assert (inside.may_publish("school"), inside.may_publish("cbo"), inside.may_publish("government")) == (
        False,
        True,
        True,
    )
    assert set(inside.priorities.values()) == {0, 1, 2, 3} and len(inside.template_ids) == 20
    assert (outside.stage, outside.alert_reach, outside.crisis) == (0, "province", crisis)
    view = stage_of(tree.townships[0], NOW)
    assert view is not None and view.name == PlaybookStage.objects.get(playbook=shipped, stage=1).name


def test_a_playbook_is_not_retired_while_a_crisis_follows_it(shipped: Playbook) -> None:
    tree, by = small_tree(), make_user()
    crisis = stages.start_crisis(
        name_zh="疫情",
        name_en="Outbreak",
        area=tree.province,
        started_at=NOW,
        by=by,
        at=NOW,
        playbook=shipped,
    )

    with pytest.raises(playbooks.PlaybookFollowed):
        playbooks.retire_playbook(playbook=shipped, by=by, at=NOW, reason="Old.")
    playbooks.choose_playbook(crisis=crisis, playbook=None, by=by, at=NOW, reason="We make our own.")
    playbooks.retire_playbook(playbook=shipped, by=by, at=NOW, reason="Old.")

    with pytest.raises(playbooks.PlaybookRetired):
        playbooks.choose_playbook(crisis=crisis, playbook=shipped, by=by, at=NOW, reason="Back.")
    assert list(playbooks_for(tree.province)) == []
    assert AuditRecord.objects.get(verb="crisis.playbook_chosen").data["before"] == "zhejiang-2020"


def test_a_playbook_of_one_city_is_for_that_city(shipped: Playbook) -> None:
    tree: SmallTree = small_tree()
    own = save({**as_raw(shipped), "code": "ours", "areas": [tree.cities[0].code]})
    inside, outside = make_crisis(tree.counties[0]), make_crisis(tree.cities[1])

    playbooks.choose_playbook(crisis=inside, playbook=own, by=make_user(), at=NOW, reason="Ours.")

    with pytest.raises(playbooks.PlaybookElsewhere):
        playbooks.choose_playbook(crisis=outside, playbook=own, by=make_user(), at=NOW, reason="Theirs.")
    with pytest.raises(playbooks.PlaybookFollowed):
        save({**as_raw(own), "areas": [tree.cities[1].code]})
    assert own.stages.get(stage=1).seat_weight == Decimal("1.50")


def test_a_stage_says_who_makes_calls_public_and_whose_wait_for_a_word(shipped: Playbook) -> None:
    tree = small_tree()
    crisis = make_crisis(tree.province, started_at=NOW - timedelta(days=9), playbook=shipped)
    home = tree.townships[0]
    type = TaskType.objects.get(code="checkpoint")
    issuers = {kind: make_organization(kind=kind, home_area=home) for kind in ("cbo", "school")}
    issuers["government"] = make_authority(home)
    make_member(issuers["government"])

    def call(kind: str) -> Task:
        values = {
            "type": type, "area": home, "title": "Gate", "content": "Stand.", "people_needed": 2,
            "starts_on": NOW.date() + timedelta(days=1), "ends_on": NOW.date() + timedelta(days=2),
            "place": "Gate",
        }  # fmt: skip
        return issue_call(issuer=issuers[kind], by=make_member(issuers[kind]), at=clock.now(), values=values)

    put(crisis, tree.province, 1)
    with pytest.raises(NotAPublisher):
        call("school")
    waits, public = call("cbo"), call("government")
    put(crisis, tree.province, 3)
    later = call("school")

    assert (waits.status, waits.priority, waits.reviews.count()) == ("draft", 3, 1)
    assert (public.status, public.priority) == ("called", 3)
    assert (later.status, later.priority) == ("adopted", 1)


def put(crisis: Crisis, area: Area, stage: int) -> None:
    at = clock.now()
    stages.change_stage(
        crisis=crisis, area=area, stage=stage, effective_at=at, reason="Cases.", by=make_user(), at=at
    )
