"""Many volunteers at once: signed in by sessions written into the database, each with a thread and a connection."""

import http.client
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.crypto import get_random_string

from accounts.models import Consent, User
from core import clock
from volunteers.models import Volunteer

Item = TypeVar("Item")
TOKEN = "t" * 32


@dataclass
class Client:
    """One person's browser, as far as a sign-up needs one."""

    volunteer: Volunteer
    session_key: str
    link: http.client.HTTPConnection | None = field(default=None, repr=False)

    def post(self, url: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Send a form; return the status and where it leads."""
        if self.link is None:
            self.link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **(data or {})})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
        }
        self.link.request("POST", path, body, headers)
        answer = self.link.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location", "")

    def sign_up(self, url: str, shift_code: str) -> tuple[int, str]:
        return self.post(url, f"/zh-hans/me/needs/{shift_code}/sign-up/", {"part": "1"})

    def step_back(self, url: str, seat_code: str) -> tuple[int, str]:
        return self.post(url, f"/zh-hans/me/seats/{seat_code}/step-back/")

    def close(self) -> None:
        if self.link is not None:
            self.link.close()


def make_crowd(number: int) -> list[Client]:
    """So many volunteers who are signed in, in four statements."""
    at = clock.now()
    users = User.objects.bulk_create(
        User(name=f"Person {i}", phone=f"+861391{i:07d}", password="!none", joined_at=at)
        for i in range(number)
    )
    Consent.objects.bulk_create(
        Consent(user=user, purpose="terms", version="1", decision="granted", at=at) for user in users
    )
    volunteers = Volunteer.objects.bulk_create(
        Volunteer(user=user, joined_at=at, max_hours_week=80) for user in users
    )
    sessions = Session.objects.bulk_create(_session(user) for user in users)
    return [
        Client(volunteer, session.session_key)
        for volunteer, session in zip(volunteers, sessions, strict=True)
    ]


def _session(user: User) -> Session:
    values = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        "second_factor": "not-needed",
    }
    return Session(
        session_key=get_random_string(32),
        session_data=SessionStore().encode(values),
        expire_date=clock.now() + timedelta(days=1),
    )


def at_once(items: Iterable[Item], act: Callable[[Item], None], *, threads: int = 24) -> None:
    """Do it with every item, by so many threads that begin together; raises what any of them raised."""
    waiting: SimpleQueue[Item] = SimpleQueue()
    for item in items:
        waiting.put(item)
    together = threading.Barrier(threads)
    errors: list[BaseException] = []

    def work() -> None:
        together.wait()
        try:
            while True:
                act(waiting.get_nowait())
        except Empty:
            return
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]


def close_all(clients: Sequence[Client]) -> None:
    for client in clients:
        client.close()
