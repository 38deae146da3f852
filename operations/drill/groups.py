"""What groups do: take calls on, post shifts, run them, confirm hours, look at requests."""

from operations.drill.drama import Drama


class Groups:
    def begin(self, drama: Drama) -> None:
        """Plan the first happenings."""
