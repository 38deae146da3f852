"""How often somebody may ask."""

import threading
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core import clock, rates

# Ten requests a second, for a minute on end: more than any person or desk needs, less than a flood.
LIMIT, SECONDS = 600, 60
# A process counts by itself so far before it tells the others, so that whoever asks now and then costs no statement.
TOLD_EACH = 20
KNOWN_MOST = 50_000


class _Counts:
    """Requests of each person or address in this process in the running minute, and who has asked too often in it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.minute = 0
        self.counts: dict[str, int] = {}
        self.stopped: set[str] = set()

    def add(self, who: str) -> int:
        """One more; how many there are now, or more than the limit for whoever is stopped."""
        minute = int(clock.machine_now().timestamp()) // SECONDS
        with self.lock:
            if minute != self.minute or len(self.counts) > KNOWN_MOST:
                self.minute, self.counts, self.stopped = minute, {}, set()
            count = self.counts[who] = self.counts.get(who, 0) + 1
            return LIMIT + 1 if who in self.stopped else count

    def stop(self, who: str) -> None:
        """No more in this minute."""
        with self.lock:
            self.stopped.add(who)

    def forget(self) -> None:
        """Begin anew."""
        with self.lock:
            self.counts, self.stopped = {}, set()


counts = _Counts()


class _Throttle(BaseThrottle):
    """Six hundred requests a minute, in all processes together, give or take twenty for each process."""

    def who(self, request: Request) -> str:
        """Whose requests are counted together; nobody's where it is empty."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        who = self.who(request)
        if not who:
            return True
        count = counts.add(who)
        if count > LIMIT:
            return False
        if count % TOLD_EACH or self._is_told(who):
            return True
        counts.stop(who)
        return False

    def _is_told(self, who: str) -> bool:
        """Tell the others of the last requests; True while there were not too many in all processes."""
        return rates.hit(f"api:{who}", limit=LIMIT, seconds=SECONDS, count=TOLD_EACH, by_machine=True)

    def wait(self) -> float:
        """Seconds to the end of the minute that is counted."""
        return SECONDS - clock.machine_now().timestamp() % SECONDS


class PersonThrottle(_Throttle):
    """By person, whichever token they send."""

    def who(self, request: Request) -> str:
        return str(request.user.pk) if request.user.is_authenticated else ""


class AddressThrottle(_Throttle):
    """By network address, where nobody says who they are."""

    def who(self, request: Request) -> str:
        return f"from {get_client_ip(request._request)}"
