"""Finding words inside texts by an index."""

import pytest
from django.db import connection

from core.words import words_of
from organizations.models import Organization
from tasks.models import Task
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_task

pytestmark = pytest.mark.django_db


def grams(text: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word_grams(%s)", [text])
        [[found]] = cursor.fetchall()
    return set(found)


def test_a_text_is_cut_into_pairs_and_single_ideographs() -> None:
    assert grams("测体温 A3 Mask") == {
        "测体", "体温", "测", "体", "温",
        "a3", "ma", "as", "sk",
    }  # fmt: skip
    assert grams("") == grams("  ") == grams("a b") == set()


def test_width_and_case_make_no_difference() -> None:
    assert grams("ＡＢ　口罩") == grams("ab 口罩")


@pytest.mark.parametrize(
    "word", ["测温", "温", "卡口测温登记", "checkpoint", "CHECK", "Ｃheck", "东门", "k", "口测", "temp"]
)
def test_a_word_is_found_inside_a_title_or_a_place(word: str) -> None:
    call = make_task(title="卡口测温登记", second_title="Checkpoint temperatures", place="东门 K3")

    assert list(Task.objects.holding(word)) == [call]


@pytest.mark.parametrize("word", ["温测", "口登", "checktemp", "西门", "z", "罩", "口温"])
def test_what_only_looks_alike_is_not(word: str) -> None:
    make_task(title="卡口测温登记", second_title="Checkpoint temperatures", place="东门")

    assert not Task.objects.holding(word)


def test_characters_with_a_meaning_for_the_database_are_plain_ones() -> None:
    make_task(title="Sewing", place="East gate")
    call = make_task(title="100% wool_knitting \\ 'quoted'", place="East gate")

    for word in ("100%", "wool_", "\\", "'quoted'", "%"):
        assert list(Task.objects.holding(word)) == [call]


def test_organizations_are_found_by_either_name() -> None:
    organization = make_organization(name="蓝天救援队", name_en="Blue Sky Rescue")

    assert list(Organization.objects.named("救援")) == [organization]
    assert list(Organization.objects.named("sky")) == [organization]


def test_no_more_than_six_words_are_looked_for() -> None:
    assert words_of("  口罩　测温 a b c d e f ") == ["口罩", "测温", "a", "b", "c", "d"]
