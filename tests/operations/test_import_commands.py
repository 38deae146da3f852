"""The commands that bring tables in and take them out."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from core.models import AccessRecord
from notifications.models import Message
from sheets.actions.measuring import measure_import
from sheets.models import Sheet
from tests.factories.organizations import make_member, make_organization
from tests.factories.sheets import make_affiliation
from volunteers.models import VolunteerInvitation

pytestmark = pytest.mark.django_db

LIST = "称谓,手机\n张三,13800000044\n李四,1380\n"


@pytest.fixture
def organization():
    organization = make_organization()
    make_member(organization, "owner")
    return organization


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="gb18030")
    return path


def run(name, *args, **options):
    out = io.StringIO()
    call_command(name, *map(str, args), stdout=out, **options)
    return out.getvalue()


def people(path, organization, *args):
    return run("import_people", path, "--organization", organization.code, "--mapping", "name=称谓", *args)


def test_good_lines_are_taken_over_and_bad_ones_reported(path, organization, tmp_path):
    report = tmp_path / "bad.csv"

    said = people(path, organization, "--language", "en", "--report", report)

    assert "3\tMobile\tThe number is 7 digits short; it has 11" in said
    assert "2 lines: 1 good, 1 bad." in said
    assert "1 taken over" in said
    assert VolunteerInvitation.objects.count() == 1
    assert report.read_text(encoding="utf-8-sig").splitlines()[1].startswith("3,Mobile,")


@pytest.mark.parametrize("mapping", ['{"name": "称谓"}', "name=A", "name=1"])
def test_a_mapping_is_said_in_several_ways(path, organization, mapping):
    said = run(
        "import_people",
        path,
        "--organization",
        organization.code,
        "--mapping",
        mapping,
        "--dry-run",
        "--encoding",
        "gbk",
    )

    assert "1 good, 1 bad" in said
    assert not Sheet.objects.exists()
    assert not VolunteerInvitation.objects.exists()


def test_all_or_nothing_saves_nothing(path, organization):
    with pytest.raises(CommandError):
        people(path, organization, "--all-or-nothing")

    assert not VolunteerInvitation.objects.exists()
    assert Sheet.objects.get().status == "dropped"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--mapping", "name"], "mapping"),
        (["--mapping", "{"], "JSON"),
        (["--mapping", "name=nowhere"], "nowhere"),
        (["--by", "nobody@example.org"], "nobody@example.org"),
        (["--encoding", "utf-8"], "utf-8"),
    ],
)
def test_a_wrong_word_on_the_line_is_named(path, organization, args, words):
    with pytest.raises(CommandError, match=words):
        run("import_people", path, "--organization", organization.code, *args)


def test_what_is_not_there_is_named(tmp_path, organization, path):
    with pytest.raises(CommandError, match="NOWHERE"):
        run("import_people", path, "--organization", "NOWHERE")
    with pytest.raises(CommandError, match=r"none\.csv"):
        run("import_people", tmp_path / "none.csv", "--organization", organization.code)


def test_an_export_writes_the_file_and_keeps_no_copy(tmp_path, organization):
    affiliation = make_affiliation(organization)
    path = tmp_path / "people.csv"

    run("export_people", path, "--organization", organization.code, "--purpose", "report", "--language", "en")

    assert affiliation.volunteer.number in path.read_text(encoding="utf-8-sig")
    assert Sheet.objects.get().content is None
    assert AccessRecord.objects.get(person_id=affiliation.volunteer.user_id).own_words == "report"


def test_measuring_leaves_nothing_behind(organization):
    measured = measure_import(
        rows=300,
        organization=organization,
        by=organization.memberships.get().user,
        at=organization.created_at,
    )

    assert (measured.rows, measured.good, measured.bad) == (300, 297, 3)
    assert measured.rows_per_s > 0
    assert measured.copy_rows_per_s > 0
    assert not VolunteerInvitation.objects.exists()
    assert not Message.objects.exists()
