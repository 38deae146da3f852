"""What residents ask for is theirs, is forgotten with them, and is blanked in time."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from core import clock
from notifications.models import Message
from privacy.erasure import forget
from privacy.export import export
from privacy.retention import purge
from residents.actions.asking import ask_help, tell_whoever_asked
from residents.actions.telling import looked
from residents.models import HelpRequest, RequestEvent, RequestPoint
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member
from tests.factories.residents import make_help_kind, make_point, make_request
from tests.factories.tasks import make_assignment
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db
CANARIES = ("Canary Nightingale", "Canary Lane 7", "canary pills", "+8613811112222", "Canary flat 9")


def sing(**who: object) -> HelpRequest:
    """A request full of what must not stay."""
    area = small_tree().counties[0]
    make_member(make_authority(area), "owner")
    at = clock.now()
    made = ask_help(
        type=make_help_kind(),
        area=area,
        words="canary pills",
        channel="web",
        at=at,
        place="Canary Lane 7",
        address="Canary flat 9",
        name="Canary Nightingale",
        phone="13811112222",
        language="en",
        **who,  # type: ignore[arg-type]
    )
    tell_whoever_asked(request=made, at=at)
    return made


def where_canaries_sing(*leave_out: str) -> set[str]:
    """The tables in which something of the canary stands."""
    found = set()
    for model in apps.get_models():
        if model._meta.label in leave_out or not model._meta.managed:
            continue
        for row in model._default_manager.all():
            said = json.dumps(_values(row), cls=DjangoJSONEncoder, ensure_ascii=False, default=str)
            if any(canary in said for canary in CANARIES):
                found.add(model._meta.label)
    return found


def _values(row: Model) -> dict[str, object]:
    return {field.name: field.value_from_object(row) for field in row._meta.concrete_fields}


def test_a_canary_stands_in_the_request_and_in_the_message_to_itself_alone() -> None:
    sing()

    assert where_canaries_sing() == {"residents.HelpRequest", "notifications.Message"}
    assert {
        message.address for message in Message.objects.all() if "canary" in str(message.context).lower()
    } == set()


def test_after_thirty_days_only_kind_area_number_and_times_are_left_and_the_code_opens_nothing() -> None:
    made = sing()
    code, ended = made.code, clock.now()
    HelpRequest.objects.filter(pk=made.pk).update(status="confirmed", answered_at=ended, ended_at=ended)
    RequestEvent.objects.create(request=made, verb="words-added", at=ended, words="canary pills")

    assert purge(at=ended + timedelta(days=30))["requests"] == 0
    assert purge(at=ended + timedelta(days=30, seconds=1))["requests"] == 1
    assert purge(at=ended + timedelta(days=30, seconds=2))["requests"] == 0

    assert where_canaries_sing() == set()
    made.refresh_from_db()
    assert made.code != code and (made.people, made.status, made.ended_at) == (1, "confirmed", ended)


def test_one_laid_together_with_another_is_kept_as_long_as_that_one() -> None:
    main = sing()
    long_ago = clock.now() - timedelta(days=40)
    make_request(area=main.area, status="merged", merged_into=main, asked_at=long_ago, phone="+8613811112223")

    assert purge(at=clock.now())["requests"] == 0
    HelpRequest.objects.filter(pk=main.pk).update(status="withdrawn", ended_at=long_ago)
    assert purge(at=clock.now())["requests"] == 2


def test_erasure_takes_back_what_waits_and_leaves_no_trace_of_the_person() -> None:
    person = make_user(phone="+8613811112222", name="Canary Nightingale")
    made = sing(by=person)
    # The same telephone, without the account.
    other = make_request(area=made.area, phone="+8613811112222", name="Canary Nightingale", status="served")
    # The same need of somebody else was served with it; and one of the person's own went with somebody else's.
    same = make_request(area=made.area, status="merged", merged_into=other, type=other.type)
    own = make_request(area=made.area, status="merged", asked_by=person)

    forget(user=person, at=clock.now())

    assert where_canaries_sing() == set()
    for each in (made, other, same, own):
        each.refresh_from_db()
    assert (made.status, own.status, own.merged_into) == ("withdrawn", "withdrawn", None)
    assert (other.status, other.confirmed_at, other.phone) == ("confirmed", None, "")
    assert (same.status, same.merged_into) == ("merged", other)
    assert not Message.objects.filter(event__startswith="help:").exists()


def test_erasure_locks_requests_before_seats_as_planning_does() -> None:
    person = make_user(phone="+8613811112222")
    sing(by=person)
    make_assignment(volunteer=make_volunteer(user=person))

    with CaptureQueriesContext(connection) as asked:
        forget(user=person, at=clock.now())

    taken = [query["sql"] for query in asked]
    first_request = next(n for n, sql in enumerate(taken) if sql.startswith('UPDATE "residents_helprequest"'))
    first_seat = next(n for n, sql in enumerate(taken) if "tasks_shiftrole" in sql and "FOR NO KEY" in sql)
    assert first_request < first_seat


def test_the_export_holds_what_the_person_asked_and_nothing_of_others() -> None:
    person = make_user()
    made = sing(by=person)
    looked(
        request=made, by=make_user(name="Somebody Curious"), at=clock.now(), organization=made.organization
    )
    make_request(area=made.area, name="Another Resident")

    with zipfile.ZipFile(BytesIO(export(user=person, at=clock.now()))) as archive:
        everything = json.loads(archive.read("my-data.json"))

    (table,) = [t for t in everything["tables"] if t["table"] == "residents.helprequest.asked_by"]
    (row,) = table["rows"]
    assert (row["words"], row["address"], row["phone"]) == ("canary pills", "Canary flat 9", "+8613811112222")
    assert "Another Resident" not in str(everything) and "Somebody Curious" not in str(everything)


def test_codes_that_were_taken_down_go_after_a_year_unless_requests_came_by_them() -> None:
    ended = clock.now() - timedelta(days=366)
    used, unused, hangs = make_point(ended_at=ended), make_point(ended_at=ended), make_point()
    make_request(area=used.area, point=used)

    assert purge(at=clock.now())["request_points"] == 1

    assert set(RequestPoint.objects.all()) == {used, hangs}
    assert not RequestPoint.objects.filter(pk=unused.pk).exists()
