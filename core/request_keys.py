"""Requests that carry a key of their own: sent twice, at once or after a crash, they have one effect and one answer.

The answer is a row of the transaction of the act itself, so both are there or neither is. A second request runs until
the unique key stops it, is rolled back and gets the first one's answer; one that is refused looks for that answer
before it says no, since its twin may be the reason. What was refused is not kept: nothing happened, so asking again
with the same key asks anew.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import faults
from core.errors import DomainError
from core.models import RequestKey

KEY_MOST = 64
CONSTRAINT = "one_answer_a_key"


class KeyReused(DomainError):
    code = "idempotency-key-reused"
    text = _("This key was sent before with something else. A new request needs a new key")


class KeyMalformed(DomainError):
    code = "idempotency-key-malformed"
    text = _("A key has 1 to %(most)s visible ASCII characters, without blanks")


@dataclass(frozen=True)
class Answer:
    """What is answered, and again to the same request: an HTTP status, and what its body is made from."""

    status: int
    body: Any


@dataclass(frozen=True)
class Asked:
    """A request with a key, of one person; `fingerprint` is the SHA-256 of method, address and body."""

    actor_id: int
    key: str
    fingerprint: bytes
    at: datetime

    def row(self, answer: Answer) -> RequestKey:
        """What keeps the answer, for an act that writes it together with something else (`core.audit.record`)."""
        return RequestKey(
            actor_id=self.actor_id,
            key=self.key,
            body_hash=self.fingerprint,
            status=answer.status,
            answer=answer.body,
            at=self.at,
        )

    def keep(self, answer: Answer) -> None:
        """Write the answer, as the last statement of the act's transaction."""
        self.row(answer).save(force_insert=True)

    def earlier(self) -> Answer | None:
        """What the same request was answered; None where it was not. Raises KeyReused where it was another request."""
        found = RequestKey.objects.filter(actor_id=self.actor_id, key=self.key).first()
        if found is None:
            return None
        if bytes(found.body_hash) != self.fingerprint:
            raise KeyReused
        return Answer(found.status, found.answer)


def asked(*, actor_id: int, key: str, method: str, address: str, body: bytes, at: datetime) -> Asked:
    """A request by its parts; raises KeyMalformed."""
    if not 1 <= len(key) <= KEY_MOST or not key.isascii() or not key.isprintable() or " " in key:
        raise KeyMalformed(field="Idempotency-Key", most=KEY_MOST)
    digest = hashlib.sha256(f"{method} {address}\n".encode())
    digest.update(body)
    return Asked(actor_id, key, digest.digest(), at)


def once(request: Asked | None, act: Callable[[], Answer], *, keeps_itself: bool = False) -> Answer:
    """Do it, or answer as it was answered before. Without a request that carries a key it is simply done.

    `keeps_itself` says that the act is one transaction that writes `request.row(answer)` itself; otherwise a
    transaction is opened around it, and the answer written last. Raises what the act raises, and KeyReused.
    """
    if request is None:
        return act()
    try:
        answer = act() if keeps_itself else _done_and_kept(request, act)
    except IntegrityError as error:
        if not is_second(error):
            raise
        return _first(request, error)
    except DomainError:
        earlier = request.earlier()
        if earlier is None:
            raise
        return earlier
    faults.point("answer-kept")
    return answer


def _done_and_kept(request: Asked, act: Callable[[], Answer]) -> Answer:
    """Both in one transaction. A refused act takes back what it did; what was counted before, such as tries, stays."""
    refusal: DomainError | None = None
    with transaction.atomic():
        try:
            answer = act()
        except DomainError as error:
            refusal = error
        else:
            request.keep(answer)
    if refusal is not None:
        raise refusal
    return answer


def is_second(error: IntegrityError) -> bool:
    """Whether a write failed since a request with this key was answered before."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) == CONSTRAINT


def _first(request: Asked, error: IntegrityError) -> Answer:
    earlier = request.earlier()
    if earlier is None:
        # Purged in this very moment: the caller's next try finds a free key.
        raise error
    return earlier
