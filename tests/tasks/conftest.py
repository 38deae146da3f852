"""What tests of seats and shifts share."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

TRANSACTION_WORDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def statements(db: None) -> Statements:
    """`with statements() as seen:` collects the statements, without those that only begin and end transactions."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []
        with CaptureQueriesContext(connection) as captured:
            yield seen
        seen += [
            query["sql"]
            for query in captured.captured_queries
            if not query["sql"].startswith(TRANSACTION_WORDS)
        ]

    return collect
