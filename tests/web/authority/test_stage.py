"""Stages, stops and approvals in the pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from core import clock
from organizations.models import Organization, Verification
from tasks.models import AreaStop, Crisis, StageChange
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_crisis, make_shift, make_stop
from tests.web.authority.conftest import People, signed_in

pytestmark = pytest.mark.django_db
NOW = clock.now()


def url(name: str, area, *args: str) -> str:
    return reverse(f"authority:{name}", args=[area.code, *args])


def test_a_crisis_is_started_and_its_stage_decided(official: Client, tree: SmallTree) -> None:
    county = tree.counties[0]

    started = official.post(url("start_crisis", county), {"name_zh": "疫情", "name_en": "Outbreak"})
    values = {"stage": "1", "starts": "now", "reason": "Ten cases."}
    preview = official.post(url("change_stage", county), {**values, "step": "preview"})

    assert started.status_code == 303
    text = preview.content.decode()
    assert "From No stage to Stage 1" in text
    assert "It holds in Tonglu County, Hangzhou and all below it" in text
    assert StageChange.objects.count() == 0
    official.post(url("change_stage", county), {**dict(preview.context["typed"]), "step": "confirm"})
    change = StageChange.objects.get()
    assert (change.stage, change.area, change.reason) == (1, county, "Ten cases.")
    assert "Stage 1, day 1" in official.get(url("stage", county)).content.decode()


def test_a_later_time_is_kept(official: Client, tree: SmallTree) -> None:
    make_crisis(tree.counties[0])
    at = localtime(NOW + timedelta(days=2)).replace(second=0, microsecond=0)

    values = {"stage": "2", "starts": "later", "effective_at": f"{at:%Y-%m-%dT%H:%M}", "reason": "Plan."}
    official.post(url("change_stage", tree.counties[0]), {**values, "step": "confirm"})

    assert StageChange.objects.get().effective_at == at


BAD = [
    ({"stage": ""}, "stage", "Choose one of the stages"),
    ({"stage": "9"}, "stage", "Choose one of the stages"),
    ({"reason": ""}, "reason", "Write why, in a sentence"),
    ({"starts": "later"}, "effective_at", "Write the day and the hour"),
    ({"starts": "later", "effective_at": "2020-02-06T18:00"}, "effective_at", "This time is over"),
    ({"starts": "later", "effective_at": "soon"}, "effective_at", "This time does not exist"),
    ({"stage": "0"}, "stage", "Tonglu County, Hangzhou is in this stage then already"),
]


@pytest.mark.parametrize(("changes", "field", "sentence"), BAD)
def test_each_bad_stage_has_its_sentence_beside_its_field(
    official: Client, tree: SmallTree, changes: dict[str, str], field: str, sentence: str
) -> None:
    make_crisis(tree.counties[0])
    values = {"stage": "1", "starts": "now", "reason": "Ten cases.", "step": "confirm", **changes}

    answer = official.post(url("change_stage", tree.counties[0]), values)

    assert answer.context["form"].errors[field][0].startswith(sentence)
    assert StageChange.objects.count() == 0


def test_a_crisis_needs_both_names(official: Client, tree: SmallTree) -> None:
    answer = official.post(url("start_crisis", tree.counties[0]), {})

    assert set(answer.context["form"].errors) == {"name_zh", "name_en"}
    assert Crisis.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_second_crisis_leads_to_the_stage_of_the_first(
    official: Client, tree: SmallTree, method: str
) -> None:
    make_crisis(tree.province)

    values = {"name_zh": "疫情", "name_en": "Outbreak"}
    answer = getattr(official, method)(url("start_crisis", tree.counties[0]), values, follow=True)

    assert answer.redirect_chain == [(url("stage", tree.counties[0]), 303)]
    assert "is on here already" in answer.content.decode()
    assert Crisis.objects.count() == 1


def test_what_cannot_be_is_said_before_anything_is_confirmed(official: Client, tree: SmallTree) -> None:
    make_crisis(tree.counties[0])
    values = {"stage": "0", "starts": "now", "reason": "Ten cases.", "step": "preview"}

    answer = official.post(url("change_stage", tree.counties[0]), values)

    assert answer.context["form"].errors["stage"][0].endswith("in this stage then already. Choose another")
    assert "Ten cases." in answer.content.decode()


def test_a_second_stop_is_said_before_anything_is_typed(official: Client, tree: SmallTree) -> None:
    make_stop(tree.counties[0])

    answer = official.get(url("stop", tree.counties[0]), follow=True)

    assert "is stopped already" in answer.content.decode()


def test_the_crisis_of_the_province_is_not_ended_by_a_county(official: Client, tree: SmallTree) -> None:
    make_crisis(tree.province)

    official.post(url("end_crisis", tree.counties[0]), {"reason": "Over.", "typed": "Outbreak"})

    assert Crisis.objects.get().ended_at is None


def test_everything_stops_in_one_step_and_goes_on_in_another(official: Client, tree: SmallTree) -> None:
    county = tree.counties[0]
    shift = make_shift(area=county, starts_at=NOW + timedelta(hours=3))
    make_member(shift.organization)

    asked = official.get(url("stop", county)).content.decode()
    mistaken = official.post(url("stop", county), {"reason": "A leak of gas.", "typed": "Elsewhere"})
    assert list(mistaken.context["form"].errors) == ["typed"] and not AreaStop.objects.exists()
    official.post(url("stop", county), {"reason": "A leak of gas.", "typed": f" {county.name_en.lower()} "})

    assert "1 person who organizes shifts here in the next 24 hours is told at once." in asked
    assert AreaStop.objects.live().get().reason == "A leak of gas."
    assert "Stopped because: A leak of gas." in official.get(url("lift_stop", county)).content.decode()
    official.post(url("lift_stop", county))
    assert not AreaStop.objects.live().exists()


def test_a_stop_needs_a_reason(official: Client, tree: SmallTree) -> None:
    answer = official.post(url("stop", tree.counties[0]), {"reason": ""})

    assert answer.context["form"].errors["reason"] == [
        "Write why, in a sentence. Those who are told will read it"
    ]
    assert AreaStop.objects.count() == 0


def test_a_county_does_not_lift_the_stop_of_its_city(official: Client, tree: SmallTree) -> None:
    make_stop(tree.cities[0])

    official.post(url("lift_stop", tree.counties[0]))

    assert AreaStop.objects.live().count() == 1


def waiting(area, *, days: int = 1, **fields: object) -> Organization:
    organization = make_organization(home_area=area, status="pending", **fields)
    Verification.objects.create(
        organization=organization,
        requested_at=NOW - timedelta(days=days),
        requested_by=make_user(),
        evidence="A certificate.",
    )
    return organization


def test_the_longest_waiting_comes_first_and_the_navigation_counts(official: Client, tree: SmallTree) -> None:
    waiting(tree.counties[0], days=1, name="Second")
    waiting(tree.townships[0], days=9, name="First")
    waiting(tree.counties[2], name="Elsewhere")

    text = official.get(url("approvals", tree.counties[0])).content.decode()

    assert text.index("First") < text.index("Second")
    assert "Elsewhere" not in text
    assert '<span class="count">2</span>' in text


def test_an_organization_is_approved(official: Client, tree: SmallTree) -> None:
    organization = waiting(tree.counties[0])

    answer = official.post(url("approval", tree.counties[0], organization.code), {"decision": "approve"})

    assert answer.status_code == 303
    organization.refresh_from_db()
    assert organization.status == "approved"


@pytest.mark.parametrize(
    ("values", "field"), [({}, "decision"), ({"decision": "decline", "reason": " "}, "reason")]
)
def test_a_refusal_says_why(official: Client, tree: SmallTree, values: dict[str, str], field: str) -> None:
    organization = waiting(tree.counties[0])

    answer = official.post(url("approval", tree.counties[0], organization.code), values)

    assert field in answer.context["form"].errors
    organization.refresh_from_db()
    assert organization.status == "pending"


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", ["approvals", "stage"])
def test_lists_take_few_queries(
    people: People, tree: SmallTree, django_assert_max_num_queries, rows: int, name: str
) -> None:
    for _ in range(rows):
        waiting(tree.townships[0])
    crisis = make_crisis(tree.province)
    for number in range(rows):
        at = NOW - timedelta(days=number + 1)
        StageChange.objects.create(
            crisis=crisis,
            area=tree.counties[0],
            stage=1,
            effective_at=at,
            decided_at=at,
            decided_by=people.above,
            reason="Cases.",
        )
    client = signed_in(people.official)

    with django_assert_max_num_queries(12):
        client.get(url(name, tree.counties[0]))
