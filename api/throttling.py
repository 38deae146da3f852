"""How often somebody may ask."""

import threading
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core import clock, rates

# Ten requests a second, for a minute on end: more than any person or desk needs, less than a flood.
LIMIT, SECONDS = 600, 60
# A process counts by itself so far before it tells the others, so that whoever asks now and then costs no statement.
TOLD_EACH = 20
KNOWN_MOST = 50_000


class _Counts:
    """Requests of each person in this process in the running minute, and who has asked too often in it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.minute = 0
        self.counts: dict[int, int] = {}
        self.stopped: set[int] = set()

    def add(self, user_id: int) -> int:
        """One more; how many there are now, or more than the limit for whoever is stopped."""
        minute = int(clock.now().timestamp()) // SECONDS
        with self.lock:
            if minute != self.minute or len(self.counts) > KNOWN_MOST:
                self.minute, self.counts, self.stopped = minute, {}, set()
            count = self.counts[user_id] = self.counts.get(user_id, 0) + 1
            return LIMIT + 1 if user_id in self.stopped else count

    def stop(self, user_id: int) -> None:
        """No more in this minute."""
        with self.lock:
            self.stopped.add(user_id)

    def forget(self) -> None:
        """Begin anew."""
        with self.lock:
            self.counts, self.stopped = {}, set()


counts = _Counts()


class PersonThrottle(BaseThrottle):
    """Six hundred requests a minute and person, in all processes together, give or take twenty for each process."""

    def allow_request(self, request: Request, view: Any) -> bool:
        user = request.user
        if not user.is_authenticated:
            return True
        count = counts.add(user.pk)
        if count > LIMIT:
            return False
        if count % TOLD_EACH or rates.hit(f"api:{user.pk}", limit=LIMIT, seconds=SECONDS, count=TOLD_EACH):
            return True
        counts.stop(user.pk)
        return False

    def wait(self) -> float:
        """Seconds to the end of the minute that is counted."""
        return SECONDS - clock.now().timestamp() % SECONDS
