"""Which organizations are asked first for a call, and the reasons that are given."""

from datetime import timedelta

import pytest
from django.utils import translation

from core import clock
from organizations.models import Organization
from tasks.models import Adoption, Crisis, Playbook, PlaybookStage, StageChange
from tasks.policies.suggestions import (
    FEW,
    HOLDS,
    HOLDS_IN_FEW,
    Reason,
    Record,
    area_points,
    kind_points,
    people_points,
    record_points,
)
from tasks.queries.suggestions import Suggestion, suggest
from tasks.rendering.suggestions import words_of
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_authority, make_organization
from tests.factories.sheets import make_affiliation
from tests.factories.tasks import make_adoption, make_crisis, make_task, make_task_type
from tests.factories.volunteers import give_capability, make_capability
from tests.tasks.conftest import Statements

NOW = clock.now()


def test_what_speaks_for_an_organization_is_counted_with_its_reason() -> None:
    assert kind_points("charity", ("charity",), "supplies", "Stage 1")[0] == 40
    assert kind_points("charity", (), "counselling") == (0, [])
    # At home in the place, in the area around it, working there, and from further away.
    places = [
        area_points(home, served, "33/3301/330122/", "33/3301/")[1][0].code
        for home, served in (
            ("33/3301/330122/330122003/", ()),
            ("33/3301/330127/", ()),
            ("33/3305/330522/", ("33/3301/",)),
            ("33/", ()),
        )
    ]
    assert places == ["at-home", "near", "serves", "reaches"]
    assert [people_points(n, 1)[0] for n in (0, 1, FEW - 1, FEW)] == [0, HOLDS_IN_FEW, HOLDS_IN_FEW, HOLDS]
    assert people_points(50, 0) == (0, [])


def test_a_record_speaks_for_or_against() -> None:
    good = Record(led=4, led_this=2, seats=10, taken=9, assessments=3, points=12)
    bad = Record(led=1, seats=10, taken=2, lapsed=9, assessments=2, points=2)

    assert [reason.code for reason in record_points(good)[1]] == ["did-this", "filled", "rated"]
    assert [(reason.code, reason.good) for reason in record_points(bad)[1]] == [
        ("led", True),
        ("filled", False),
        ("lapsed", False),
    ]
    assert record_points(good)[0] > 0 > record_points(bad)[0] >= -15
    assert record_points(Record()) == (0, [])


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason("holds", {"people": 3}), "A few of its people can do what is required"),
        (Reason("holds", {"people": 12}), "About 10 of its people can do what is required"),
        (Reason("did-this", {"calls": 1}), "Led 1 call of this kind"),
        (Reason("filled", {"percent": 84}), "Filled 84% of its seats"),
        (Reason("rated", {"points": 4.3, "calls": 3}), "Rated 4.3 of 5 over 3 calls"),
        (Reason("lapsed", {"calls": 2}), "Took on 2 calls and did not begin them"),
        (Reason("leads-now", {"stage": "Both hands"}), "Groups of its kind lead in this stage: Both hands"),
        (Reason("at-home"), "At home in Tonglu"),
    ],
)
def test_each_reason_has_its_words(reason: Reason, said: str) -> None:
    def protected(count: int) -> float | None:
        return None if count < FEW else count // 5 * 5

    with translation.override("en"):
        assert words_of(reason, area="Tonglu", people=protected) == said
    with translation.override("zh-hans"):
        assert words_of(reason, area="桐庐", people=protected) != said


@pytest.fixture
def tree(db: None) -> SmallTree:
    return small_tree()


def codes(suggestion: Suggestion) -> list[str]:
    return [reason.code for reason in suggestion.reasons]


def test_kind_stage_place_people_and_record_decide_together(tree: SmallTree) -> None:
    county, skill, work = tree.counties[0], make_capability(), make_task_type("supplies")
    crisis = make_crisis(tree.province)
    playbook = Playbook.objects.create(code="p", name_zh="手册", name_en="Book", changed_at=NOW)
    Crisis.objects.filter(pk=crisis.pk).update(playbook=playbook)
    PlaybookStage.objects.create(
        playbook=playbook, stage=1, name_zh="一", name_en="One", lead_kinds=["charity"]
    )
    StageChange.objects.create(
        crisis=crisis, area=tree.province, stage=1, effective_at=NOW, decided_at=NOW,
        decided_by=make_user(), reason="First.",
    )  # fmt: skip
    charity = make_organization(home_area=county, kind="cbo", cbo_type="charity")
    skilled, lapsed, plain, away = (
        make_organization(home_area=area, kind="cbo", cbo_type="mental_health")
        for area in (county, county, county, tree.counties[1])
    )
    give_capability(make_affiliation(skilled).volunteer, skill)
    for _ in range(2):
        make_adoption(make_task(area=county), lapsed)
    Adoption.objects.update(lapsed=True, ended_at=NOW)
    serving = make_organization(home_area=tree.counties[3], kind="cbo", cbo_type="economic", serves=(county,))
    make_organization(home_area=county, status="suspended")
    make_authority(county)

    found = suggest(type=work, area=county, requirements=[skill], at=NOW + timedelta(hours=1), limit=9)

    assert [each.organization for each in found] == [charity, skilled, serving, plain, lapsed]
    assert away not in {each.organization for each in found}
    assert codes(found[0]) == ["leads-now", "kind-of-work", "at-home"]
    assert codes(found[1]) == ["at-home", "holds"]
    assert codes(found[2]) == ["kind-of-work", "serves"]
    assert codes(found[4]) == ["at-home", "lapsed"]
    fewer = suggest(type=work, area=county, requirements=[], at=NOW, limit=1, exclude=[charity.pk])
    assert charity not in {each.organization for each in fewer}
    assert len(fewer) == 1


def test_suggestions_cost_the_same_for_few_and_for_many(tree: SmallTree, statements: Statements) -> None:
    work, skill = make_task_type(), make_capability(kind="qualification")
    make_organization(home_area=tree.counties[0])
    with statements() as for_one:
        suggest(type=work, area=tree.counties[0], requirements=[skill], at=NOW)
    for _ in range(4):
        make_organization(home_area=tree.counties[0])
    with statements() as for_more:
        found = suggest(type=work, area=tree.counties[0], requirements=[skill], at=NOW)

    assert len(found) == Organization.objects.count() == 5
    assert len(for_one) == len(for_more) <= 4
