"""Statements that a connection plans once."""

import pytest
from django.db import connection, transaction
from django.db.utils import DataError

from core.prepared import Prepared

pytestmark = pytest.mark.django_db

ADD = Prepared("test_add", "SELECT %(a)s + %(b)s, '100 %%', %(a)s", {"a": "int", "b": "int"})


def planned() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name = 'test_add'")
        return [name for (name,) in cursor.fetchall()]


def test_it_is_planned_once_and_run_as_often_as_wanted(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        found = [ADD.one({"a": 1, "b": 2}), ADD.one({"a": 3, "b": 4})]

    assert found == [(3, "100 %", 1), (7, "100 %", 3)]
    assert planned() == ["test_add"]


def test_it_stays_planned_where_the_transaction_is_rolled_back() -> None:
    with pytest.raises(DataError), transaction.atomic():
        ADD.one({"a": 2**31 - 1, "b": 1})

    assert ADD.one({"a": 1, "b": 1}) == (2, "100 %", 1)


def test_where_connections_do_not_last_it_is_sent_whole(settings) -> None:
    settings.PREPARE_STATEMENTS = False
    statement = Prepared("test_whole", "SELECT %(a)s", {"a": "int"})

    assert statement.one({"a": 5}) == (5,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = 'test_whole'")
        assert cursor.fetchone() == (0,)
