"""What a person fetches is all that is held of them, and nothing of anybody else."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import access_log, clock
from core.models import AccessRecord, AuditRecord
from notifications.actions import queue_messages
from notifications.notices import Notice
from privacy import ties as ties_module
from privacy.export import A_DAY, KEPT_SECRET, TooManyExports, export
from privacy.registry import declaration_of
from privacy.ties import columns_of, ties, untied
from tasks.models import Incident
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.handovers import make_handover
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import give_totp, sign_in
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at
from tests.factories.volunteers import make_capability, make_cause, make_volunteer
from volunteers.actions import grant_proxy, update_profile
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
NAME, PHONE = "金丝雀阿桂", "+8613812345678"
OTHER, OTHER_PHONE = "旁人老周", "+8613887654321"


@pytest.fixture
def canary() -> Volunteer:
    """Somebody with a row in many tables, beside somebody else in the same shift."""
    tree = small_tree()
    now = clock.now()
    volunteer = make_volunteer(user=make_user(name=NAME, phone=PHONE), area=tree.townships[0], sex="female")
    other = make_volunteer(user=make_user(name=OTHER, phone=OTHER_PHONE))
    update_profile(
        volunteer=volunteer,
        changes={"capabilities": [make_capability()], "causes": [make_cause()]},
        by=volunteer.user,
        at=now,
    )
    grant_proxy(volunteer=volunteer, number=other.number, consent="当面同意", by=volunteer.user, at=now)
    shift = make_shift(starts_at=tomorrow_at(9), contact_name=OTHER, contact_phone=OTHER_PHONE)
    make_assignment(shift, volunteer)
    make_assignment(shift, other)
    organizer = make_member(make_organization(), "owner")
    access_log.record(
        person_ids=[volunteer.user_id],
        by=organizer,
        label="互助会",
        at=now,
        purpose=AccessRecord.Purpose.CHANGE,
        what=AccessRecord.What.TELEPHONE,
    )
    Incident.objects.create(
        shift=shift, kind="other", text="我看见路灯坏了", reported_at=now, reported_by=volunteer.user
    )
    queue_messages(
        notices=[
            Notice(
                kind="account_security",
                event="about-them",
                recipient=volunteer.user,
                context={"change": "=HYPERLINK(1)"},
            )
        ],
        at=now,
    )
    give_totp(volunteer.user)
    return volunteer


def opened(volunteer: Volunteer) -> tuple[dict[str, Any], dict[str, str]]:
    """The tables by name, and the files of the archive by name."""
    with zipfile.ZipFile(io.BytesIO(export(user=volunteer.user, at=clock.now()))) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    return {table["table"]: table for table in json.loads(files["my-data.json"])["tables"]}, files


def test_every_table_that_holds_something_of_persons_can_be_fetched():
    assert untied() == []


def test_a_table_without_a_tie_is_found(monkeypatch):
    monkeypatch.setattr(ties_module, "CONTACTS", frozenset())
    monkeypatch.setattr(ties_module, "_PATHS", {})
    assert untied()


def test_of_what_is_about_the_person_no_personal_column_is_missing():
    for tie in ties():
        if tie.is_subject:
            shown = {field.name for field in columns_of(tie)}
            assert set(declaration_of(tie.model).personal) <= shown


def test_the_archive_holds_what_the_tables_hold(canary: Volunteer):
    tables, files = opened(canary)

    assert tables["accounts.user.id"]["rows"][0]["phone"] == PHONE
    profile = tables["volunteers.volunteer.user"]["rows"][0]
    assert (profile["number"], profile["sex"], len(profile["causes"])) == (canary.number, "female", 1)
    for name in (
        "tasks.assignment.volunteer",
        "volunteers.volunteercapability.volunteer",
        "volunteers.proxy.volunteer",
        "accounts.consent.user",
        "notifications.message.recipient",
        "core.accessrecord.person_id",
        "core.auditrecord.actor_id",
    ):
        assert tables[name]["rows"], name
        assert f"{name}.csv" in files
    assert tables["tasks.incident.reported_by"]["rows"][0]["text"] == "我看见路灯坏了"


def test_what_cannot_be_told_apart_is_said_to_exist(canary: Volunteer):
    _, files = opened(canary)

    read_me = next(text for name, text in files.items() if name.endswith(".txt"))
    assert "kept 14 days at most" in read_me or "最多保留 14 天" in read_me
    assert not any("matchinput" in name for name in files)


def test_nothing_of_anybody_else_is_in_it(canary: Volunteer):
    _, files = opened(canary)
    whole = "\n".join(files.values())

    assert NAME in whole
    assert OTHER not in whole
    assert OTHER_PHONE not in whole


def test_the_code_of_somebody_elses_seat_is_not_given_out():
    shift = make_shift(starts_at=tomorrow_at(9))
    kept = make_assignment(shift, seats=2)
    came = make_assignment(shift, came_with=kept, override_reason="For her mother", overridden_by=make_user())
    make_handover(kept, kind="swap", in_return=came, taker=came.volunteer, status="agreed")

    for mine, other in ((kept, came), (came, kept)):
        tables, files = opened(mine.volunteer)
        assert tables["tasks.assignment.volunteer"]["rows"][0]["code"] == mine.code
        assert other.code not in "\n".join(files.values())
    assert "For her mother" not in "\n".join(opened(kept.volunteer)[1].values())


def test_keys_to_the_account_are_named_and_not_shown(canary: Volunteer):
    tables, files = opened(canary)

    assert tables["accounts.user.id"]["rows"][0]["password"] == KEPT_SECRET
    assert tables["mfa.authenticator.user"]["rows"][0]["data"] == KEPT_SECRET
    assert canary.user.password not in "\n".join(files.values())


def test_no_cell_is_a_formula(canary: Volunteer):
    _, files = opened(canary)
    for name, text in files.items():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(text)):
                assert not any(cell.startswith(("=", "+", "@")) for cell in row), name


def test_fetching_is_written_down_and_has_a_limit(canary: Volunteer):
    for _ in range(A_DAY):
        export(user=canary.user, at=clock.now())
    with pytest.raises(TooManyExports):
        export(user=canary.user, at=clock.now())
    assert AuditRecord.objects.filter(verb="data.exported", actor_id=canary.user_id).count() == A_DAY


def test_the_page_hands_out_the_archive_of_whoever_asks(client: Client):
    volunteer = make_volunteer()
    sign_in(client, volunteer.user)

    page = client.get(reverse("account:export"))
    answer = client.post(reverse("account:export"))

    assert page.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"].startswith("max-age=0")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert volunteer.user.code in archive.read("my-data.json").decode()


def test_the_page_says_when_it_was_fetched_too_often(client: Client):
    volunteer = make_volunteer()
    sign_in(client, volunteer.user)
    for _ in range(A_DAY):
        export(user=volunteer.user, at=clock.now())

    answer = client.post(reverse("account:export"), follow=True)

    assert answer.redirect_chain
    assert str(A_DAY) in answer.content.decode()
