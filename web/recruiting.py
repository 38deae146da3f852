"""Whether a place has more hands than work, in words."""

from typing import Any

from tasks.models import Recruiting


def recruiting_view(counted: Recruiting | None) -> dict[str, Any] | None:
    """The values of `partials/recruiting.html`; nothing where a place needs its people."""
    if counted is None or counted.paused_since is None:
        return None
    return {"place": counted.area.name, "hands": counted.hands, "seats": counted.seats_open}
