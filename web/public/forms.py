"""What a reader narrows the list of needs to."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from tasks.queries.needs import NeedsWanted
from volunteers.models import Cause
from web.forms import BaseForm
from web.public.places import Places

DAYS = (
    ("", _("Any day")),
    ("today", _("Today")),
    ("tomorrow", _("Tomorrow")),
    ("weekend", _("This weekend")),
    ("week", _("The next seven days")),
)


class AreaForm(BaseForm):
    """Where to look."""

    area = forms.ChoiceField(label=_("Where"), required=False)

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        self.fields["area"].choices = places.choices()  # type: ignore[attr-defined]


class NeedsForm(AreaForm):
    """The filters of the list."""

    day = forms.ChoiceField(label=_("When"), choices=DAYS, required=False)
    cause = forms.ChoiceField(label=_("Kind of work"), required=False)
    q = forms.CharField(label=_("Words"), required=False, max_length=60)
    home = forms.BooleanField(label=_("From home"), required=False)
    free = forms.BooleanField(label=_("With free seats"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        causes = [(cause.code, cause.name) for cause in Cause.objects.order_by("position", "pk")]
        self.fields["cause"].choices = [("", _("Any kind")), *causes]  # type: ignore[attr-defined]

    def wanted(self, at: datetime) -> NeedsWanted:
        """What the valid fields say; a wrong one narrows nothing."""
        self.is_valid()
        values = self.cleaned_data
        starts_from, starts_before = span(values.get("day", ""), at)
        return NeedsWanted(
            area=self.places.find(values.get("area", "")),
            starts_from=starts_from,
            starts_before=starts_before,
            cause=values.get("cause", ""),
            from_home=bool(values.get("home")),
            only_free=bool(values.get("free")),
            words=values.get("q", ""),
        )


def span(day: str, at: datetime) -> tuple[datetime | None, datetime | None]:
    """The days that a choice means, as from and before."""
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    saturday = midnight + timedelta(days=(5 - midnight.weekday()) % 7 if midnight.weekday() != 6 else -1)
    spans = {
        "today": (None, midnight + timedelta(days=1)),
        "tomorrow": (midnight + timedelta(days=1), midnight + timedelta(days=2)),
        "weekend": (saturday, saturday + timedelta(days=2)),
        "week": (None, midnight + timedelta(days=7)),
    }
    return spans.get(day, (None, None))
