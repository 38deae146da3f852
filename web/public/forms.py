"""What a reader narrows the list of needs to."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tasks.queries.needs import NeedsWanted
from tasks.queries.times import PartOfDay, TimesWanted
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


AROUND = (
    ("", _("In the area chosen")),
    ("10", _("10 km around its centre")),
    ("20", _("20 km around its centre")),
    ("50", _("50 km around its centre")),
)
FIRST_YEAR, LAST_YEAR = 2000, 2100
PARTS = (
    ("", _("Any hour")),
    (PartOfDay.MORNING, _("Morning, 5 to 12")),
    (PartOfDay.AFTERNOON, _("Afternoon, 12 to 18")),
    (PartOfDay.EVENING, _("Evening, 18 to 24")),
    (PartOfDay.NIGHT, _("Night, 0 to 5")),
)


class TimesForm(BaseForm):
    """When work is to begin."""

    day = forms.ChoiceField(label=_("When"), choices=DAYS, required=False)
    since = forms.DateField(label=pgettext_lazy("day", "From"), required=False)
    until = forms.DateField(label=pgettext_lazy("day", "Until"), required=False)
    weekday = forms.ChoiceField(label=_("Day of the week"), required=False)
    part = forms.ChoiceField(label=_("Part of the day"), choices=PARTS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(str(number + 1), name) for number, name in WEEKDAYS.items()]
        self.fields["weekday"].choices = [("", _("Any day of the week")), *days]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        for name in ("since", "until"):
            day = self.cleaned_data.get(name)
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, gettext("This day lies too far away"))
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("The last day must not lie before the first"))
        return self.cleaned_data

    def times(self, at: datetime) -> TimesWanted:
        """What the valid fields say; a wrong one narrows nothing. Days of one's own go before the named ones."""
        self.is_valid()
        values = self.cleaned_data
        starts_from, starts_before = span(values.get("day", ""), at)
        since, until = values.get("since"), values.get("until")
        if since or until:
            starts_from = _midnight(since) if since else None
            starts_before = _midnight(until + timedelta(days=1)) if until else None
        return TimesWanted(
            starts_from=starts_from,
            starts_before=starts_before,
            weekday=int(values["weekday"]) if values.get("weekday") else None,
            part=PartOfDay(values["part"]) if values.get("part") else None,
        )


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time(0)))


class AreaForm(BaseForm):
    """Where to look."""

    area = forms.ChoiceField(label=_("Where"), required=False)

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        self.fields["area"].choices = places.choices()  # type: ignore[attr-defined]


class NeedsForm(TimesForm, AreaForm):
    """The filters of the list."""

    km = forms.ChoiceField(label=_("How far around"), choices=AROUND, required=False)
    cause = forms.ChoiceField(label=_("Kind of work"), required=False)
    q = forms.CharField(label=_("Words"), required=False, max_length=60)
    home = forms.BooleanField(label=_("From home"), required=False)
    free = forms.BooleanField(label=_("With free seats"), required=False)
    mine = forms.BooleanField(label=_("Only what I can take"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        causes = [(cause.code, cause.name) for cause in Cause.objects.order_by("position", "pk")]
        self.fields["cause"].choices = [("", _("Any kind")), *causes]  # type: ignore[attr-defined]

    def wanted(self, at: datetime) -> NeedsWanted:
        """What the valid fields say; a wrong one narrows nothing."""
        times = self.times(at)
        values = self.cleaned_data
        return NeedsWanted(
            area=self.places.find(values.get("area", "")),
            within_km=int(values["km"]) if values.get("km") else None,
            times=times,
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
