"""What every page of a volunteer has around it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from web.access import VolunteerRequest
from web.context import NavItem, TabItem, link
from web.device.keeping import may_keep


def frame(request: VolunteerRequest, current: str) -> dict[str, Any]:
    """The context that the base template reads; no query."""
    pages = (
        ("today", "home", gettext("Today"), reverse("volunteer:today")),
        ("find", "search", gettext("Find work"), reverse("volunteer:find")),
        ("hours", "time", gettext("Hours"), reverse("volunteer:hours")),
        ("mine", "people", gettext("Mine"), link("account:me")),
    )
    return {
        "nav": [NavItem(label, url, current=key == current) for key, _, label, url in pages],
        "tabs": [TabItem(icon, label, url, current=key == current) for key, icon, label, url in pages],
        "worker_url": reverse("worker") if may_keep(request) else "",
        "volunteer": request.volunteer,
        "acting_for": request.volunteer.user.name if request.acts_for_other else "",
    }
