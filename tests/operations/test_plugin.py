"""The fixtures that other tests stand on."""

from concurrent.futures import ThreadPoolExecutor

from django.core.cache import cache
from django.db import connection, connections

from tests.plugin.database import LiveDatabase
from tests.plugin.servers import numbered


def test_a_live_database_is_another_one_than_the_shared_test_database(live_db: LiveDatabase):
    assert connection.settings_dict["NAME"] == live_db.name


def test_what_a_thread_commits_to_a_live_database_is_seen_by_the_test(live_db: LiveDatabase):
    def write() -> None:
        cache.set("from-a-thread", 1)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write).result()

    assert cache.get("from-a-thread") == 1


def test_a_live_database_begins_without_what_the_last_one_held(live_db: LiveDatabase):
    assert cache.get("from-a-thread") is None


def test_the_broker_number_is_set_in_both_forms_of_address():
    assert numbered("redis://localhost:6379/0", 2) == "redis://localhost:6379/2"
    assert numbered("redis+socket:///a/b.sock?virtual_host=0", 2) == "redis+socket:///a/b.sock?virtual_host=2"
