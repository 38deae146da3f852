"""The situation report: a page and a PDF that say the same, in both languages."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pypdf import PdfReader

from core import clock
from insights.actions import correct_release, refresh, release_due
from insights.queries import DEFINITIONS, Key, decisions
from insights.queries.decisions import What, decisions_on
from organizations.models import Membership, Verification
from tasks.models import ModeChange, StageChange
from tests.factories.areas import SmallTree
from tests.factories.governing import make_transfer
from tests.factories.organizations import make_official, make_organization
from tests.factories.tasks import make_crisis, make_shift, make_stop, make_task, tomorrow_at
from tests.web.authority.conftest import People, signed_in
from tests.web.reading import statements
from web.authority.report.gathering import situation
from web.authority.report.paper import Paper
from web.authority.report.pdf import FONTS, GETA, pdf_of
from web.authority.report.wording import paper_of

pytestmark = pytest.mark.django_db
NOW = clock.now()


@pytest.fixture
def day_of_work(tree: SmallTree, people: People) -> None:
    """A county that lacks hands, a call that waits, a stage, a stop and a correction, all today."""
    make_shift(area=tree.counties[0], seats=6, seats_min=4, starts_at=tomorrow_at(12, days=0))
    make_task(area=tree.townships[0], title="送菜龘上门", called_at=NOW - timedelta(hours=5))
    Membership.objects.update(started_at=NOW - timedelta(days=30))
    crisis = make_crisis(tree.province)
    StageChange.objects.create(
        crisis=crisis, area=tree.counties[0], stage=1, effective_at=NOW, decided_at=NOW,
        decided_by=people.official, reason="第一例",
    )  # fmt: skip
    make_stop(tree.counties[0], by=people.official, stopped_at=NOW, reason="台风")
    refresh(at=NOW)
    (first, *_) = release_due(at=tomorrow_at(7, days=0))
    correct_release(release=first, by=people.above, at=NOW, reason="一个服务点的时长晚到")


def paper(people: People, tree: SmallTree, language: str) -> Paper:
    authority = Membership.objects.get(user=people.above).organization
    with override(language):
        return paper_of(situation(tree.cities[0], authority, clock.today(), NOW))


def words_of(found: Paper) -> list[str]:
    """Everything that a report says, piece by piece."""
    pieces = [found.title, found.lead, *(words for _, words in found.facts)]
    for section in found.sections:
        pieces += [section.title, section.intro, section.note, *section.lines]
        for item in section.items:
            pieces += [item.label, item.note, item.definition, *(number for number, _ in item.parts)]
        if section.table:
            pieces += [*section.table.headings, *(word for row in section.table.rows for word in row)]
    return [piece for piece in pieces if piece and piece != "–"]


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def without_spaces(text: str) -> str:
    return re.sub(r"[\s\u00a0]+", "", text)


@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh"), ("en", "en")])
def test_the_page_and_the_file_say_the_same(day_of_work, people, tree, language, tag):
    made = paper(people, tree, language)
    address = reverse("authority:report", args=[tree.cities[0].code]).replace("/en/", f"/{language}/")

    with override(language):
        pdf = pdf_of(made, made_at=NOW)
    # Both of the same moment: how long a call waits is said to the minute.
    with time_machine.travel(NOW, tick=False):
        html = unescape(signed_in(people.above).get(address).content.decode())

    on_paper, on_page = without_spaces(text_of(pdf)), without_spaces(re.sub("<[^>]*>", " ", html))
    for piece in words_of(made):
        assert without_spaces(piece) in on_page, piece
        assert without_spaces(piece).replace("龘", GETA) in on_paper, piece
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/Lang"] == tag
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


def test_it_says_what_happened_and_who_by_office(day_of_work, people, tree):
    made = paper(people, tree, "zh-hans")
    said = "\n".join(words_of(made))

    every = ["figures", "map", "worst", "kinds", "requests", "waiting", "stops", "decisions"]
    assert [section.key for section in made.sections] == every
    assert "还缺的人手" in said
    assert "人手按全天计算" in said
    assert made.links[1].address.endswith(f"/area/3301/?day={clock.today().isoformat()}")
    assert "桐庐县" in said
    assert "送菜龘上门" in said
    assert "第一阶段" in said
    assert "台风" in said
    assert "更正已公布的数字" in said
    office = Membership.objects.get(user=people.official).organization.name
    assert office in said
    for person in (people.official, people.above):
        assert not person.name or person.name not in said


def test_a_day_that_is_over_tells_its_seats_and_what_was_released(day_of_work, people, tree):
    authority = Membership.objects.get(user=people.above).organization
    shift = make_shift(area=tree.counties[0], seats=9, seats_min=7, starts_at=tomorrow_at(12, days=-1))
    refresh(at=NOW)
    release_due(at=tomorrow_at(7, days=0))

    found = situation(tree.cities[0], authority, clock.today() - timedelta(days=1), clock.now())
    figures = paper_of(found).sections[0].items

    assert not found.is_running
    assert [item.label for item in figures[:3]] == [
        str(DEFINITIONS[key].name) for key in (Key.SHORT, Key.FILL_RATE, Key.FAIRNESS)
    ]
    assert figures[0].parts[0][0] == str(shift.roles.get().seats_min)
    assert str(DEFINITIONS[Key.CALLS].name) in {item.label for item in figures[3:]}


def test_what_is_in_force_from_midnight_belongs_to_the_next_day(people, tree):
    authority = Membership.objects.get(user=people.above).organization
    begun, midnight = tomorrow_at(9, days=-1), tomorrow_at(0, days=0)
    crisis = make_crisis(tree.province, started_at=begun)
    for stage, mode, moment in ((1, "sponsor", begun), (2, "operator", midnight)):
        values = {
            "area": tree.cities[0],
            "decided_at": begun,
            "effective_at": moment,
            "decided_by": people.above,
        }
        StageChange.objects.create(crisis=crisis, stage=stage, reason="一", **values)
        ModeChange.objects.create(mode=mode, reason="一", **values)

    days = [clock.today() - timedelta(days=back) for back in (1, 0)]
    before, after = (situation(tree.cities[0], authority, day, clock.now()) for day in days)

    assert (before.stage.stage, before.stage.day_number(before.until), before.mode.mode) == (1, 1, "sponsor")
    assert (after.stage.stage, after.stage.day_number(after.until), after.mode.mode) == (2, 1, "operator")


def test_a_transfer_stays_in_the_report_of_its_day_when_it_is_over(people, tree):
    task = make_task(area=tree.townships[0])
    transfer = make_transfer(task, giver=tree.counties[2], status="ended", ended_at=clock.now())

    for area in (tree.counties[0], tree.counties[2]):
        (one,) = decisions_on(area, clock.today())

        assert (one.what, one.code) == (What.TRANSFER, "agreed")
        assert one.at == transfer.taker_agreed_at


def test_the_office_is_the_one_in_which_somebody_was_when_they_decided(people, tree):
    moved = Membership.objects.get(user=people.official)
    moment = moved.started_at + timedelta(seconds=2)
    make_stop(tree.counties[0], by=people.official, stopped_at=moment, reason="台风")
    Membership.objects.filter(pk=moved.pk).update(ended_at=moment + timedelta(seconds=1))
    later = make_official(tree.counties[1], user=people.official)
    Membership.objects.filter(user=later, ended_at=None).update(started_at=moment + timedelta(seconds=1))
    make_stop(tree.counties[1], by=later, stopped_at=moment + timedelta(seconds=3), reason="台风")

    first, second = decisions_on(tree.cities[0], clock.today())

    assert str(first.office) == moved.organization.display_name
    assert str(second.office) == Membership.objects.get(user=later, ended_at=None).organization.display_name


def test_a_day_of_many_decisions_stays_a_short_report(people, tree, monkeypatch):
    at = clock.now()
    monkeypatch.setattr(decisions, "TOLD", 8)
    for number in range(12):
        moment = at + number * timedelta(milliseconds=1)
        lifted = {"lifted_at": moment, "lifted_by": people.above}
        make_stop(tree.counties[0], by=people.official, stopped_at=moment, reason="台风", **lifted)
    decided = {"requested_at": at, "evidence": "", "decided_at": at, "decided_by": people.above}
    for verdict, count in (("approved", 9), ("declined", 2)):
        for number in range(count):
            group = make_organization(home_area=tree.counties[0], name=f"{verdict} {number}")
            Verification.objects.create(organization=group, decision=verdict, reason="So.", **decided)

    with override("en"):
        sections = {section.key: section for section in paper(people, tree, "en").sections}
    made, stops = sections["decisions"], sections["stops"]

    said = [row[1] for row in made.table.rows]
    assert made.lines == ("Organizations approved: 9", "4 more decisions of this day are not listed.")
    assert sum("lifted" in words for words in said) == 8
    assert sum("declined" in words for words in said) == 2
    assert stops.intro == "12 stops were in force."
    assert stops.lines[-1] == "Only the latest 8 are listed." and len(stops.lines) == 9


def test_decisions_come_in_one_statement_and_only_of_the_area(day_of_work, tree):
    with statements() as captured:
        here = decisions_on(tree.cities[0], clock.today())

    assert len(captured) == 1
    assert sorted(one.what for one in here) == [What.CORRECTION, What.STAGE, What.STOP]
    assert {one.what for one in decisions_on(tree.counties[2], clock.today())} == {What.CORRECTION}
    assert {one.what for one in decisions_on(tree.cities[0], clock.today() - timedelta(days=1))} == set()


@pytest.mark.parametrize("back", [0, 1])
def test_it_takes_few_statements(day_of_work, people, tree, back):
    client = signed_in(people.above)
    day = (clock.today() - timedelta(days=back)).isoformat()
    client.get(reverse("authority:report", args=[tree.cities[0].code]))

    with statements() as captured:
        client.get(reverse("authority:report", args=[tree.cities[0].code]), {"day": day})

    assert len(captured) <= 12


def test_a_day_without_a_report_is_said_to_be_one(people, tree):
    client = signed_in(people.above)
    for wrong in ("2026-02-30", "2999-01-01", "yesterday"):
        page = client.get(reverse("authority:report", args=[tree.cities[0].code]), {"day": wrong})
        file = client.get(reverse("authority:report_pdf", args=[tree.cities[0].code]), {"day": wrong})

        assert page.status_code == 200
        assert "There are reports of the last" in page.content.decode()
        assert file.status_code == 404


def test_the_file_has_its_name_and_is_nobody_elses(day_of_work, people, tree):
    address = reverse("authority:report_pdf", args=[tree.cities[0].code])

    file = signed_in(people.above).get(address)

    assert file["Content-Type"] == "application/pdf"
    assert f"manyhands-3301-{clock.today().isoformat()}-en.pdf" in file["Content-Disposition"]
    assert "no-store" in file["Cache-Control"]
    assert signed_in(people.elsewhere).get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_what_people_wrote_is_never_read_as_markup(people, tree):
    title = '#read("/etc/passwd") *x* $a$ <script> \\u{41}'
    make_task(area=tree.townships[0], title=title, called_at=NOW - timedelta(hours=5))

    pdf = pdf_of(paper(people, tree, "en"), made_at=NOW)

    assert without_spaces(title) in without_spaces(text_of(pdf))


def test_several_readers_ask_for_files_at_once(day_of_work, people, tree):
    made = paper(people, tree, "en")

    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(lambda _: pdf_of(made, made_at=NOW), range(12)))

    assert len(set(files)) == 1


def test_the_fonts_have_the_names_of_all_areas_and_stay_small(people, tree, settings):
    characters = set((FONTS / "characters.txt").read_text(encoding="utf-8"))
    names = (settings.BASE_DIR / "areas" / "data" / "zhejiang" / "areas.csv").read_text(encoding="utf-8")

    assert set(names) <= characters
    with override("zh-hans"):
        titles = {str(definition.name) for definition in DEFINITIONS.values()}
        titles |= {section.title for section in paper(people, tree, "zh-hans").sections}
    assert set("".join(titles)) <= set((FONTS / "bold.txt").read_text(encoding="utf-8"))
    assert sum(file.stat().st_size for file in FONTS.glob("*.otf")) <= 4 * 2**20
