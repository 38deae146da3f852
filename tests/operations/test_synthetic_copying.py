"""Rows by COPY, tables without their keys for a while, and the mark of a synthetic database."""

import io

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from core import clock, deployment
from core.models import Deployment
from operations.synthetic import bare, codes
from operations.synthetic.copying import (
    Days,
    FieldMissing,
    Moments,
    copy,
    escape,
    fix_sequences,
    next_id,
)
from operations.synthetic.progress import Progress
from tasks.models import Assignment, ServiceRecord, Shift, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.tasks import make_assignment
from tests.factories.volunteers import make_volunteer
from volunteers.models import Volunteer

SEAT_TABLES = (Shift, ShiftRole, Assignment, ServiceRecord)


def definitions() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype <> 'n' "
            "UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes "
            "WHERE tablename = ANY(%(tables)s) ORDER BY 1, 2, 3",
            {"tables": [model._meta.db_table for model in SEAT_TABLES]},
        )
        return cursor.fetchall()


def users(count: int, **given) -> dict:
    return {
        "id": np.arange(count) + next_id(User),
        "code": codes.codes(count, 12, np.random.default_rng(1)),
        "name": "某人",
        "password": "!",
        "joined_at": Moments(np.full(count, 1_580_000_000)),
        **given,
    }


@pytest.mark.parametrize(
    "name", ["a\tb", "a\nb", "a\\b", r"\N", r"\.", "引号\"与'单引号", "a\r\nb", "😷 {a,b}"]
)
def test_words_arrive_as_they_were(db, name):
    copy(User, 2, users(2, name=[name, "乙"]))

    assert set(User.objects.values_list("name", flat=True)) == {name, "乙"}


def test_escaping_leaves_no_letter_that_copy_reads_as_something_else():
    assert escape("a\tb\nc\\d\re") == r"a\tb\nc\\d\re"


def test_moments_days_and_what_is_missing_arrive(db):
    user = make_user()
    copy(
        Volunteer,
        1,
        {
            "user_id": user.pk,
            "number": "12345678",
            "joined_at": Moments(np.array([1_580_000_000])),
            "on_duty_since": Moments(np.array([-1])),
            # Before 1970.
            "birth_on": Days(np.array([-3653])),
            "county_id": np.ma.masked_array([7], mask=[True]),
        },
    )

    volunteer = Volunteer.objects.get(user=user)
    assert volunteer.joined_at.isoformat() == "2020-01-26T00:53:20+00:00"
    assert (str(volunteer.birth_on), volunteer.on_duty_since, volunteer.county_id) == (
        "1960-01-01",
        None,
        None,
    )
    # Nobody named it: the model's default.
    assert volunteer.offers_a_day == 2


def test_a_field_that_needs_a_value_is_named(db):
    with pytest.raises(FieldMissing, match=r"Volunteer\.number"):
        copy(Volunteer, 1, {"user_id": 1, "joined_at": Moments(np.array([0]))})
    with pytest.raises(FieldMissing, match="nick_name"):
        copy(User, 1, users(1, nick_name="x"))


def test_after_a_copy_the_next_row_finds_its_id_free(db):
    copy(User, 3, users(3))
    fix_sequences((User,))

    make_user()

    assert User.objects.count() == 4


def test_codes_differ_even_where_few_are_possible():
    drawn = codes.codes(500, 2, np.random.default_rng(2))

    assert len(set(drawn.tolist())) == 500


def test_tables_get_everything_back_that_they_had(db):
    make_assignment()
    before = definitions()

    taken = bare.take_off(SEAT_TABLES)
    without = definitions()
    bare.put_back(taken)

    assert len(without) < len(before) - 40
    assert definitions() == before


def test_what_breaks_a_constraint_is_found_when_it_is_put_back(db):
    seat = make_assignment()
    taken = bare.take_off(SEAT_TABLES)
    Assignment.objects.create(
        role=seat.role, shift=seat.shift, volunteer=seat.volunteer, period=seat.period, created_at=clock.now()
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        bare.put_back(taken)


def test_a_row_that_points_nowhere_is_found_when_keys_are_put_back(db):
    taken = bare.take_off((Volunteer,))
    volunteer = make_volunteer()
    Volunteer.objects.filter(pk=volunteer.pk).update(user_id=10**9)

    with pytest.raises(IntegrityError, match="user_id"), transaction.atomic():
        bare.put_back(taken)


def test_a_terminal_sees_a_bar_and_a_log_a_line():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, sign in ((Terminal(), "[########################] 100% rows"), (io.StringIO(), "  … rows, ")):
        with Progress(OutputWrapper(stream)).step("rows", total=10) as tick:
            tick(10)
        assert sign in stream.getvalue()


def test_a_place_of_too_few_people_is_refused(db):
    with pytest.raises(CommandError, match="at least 500"):
        call_command("load_demo", volunteers=3)


def test_a_database_is_not_synthetic_until_it_is_marked(db):
    deployment.forget()
    assert not deployment.is_synthetic()

    deployment.mark_synthetic(at=clock.now())

    assert deployment.is_synthetic()


def test_a_process_asks_once(db, django_assert_num_queries):
    deployment.forget()
    with django_assert_num_queries(1):
        assert [deployment.is_synthetic() for _ in range(3)] == [False] * 3

    deployment.mark_synthetic(at=clock.now())
    with django_assert_num_queries(1):
        assert [deployment.is_synthetic() for _ in range(3)] == [True] * 3


def test_real_people_are_asked_about_again_after_a_while(db, monkeypatch):
    deployment.remember(False)
    Deployment.objects.create(pk=1, synthetic_since=clock.now())
    assert not deployment.is_synthetic()

    monkeypatch.setattr(deployment._Known, "until", 0.0)

    assert deployment.is_synthetic()


def test_without_a_database_the_frame_of_a_page_still_stands(db, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("away")

    deployment.forget()
    monkeypatch.setattr(QuerySet, "exists", refuse)

    assert deployment.is_synthetic() is False


def test_pages_about_real_people_do_not_say_that_they_are_invented(db, client):
    deployment.forget()

    assert 'class="synthetic"' not in client.get("/zh-hans/").content.decode()
