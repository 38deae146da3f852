"""Senders: one small class a channel. Each makes one attempt and states what came of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Result(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """What one attempt came to. `UNKNOWN` is tried again: the provider knows a repetition by the message's code."""

    result: Result
    reference: str = ""
    words: str = ""

    @classmethod
    def accepted(cls, reference: str) -> "Outcome":
        return cls(Result.ACCEPTED, reference=reference[:100])

    @classmethod
    def refused(cls, words: str) -> "Outcome":
        return cls(Result.REFUSED, words=words[:200])

    @classmethod
    def unknown(cls, words: str) -> "Outcome":
        return cls(Result.UNKNOWN, words=words[:200])


class Outgoing(Protocol):
    """A message ready for a provider."""

    @property
    def reference(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class Sender(Protocol):
    """Sends one message after another over one connection; used by one thread at a time."""

    def send(self, message: Outgoing) -> Outcome: ...
    def close(self) -> None: ...
