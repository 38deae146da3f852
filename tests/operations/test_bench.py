"""What the benchmarks do with what they measure."""

from typing import Any

import pytest
from django.db import OperationalError

from operations.bench import client, ground, pages, pgbench, signup
from operations.bench.client import Answer, Times, together
from operations.bench.script import script_of
from operations.bench.tables import _csv
from tests.plugin.database import LiveDatabase

CAPTURED = [
    'SELECT "django_session"."session_key" FROM "django_session" WHERE "django_session"."session_key" = \'bench07\'',
    'SELECT "accounts_user"."id" FROM "accounts_user" WHERE "accounts_user"."id" = 7100001 LIMIT 21',
    "BEGIN",
    'INSERT INTO "tasks_assignment" ("code", "volunteer_id") VALUES (\'ABC\', 8200001) RETURNING "tasks_assignment"."id"',
    'INSERT INTO audit VALUES (7100001, 9300001, 17100001, \'{"seat": "ABC"}\'::jsonb)',
    "COMMIT",
]


def test_the_script_of_one_request_serves_every_other_volunteer() -> None:
    script = script_of(
        CAPTURED,
        known_by={"'bench07'": "('bench' || lpad((:n)::text, 27, '0'))"},
        user_id=7_100_001,
        volunteer_id=8_200_001,
        assignment_id=9_300_001,
        codes=["ABC"],
    )

    text = script.for_pgbench(first=100, span=50, user_id=7_100_000, volunteer_id=8_200_000)

    assert script.count == 4
    assert "7100001 LIMIT" not in text
    assert '"accounts_user"."id" = :user_id LIMIT 21;' in text
    assert ':volunteer_id) RETURNING "tasks_assignment"."id" \\gset' in text
    # A number that only begins or ends alike stays, and so does what a document says.
    assert 'VALUES (:user_id, :id, 17100001, \'{"seat": "ABC"}\'::jsonb)' in text
    assert "'bench07'" not in text
    assert "VALUES ('ABC'" not in text
    assert text.startswith("\\set k :k + 1\n\\set n 100 + :client_id * 50 + :k - 1\n")


def test_a_script_is_filled_for_clients_that_know_no_variables() -> None:
    script = script_of(
        CAPTURED,
        known_by={"'bench07'": "('bench' || lpad((:n)::text, 27, '0'))"},
        user_id=7_100_001,
        volunteer_id=8_200_001,
        assignment_id=9_300_001,
        codes=["ABC"],
    )

    filled = script.filled(4, {"n": 3, "user_id": 5, "volunteer_id": 6, "id": 9})

    assert filled == 'INSERT INTO audit VALUES (5, 9, 17100001, \'{"seat": "ABC"}\'::jsonb)'


def test_times_of_several_clients_are_put_together() -> None:
    def one(seconds: float, status: int) -> Times:
        times = Times(took=2.0)
        for _ in range(50):
            times.note(seconds, status)
        return times

    times = together([lambda: one(0.010, 200), lambda: one(0.200, 503)])

    assert (times.per_s, times.ms(0.25), times.ms(0.95)) == (50.0, 10.0, 200.0)
    assert (times.count(200, 299), times.count(500, 599)) == (50, 50)


def test_the_error_of_a_client_ends_the_measurement() -> None:
    def broken() -> Times:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        together([broken])


def test_an_answer_in_pieces_is_read_whole() -> None:
    assert client._joined(b"4\r\nmany\r\n5;x=1\r\nhands\r\n0\r\n\r\n") == b"manyhands"
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n"
    assert Answer(200, head, b"").header("set-cookie") == ["a=1", "b=2"]


def test_a_database_that_does_not_answer_holds_no_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> bool:
        raise OperationalError("no such socket")

    monkeypatch.setattr(pages.Crisis.objects, "exists", gone)
    monkeypatch.setattr(pages.connection, "close", lambda: None)

    assert not pages.is_loaded()


def test_one_line_in_a_hundred_of_the_table_is_bad() -> None:
    lines = _csv(200, "文新街道").decode().splitlines()

    assert len(lines) == 201
    assert [line for line in lines if ",1380," in line] == [lines[100], lines[200]]


@pytest.mark.parametrize(("door", "to_know"), [("token", 1), ("page", 2)])
def test_a_crowd_signs_up_and_no_seat_is_given_twice(
    live_db: LiveDatabase,
    template_database: str,
    monkeypatch: pytest.MonkeyPatch,
    door: str,
    to_know: int,
) -> None:
    make = ground._beside

    def quickly(url: str, statement: str) -> None:
        """The ground begins with the tables of this run's template, not with none."""
        make(url, statement + (f' TEMPLATE "{template_database}"' if statement.startswith("CREATE") else ""))

    monkeypatch.setattr(ground, "_beside", quickly)
    monkeypatch.setattr(pgbench, "TPCB_SCALE", 1)
    monkeypatch.setattr(pgbench, "TPCB_S", 1)
    monkeypatch.setattr(signup, "A_SECOND", 60)
    monkeypatch.setattr(signup, "RUSH", 24)
    monkeypatch.setattr(signup, "LAST_SEATS", 5)

    found: dict[str, Any] = signup.run(shifts=2, clients=4, seconds=1, door=door)

    assert found["accepted"] > 0
    assert (found["oversubscribed"], found["errors_5xx"], found["other_answers"]) == (0, 0, {})
    assert found["rush"] == {"seats": 5, "people": 24, "accepted": 5}
    assert (found["queries_to_know_who_asks"], found["queries_per_signup"]) == (to_know, 4)
    assert {"p50_ms", "p95_ms", "p99_ms", "accepted_per_s", "pgbench_tps", "ratio_to_pgbench"} <= found.keys()
