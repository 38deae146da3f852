"""How people are asked: the ways that a drill can compare."""

from core.doorbell import Job
from operations.drill.drama import Drama, Policy
from tasks.models import Task


class Certified:
    """The product's own matching: a certified plan, asked in rationed waves."""

    name = "certified"
    filling = Task.Filling.OFFER
    without: frozenset[Job] = frozenset()

    def begin(self, drama: Drama) -> None:
        """Nothing: the product's jobs do it."""


POLICIES: dict[str, type[Policy]] = {"certified": Certified}
