"""What residents do: ask for help, some of them twice, and say whether it came."""

from operations.drill.drama import Drama


class Residents:
    def begin(self, drama: Drama) -> None:
        """Plan the first happenings."""
