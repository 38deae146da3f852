"""Who is let in, and what the others are told."""

import threading
from typing import Any

import pytest
from django.test import RequestFactory

from web.front import words_for_a_crowd
from web.front.crowd import WATCHES, Crowd
from web.front.wsgi import Begun

WORDS = {"zh-hans": "<p>人太多</p>".encode(), "en": b"<p>So many</p>"}


class House:
    """An application in which everybody stays until the door opens."""

    def __init__(self) -> None:
        self.inside = 0
        self.most_inside = 0
        self.entered = threading.Semaphore(0)
        self.door = threading.Event()
        self.lock = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        with self.lock:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        self.entered.release()
        if environ["PATH_INFO"] != "/healthz":
            assert self.door.wait(10)
        with self.lock:
            self.inside -= 1
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"served ", b"in a room"]


def ask(application: Any, path: str = "/en/needs/") -> tuple[str, dict[str, str], bytes]:
    begun = Begun()
    body = b"".join(application(RequestFactory().get(path).environ, begun))
    return begun.status, dict(begun.headers), body


def crowded(house: House, *, rooms: int, waiting: int) -> tuple[Crowd, list[threading.Thread], list[Any]]:
    """The crowd with every room and every place of those who wait taken; their threads, and what they get."""
    crowd = Crowd(house, rooms=rooms, waiting=waiting, words=WORDS)
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(crowd)), daemon=True)
        for _ in range(rooms + waiting)
    ]
    for thread in threads:
        thread.start()
    for _ in range(rooms):
        assert house.entered.acquire(timeout=10)
    while crowd._inside < rooms + waiting:
        threading.Event().wait(0.001)
    return crowd, threads, answers


def test_only_as_many_as_there_are_rooms_are_served_at_once_and_who_waits_is_served_next() -> None:
    house = House()
    _, threads, answers = crowded(house, rooms=2, waiting=3)

    house.door.set()
    for thread in threads:
        thread.join(10)

    assert house.most_inside == 2
    assert [answer[0] for answer in answers] == ["200 OK"] * 5
    assert answers[0][2] == b"served in a room"


@pytest.mark.parametrize(("path", "words"), [("/en/needs/", WORDS["en"]), ("/zh-hans/", WORDS["zh-hans"])])
def test_whoever_comes_on_top_is_told_at_once_and_in_their_language(path: str, words: bytes) -> None:
    house = House()
    crowd, threads, _ = crowded(house, rooms=1, waiting=1)

    status, headers, body = ask(crowd, path)
    house.door.set()
    for thread in threads:
        thread.join(10)

    assert status.startswith("503 ")
    assert 1 <= int(headers["Retry-After"]) <= 10
    assert headers["Cache-Control"] == "no-store"
    assert body == words


def test_a_program_is_told_as_a_problem() -> None:
    house = House()
    crowd, threads, _ = crowded(house, rooms=1, waiting=0)

    status, headers, body = ask(crowd, "/api/v1/shifts/")
    house.door.set()
    threads[0].join(10)

    assert status.startswith("503 ")
    assert headers["Content-Type"] == "application/problem+json"
    assert b"/problems/busy" in body


def test_the_process_says_that_it_lives_also_in_a_crowd() -> None:
    house = House()
    crowd, threads, _ = crowded(house, rooms=1, waiting=1)

    status, _, _ = ask(crowd, "/healthz")
    house.door.set()
    for thread in threads:
        thread.join(10)

    assert status == "200 OK"


def test_whether_it_can_work_is_never_turned_away() -> None:
    house = House()
    crowd, threads, _ = crowded(house, rooms=1, waiting=1)
    answers: list[Any] = []
    probe = threading.Thread(target=lambda: answers.append(ask(crowd, "/readyz")), daemon=True)

    probe.start()
    house.door.set()
    for thread in [*threads, probe]:
        thread.join(10)

    assert answers[0][0] == "200 OK"


def test_a_flood_of_questions_whether_it_works_is_turned_away() -> None:
    house = House()
    crowd, threads, _ = crowded(house, rooms=1, waiting=1)
    probes = [threading.Thread(target=lambda: ask(crowd, "/readyz"), daemon=True) for _ in range(WATCHES)]
    for probe in probes:
        probe.start()
    while crowd._inside < 2 + WATCHES:
        threading.Event().wait(0.001)

    status, _, _ = ask(crowd, "/readyz")
    house.door.set()
    for thread in [*threads, *probes]:
        thread.join(10)

    assert status.startswith("503")


def test_after_an_error_the_place_is_free_again() -> None:
    def broken(environ: Any, start_response: Any) -> list[bytes]:
        raise ValueError("broken")

    crowd = Crowd(broken, rooms=1, waiting=0, words=WORDS)

    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            ask(crowd)


def test_the_words_are_there_in_both_languages() -> None:
    words = words_for_a_crowd()

    assert "一下子来了" in words["zh-hans"].decode()
    assert "So many people at once" in words["en"].decode()
