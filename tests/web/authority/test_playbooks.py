"""Playbooks in the pages: what a stage changes is shown before, decided once, and can be taken back; who may do what."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from tasks.models import Playbook, PlaybookStage, StageChange, Task, TaskTemplate, TaskType
from tasks.policies.playbooks import as_file
from tasks.queries.playbooks import given_of
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree
from tests.factories.organizations import make_official, make_organization
from tests.factories.playbooks import make_playbook
from tests.factories.tasks import make_crisis, make_shift, make_task, make_task_type
from tests.web.authority.conftest import People, signed_in

pytestmark = pytest.mark.django_db
NOW = clock.now()
NARROW = {
    1: {
        "publishers": ["cbo"],
        "needs_review": True,
        "alert_reach": "county",
        "escalate_hours": 4,
        "seat_weight": "1.5",
        "lead_kinds": ["emergency"],
    }
}


def url(name: str, area, *args: object) -> str:
    return reverse(f"authority:{name}", args=[area.code, *args])


def decided(crisis, area, stage: int, days: int) -> StageChange:
    at = NOW - timedelta(days=days)
    return StageChange.objects.create(
        crisis=crisis,
        area=area,
        stage=stage,
        effective_at=at,
        decided_at=at,
        decided_by=make_user(name="Chen"),
        reason="Cases.",
    )


def test_before_it_is_decided_a_page_says_exactly_what_changes(official: Client, tree: SmallTree) -> None:
    county, kind = tree.counties[0], make_task_type()
    book = make_playbook(stages=NARROW)
    book.stages.get(stage=1).priorities.create(type=kind, priority=3)
    crisis = make_crisis(county, started_at=NOW - timedelta(days=9), playbook=book)
    decided(crisis, tree.townships[0], 3, days=1)
    make_shift(task=make_task(area=county, type=kind, priority=0))
    for kind_of in ("cbo", "school"):
        make_task(area=county, status="draft", issuer=make_organization(kind=kind_of, home_area=county))

    answer = official.post(
        url("change_stage", county), {"stage": "1", "starts": "now", "reason": "Cases.", "step": "preview"}
    )

    changes = {one.label: (one.before, one.after) for one in answer.context["differences"]}
    assert changes["How far alerts reach"] == ("The whole province", "The county")
    assert changes["An official's word first"] == ("Not needed", "Calls of groups wait for it")
    assert changes["Who makes calls public"][1] == "Government body, Community-based organization"
    assert changes["Weight of a seat in plans"] == ("1 times the usual", "1.5 times the usual")
    assert changes[f"New calls: {kind.name_en}"] == (
        "as whoever writes it says",
        "Before everything else",
    )
    text = answer.content.decode()
    for sentence in (
        "1 area below had its own stage",
        "1 call that is public stays as it is",
        "1 of them counts as more urgent in plans",
        "Of 1 with shifts ahead other people are alerted",
        "1 draft of a group can no longer be made public by the group",
        "1 draft of a group waits for an official&#x27;s word once it is sent",
    ):
        assert sentence in text, sentence
    assert StageChange.objects.count() == 1


def test_going_back_is_one_step_and_a_word_that_came_meanwhile_is_not_overruled(
    official: Client, tree: SmallTree
) -> None:
    county = tree.counties[0]
    crisis = make_crisis(county, started_at=NOW - timedelta(days=9))
    decided(crisis, county, 1, days=5)
    decided(crisis, county, 2, days=2)

    page = official.get(url("stage", county)).content.decode()
    form = official.get(url("change_stage", county) + "?back=1")
    initial, seen = form.context["form"].initial, form.context["seen"]
    typed = {**initial, "stage": str(initial["stage"]), "seen": seen}
    preview = official.post(url("change_stage", county), {**typed, "step": "preview"})
    decided(crisis, county, 3, days=0)
    late = official.post(url("change_stage", county), {**dict(preview.context["typed"]), "step": "confirm"})
    again = {**typed, "seen": late.context["seen"]}
    official.post(url("change_stage", county), {**again, "step": "confirm"})

    assert "Back to Stage 1" in page and url("stop", county) in page
    assert initial["stage"] == 1 and initial["reason"].startswith("Back to “Stage 1”")
    assert "Meanwhile Chen decided “Stage 3”" in late.content.decode()
    assert list(StageChange.objects.order_by("pk").values_list("stage", flat=True)) == [1, 2, 3, 1]


def test_the_timeline_shows_who_and_why_and_the_days_of_the_playbook_beside(
    official: Client, tree: SmallTree
) -> None:
    county = tree.counties[0]
    book = make_playbook(stages={1: {"first_day": 1, "last_day": 3}, 2: {"first_day": 4}})
    crisis = make_crisis(county, started_at=NOW - timedelta(days=9), playbook=book)
    decided(crisis, county, 1, days=9)
    decided(crisis, county, 2, days=1)

    answer = official.get(url("timeline", county))

    rows = [(row.stage.stage, (row.last - row.first).days if row.last else None, row.is_in_force)
            for row, _ in answer.context["planned"]]  # fmt: skip
    assert rows[:2] == [(1, 2, False), (2, None, True)]
    text = answer.content.decode()
    assert "by Chen" in text and "Cases." in text


def test_an_official_edits_what_a_stage_sets_and_each_fault_stands_beside_its_field(
    official: Client, tree: SmallTree
) -> None:
    county, kind = tree.counties[0], make_task_type()
    book = make_playbook(areas=[county], stages=NARROW | {2: {"first_day": 5, "last_day": 9}})
    page = url("playbook_stage", county, book.code, 1)
    values = {
        "name_zh": "一", "name_en": "One", "publishers": ["cbo", "school"], "alert_reach": "city",
        "escalate_hours": "6", "seat_weight": "2", f"priority_{kind.code}": "3", "reason": "Calmer.",
        "version": "1",
    }  # fmt: skip

    bad = official.post(page, {**values, "first_day": "1", "last_day": "7", "escalate_hours": "999"})
    good = official.post(page, values)
    stale = official.post(page, {**values, "escalate_hours": "7"})

    assert set(bad.context["form"].errors) == {"__all__", "escalate_hours"}
    assert "these days overlap with those of stage 1" in bad.content.decode()
    assert good.status_code == 303
    stage = PlaybookStage.objects.get(playbook=book, stage=1)
    assert (stage.escalate_hours, stage.publishers, stage.alert_reach) == (6, ["cbo", "school"], "city")
    assert stage.priorities.get().priority == 3
    assert "is at version 2, yours was made from version 1" in stale.content.decode()


def test_a_file_is_taken_over_whole_or_not_at_all(official: Client, tree: SmallTree) -> None:
    county = tree.counties[0]
    book = make_playbook(areas=[county])
    raw = json.loads(official.get(url("playbook_file", county, book.code)).content)

    def upload(**changes):
        file = BytesIO(json.dumps({**raw, **changes}).encode())
        file.name = "playbook.json"
        return official.post(url("upload_playbook", county), {"file": file, "reason": "Ours."})

    assert raw == as_file(given_of(book))
    bad = upload(code="ours", areas=[county.code, "99"], stages=raw["stages"][:2])
    assert bad.context["faults"] == [
        "Areas: there is no area with the code 99",
        "Stages: stage 3 is missing",
    ]
    foreign = upload(code="ours", areas=[tree.cities[1].code])
    everywhere = upload(code="ours", areas=[])
    assert (foreign.status_code, everywhere.status_code) == (403, 403)
    assert Playbook.objects.count() == 1
    assert upload(code="ours").status_code == 303
    assert Playbook.objects.get(code="ours").stages.count() == 3


def test_the_playbook_is_chosen_at_the_start_and_changed_by_officials_of_the_crisis_area(
    people: People, tree: SmallTree
) -> None:
    city, county = tree.cities[0], tree.counties[0]
    book, other = make_playbook(stages=NARROW), make_playbook()
    above, below = signed_in(people.above), signed_in(people.official)
    above.post(url("start_crisis", city), {"name_zh": "疫情", "name_en": "Outbreak", "playbook": book.code})
    values = {"playbook": other.code, "reason": "Milder."}

    refused = below.post(url("choose_playbook", county), {**values, "step": "confirm"})
    preview = above.post(url("choose_playbook", city), {**values, "step": "preview"})
    done = above.post(url("choose_playbook", city), {**values, "step": "confirm"})
    retired = above.post(url("retire_playbook", city, other.code), {"reason": "Old."})

    assert (refused.status_code, done.status_code, retired.status_code) == (403, 303, 403)
    assert "Follow “Playbook" in preview.content.decode()
    province = signed_in(make_official(tree.province))
    still = province.post(url("retire_playbook", tree.province, other.code), {"reason": "Old."})
    assert "Choose another playbook there first" in still.content.decode()
    assert Playbook.objects.filter(retired_at=None).count() == 2


def make_template(code: str, kind: TaskType) -> TaskTemplate:
    texts = {"title_zh": "题", "content_zh": "文", "content_en": "Text."}
    return TaskTemplate.objects.create(code=code, type=kind, title_en=code.title(), **texts)


@pytest.mark.parametrize("role", ["elsewhere", "desk", "organizer", "volunteer", None])
def test_nobody_else_reads_or_writes_playbooks(people: People, tree: SmallTree, role: str | None) -> None:
    county = tree.counties[0]
    book = make_playbook(areas=[county])
    client = signed_in(getattr(people, role) if role else None)

    for name, args in (
        ("playbook", (book.code,)), ("playbook_stage", (book.code, 1)), ("edit_playbook", (book.code,)),
        ("playbook_file", (book.code,)), ("upload_playbook", ()), ("retire_playbook", (book.code,)),
    ):  # fmt: skip
        assert client.get(url(name, county, *args)).status_code in (302, 403, 404), name
    client.post(url("retire_playbook", county, book.code), {"reason": "No."})
    book.refresh_from_db()
    assert book.retired_at is None


def test_a_new_call_begins_with_the_stages_templates_and_its_priority(
    official: Client, tree: SmallTree
) -> None:
    county, kind = tree.counties[0], make_task_type()
    book = make_playbook()
    stage = book.stages.get(stage=1)
    stage.priorities.create(type=kind, priority=3)
    crisis = make_crisis(county, started_at=NOW - timedelta(days=9), playbook=book)
    decided(crisis, county, 1, days=1)
    plain, front = make_template("plain", make_task_type()), make_template("front", kind)
    stage.templates.add(front)

    chosen = official.get(url("choose_template", county))
    form = official.get(url("new_call", county) + "?template=front")

    assert (chosen.context["front"], chosen.context["templates"]) == ([front], [plain])
    assert form.context["form"].initial["priority"] == 3
    assert Task.objects.count() == 0
