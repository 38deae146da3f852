"""Rows of several tables by one statement."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from core.models import AuditRecord, RequestKey
from core.together import IdOf, insert

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def key(name: str) -> RequestKey:
    return RequestKey(actor_id=7, key=name, body_hash=b"\x00\xff", status=201, answer={"code": "名"}, at=AT)


def record(subject: object) -> AuditRecord:
    return AuditRecord(
        at=AT, verb="seat.taken", subject_type="core.requestkey", subject_id=subject, data={"n": [1]}
    )


def test_all_are_written_by_one_statement_and_know_the_first_ones_id(django_assert_num_queries) -> None:
    first = key("a")

    with django_assert_num_queries(1):
        insert(first, record(IdOf(first)), record(4), key("b"))

    assert RequestKey.objects.get(pk=first.pk).answer == {"code": "名"}
    assert bytes(RequestKey.objects.get(key="b").body_hash) == b"\x00\xff"
    assert set(AuditRecord.objects.values_list("subject_id", flat=True)) == {first.pk, 4}
    assert AuditRecord.objects.get(subject_id=4).data == {"n": [1]}


def test_what_may_stand_once_is_left_out_where_it_stands() -> None:
    insert(key("a"))
    first = key("b")

    insert(first, once=[key("a"), key("c")])

    assert set(RequestKey.objects.values_list("key", flat=True)) == {"a", "b", "c"}


@pytest.mark.parametrize("second", ["first", "other"])
def test_where_one_is_refused_nothing_is_written(second: str) -> None:
    insert(key("a"))
    rows = [key("a"), record(1)] if second == "first" else [record(1), key("a")]

    with pytest.raises(IntegrityError, match="one_answer_a_key"), transaction.atomic():
        insert(*rows)

    assert not AuditRecord.objects.exists()
