"""What the domain says when it refuses."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """A refusal that a person can read.

    A subclass sets `code` (stable, kebab-case; the API's problem type) and `text` (a lazy translated sentence, with
    named places for `params`). `field` names the input that it is about, if one. `facts` are the values behind the
    sentence for programs, where the sentence has them in words of its own.
    """

    code = "refused"
    text: str | Promise = ""

    def __init__(self, *, field: str | None = None, **params: Any) -> None:
        self.field = field
        self.params = params
        self.facts: Mapping[str, Any] = params
        super().__init__(self.code)

    @property
    def message(self) -> str:
        """The sentence in the active language."""
        return str(self.text) % self.params if self.params else str(self.text)

    def __str__(self) -> str:
        return self.message
