"""Writing, changing and ending calls in the pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from tasks.models import Task, TaskTemplate
from tests.factories.areas import SmallTree
from tests.factories.organizations import make_authority, make_organization
from tests.factories.tasks import make_assignment, make_shift, make_stop, make_task, make_task_type
from tests.factories.volunteers import make_capability
from tests.web.authority.conftest import People, signed_in

pytestmark = pytest.mark.django_db
NOW = clock.now()
TODAY = clock.today()


def typed(home, **changes: object) -> dict[str, object]:
    return {
        "type": str(make_task_type().pk),
        "title": "夜间卡口测温登记",
        "content": "测温，登记。",
        "people_needed": "12",
        "starts_on": str(TODAY),
        "ends_on": str(TODAY + timedelta(days=7)),
        "area": home.code,
        "place": "五马街道",
        "priority": "1",
        "risks": "夜里冷。",
        "language": "zh-hans",
        **changes,
    }


def address(area, language: str = "en") -> str:
    return reverse("authority:new_call", args=[area.code]).replace("/en/", f"/{language}/")


def test_a_call_goes_through_its_preview_to_the_public(official: Client, tree: SmallTree) -> None:
    county, capability = tree.counties[0], make_capability()
    values = typed(county, requirements=[str(capability.pk)])

    preview = official.post(address(county), {**values, "step": "preview"})

    assert "Not public yet" in preview.content.decode()
    assert Task.objects.count() == 0
    answer = official.post(address(county), {**dict(preview.context["typed"]), "step": "publish"})
    task = Task.objects.get()
    assert answer.status_code == 303
    assert (task.status, task.area, task.people_needed) == ("called", county, 12)
    assert list(task.requirements.all()) == [capability]


def test_a_draft_stays_unpublished_until_confirmed(official: Client, tree: SmallTree) -> None:
    county = tree.counties[0]
    official.post(address(county), {**typed(county), "step": "draft"})
    task = Task.objects.get()
    publish = reverse("authority:publish_call", args=[county.code, task.code])

    before = task.status
    official.get(publish)
    assert Task.objects.get().status == before == "draft"
    official.post(publish)

    assert Task.objects.get().status == "called"


def test_what_was_typed_survives_going_back(official: Client, tree: SmallTree) -> None:
    answer = official.post(address(tree.counties[0]), {**typed(tree.counties[0]), "step": "edit"})

    assert 'value="夜间卡口测温登记"' in answer.content.decode()
    assert Task.objects.count() == 0


YESTERDAY = str(TODAY - timedelta(days=1))
BAD = [
    ("type", "", "Choose the kind of work", "请选择工作类型"),
    ("title", "", "Write a title", "写个标题"),
    ("content", "", "Write in two or three sentences", "用两三句话"),
    ("people_needed", "", "Write how many hands", "写上要多少人"),
    ("people_needed", "many", "Write a whole number", "请用数字写一个整数"),
    ("people_needed", "0", "At least 1 person", "至少 1 人"),
    ("people_needed", "9999999", "100,000 people at most", "最多 10 万人"),
    ("starts_on", "", "Choose the first day", "选第一天"),
    ("starts_on", "2026-02-31", "This date does not exist", "没有这一天"),
    ("starts_on", YESTERDAY, "This day is over", "这一天已经过"),
    ("ends_on", "", "Choose the last day", "选最后一天"),
    ("ends_on", YESTERDAY, "The last day lies before the first", "最后一天比第一天还早"),
    ("area", "", "Choose the area", "选一个地方"),
    ("area", "330523", "Choose the area", "选一个地方"),
    ("place", "", "Write the place", "写上地点"),
    ("risks", "", "Write what may happen", "写上可能有什么风险"),
    ("second_title", None, "The text in the second language needs a title", "第二种语言"),
]


@pytest.mark.parametrize(("field", "value", "english", "chinese"), BAD)
def test_each_bad_input_has_its_sentence_beside_its_field(
    official: Client, tree: SmallTree, field: str, value: str | None, english: str, chinese: str
) -> None:
    values = typed(tree.counties[0], **({"second_content": "Text"} if value is None else {field: value}))

    answer = official.post(address(tree.counties[0]), {**values, "step": "publish"})

    assert answer.status_code == 200
    assert answer.context["form"].errors[field][0].startswith(english)
    assert english in answer.content.decode()
    assert Task.objects.count() == 0


@pytest.mark.parametrize(("field", "value", "english", "chinese"), BAD)
def test_each_bad_input_is_said_in_chinese_to_readers_of_chinese(
    official: Client, tree: SmallTree, field: str, value: str | None, english: str, chinese: str
) -> None:
    values = typed(tree.counties[0], **({"second_content": "Text"} if value is None else {field: value}))

    answer = official.post(address(tree.counties[0], "zh-hans"), {**values, "step": "publish"})

    assert answer.context["form"].errors[field][0].startswith(chinese)


def test_nothing_becomes_public_while_the_area_stands_still(official: Client, tree: SmallTree) -> None:
    make_stop(tree.cities[0])

    answer = official.post(address(tree.counties[0]), {**typed(tree.counties[0]), "step": "publish"})

    assert answer.context["form"].errors["area"][0].startswith("Everything in Hangzhou stands still")
    official.post(address(tree.counties[0]), {**typed(tree.counties[0]), "step": "draft"})
    assert Task.objects.get().status == "draft"


def test_a_template_fills_the_form_in_the_readers_language(official: Client, tree: SmallTree) -> None:
    TaskTemplate.objects.create(
        code="checkpoint",
        type=make_task_type(),
        title_zh="卡口测温",
        title_en="Checkpoint",
        content_zh="测温。",
        content_en="Measure temperatures.",
    )

    chosen = official.get(reverse("authority:choose_template", args=[tree.counties[0].code]))
    form = official.get(address(tree.counties[0]) + "?template=checkpoint")

    assert "Checkpoint" in chosen.content.decode()
    assert form.context["form"].initial["title"] == "Checkpoint"
    assert form.context["form"].initial["second_title"] == "卡口测温"
    assert form.context["form"].initial["starts_on"] == TODAY
    assert form.context["form"].initial["ends_on"] == TODAY + timedelta(days=6)


def test_an_edit_is_kept_after_its_preview(official: Client, tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0])
    edit = reverse("authority:edit_call", args=[tree.counties[0].code, task.code])
    values = typed(tree.counties[0], title="New title")

    official.post(edit, {**values, "step": "preview"})
    assert Task.objects.get().title == task.title
    answer = official.post(edit, {**values, "step": "publish"})

    assert answer.status_code == 303
    assert Task.objects.get().title == "New title"


def test_cancelling_asks_first_and_needs_a_reason(official: Client, tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0], adopted_by=make_organization(home_area=tree.counties[0]))
    make_assignment(make_shift(task=task))
    cancel = reverse("authority:cancel_call", args=[tree.counties[0].code, task.code])

    asked = official.get(cancel).content.decode()
    empty = official.post(cancel, {"reason": " "})

    assert "1 seat is given up." in asked
    assert empty.context["form"].errors["reason"] == [
        "Write why, in a sentence. Those who are told will read it"
    ]
    assert Task.objects.get().status == "adopted"
    official.post(cancel, {"reason": "Enough supplies."})
    assert Task.objects.get().status == "cancelled"


def test_the_page_of_a_call_shows_who_took_it_on_and_how_full_it_is(
    official: Client, tree: SmallTree
) -> None:
    group = make_organization(home_area=tree.counties[0], name="Neighbours")
    task = make_task(area=tree.counties[0], adopted_by=group)
    make_assignment(make_shift(task=task, seats=6))

    text = official.get(reverse("authority:call", args=[tree.counties[0].code, task.code])).content.decode()

    assert "Neighbours" in text
    assert "1 of 6" in text


def test_an_official_above_edits_the_call_of_the_county(people: People, tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0], issuer=make_authority(tree.counties[0]))

    close = reverse("authority:close_call", args=[tree.cities[0].code, task.code])
    signed_in(people.above).post(close)

    assert Task.objects.get().status == "closed"


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_calls_take_few_queries(
    official: Client, tree: SmallTree, django_assert_max_num_queries, rows: int
) -> None:
    for _ in range(rows):
        make_task(area=tree.townships[0])

    with django_assert_max_num_queries(12):
        official.get(reverse("authority:calls", args=[tree.counties[0].code]))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_call_takes_few_queries(
    official: Client, tree: SmallTree, django_assert_max_num_queries, rows: int
) -> None:
    task = make_task(area=tree.counties[0], adopted_by=make_organization(home_area=tree.counties[0]))
    for _ in range(rows):
        make_shift(task=task)

    with django_assert_max_num_queries(12):
        official.get(reverse("authority:call", args=[tree.counties[0].code, task.code]))


@pytest.mark.parametrize("name", ["edit_call", "publish_call", "cancel_call", "close_call"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_call_that_ended_meanwhile_says_what_it_is_now(
    official: Client, tree: SmallTree, name: str, method: str
) -> None:
    task = make_task(area=tree.counties[0], issuer=make_authority(tree.counties[0]))
    Task.objects.update(status=Task.Status.CANCELLED, ended_at=clock.now(), end_reason="Rain.")

    address = reverse(f"authority:{name}", args=[tree.counties[0].code, task.code])
    answer = getattr(official, method)(address, follow=True)

    assert "is no longer what it was: Cancelled." in answer.content.decode()
    assert Task.objects.get().status == "cancelled"


def test_nothing_is_listed_that_a_draft_cannot_lose(official: Client, tree: SmallTree) -> None:
    task = make_task(area=tree.counties[0], issuer=make_authority(tree.counties[0]), status="draft")

    text = official.get(
        reverse("authority:cancel_call", args=[tree.counties[0].code, task.code])
    ).content.decode()

    assert "Nobody else has read it yet." in text
    assert "0 seats" not in text


def test_a_mobile_number_that_is_too_short_is_said_beside_its_field(
    official: Client, tree: SmallTree
) -> None:
    address = reverse("authority:new_call", args=[tree.counties[0].code])

    answer = official.post(address, {"contact_phone": "138 0000 123", "title": "Gate", "step": "publish"})

    assert answer.context["form"].errors["contact_phone"] == ["The number is one digit short; it has 11"]
    assert "138 0000 123" in answer.content.decode()
    assert Task.objects.count() == 0
