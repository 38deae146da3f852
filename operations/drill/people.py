"""What volunteers do: join, sign up, answer offers, come or stay away, tire."""

from operations.drill.drama import Drama


class People:
    def begin(self, drama: Drama) -> None:
        """Plan the first happenings."""
