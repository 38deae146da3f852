"""What officials do: the crisis, its stages, calls for help."""

from operations.drill.drama import Drama


class Officials:
    def begin(self, drama: Drama) -> None:
        """Plan the first happenings."""
