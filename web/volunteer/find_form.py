"""What a volunteer narrows the list of work to."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks.queries.finding import Order, WorkFound, WorkWanted
from web import wording
from web.public.forms import TimesForm

DISTANCES_KM = (1, 2, 3, 5, 10, 20, 50)
ORDERS = (
    (Order.TIME, _("Soonest first")),
    (Order.NEAR, _("Nearest first")),
    (Order.NEED, _("Most needed first")),
)


class FindForm(TimesForm):
    """Which work, when, how far, in which order. Causes and organizations are those of the work that was found."""

    sort = forms.ChoiceField(label=_("Order"), choices=ORDERS, required=False)
    km = forms.ChoiceField(label=_("How far at most"), required=False)
    cause = forms.ChoiceField(label=_("Kind of work"), required=False)
    organization = forms.ChoiceField(label=_("Organization"), required=False)

    def __init__(self, *args: Any, reach_km: int | None, timed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timed = timed
        if not timed:
            for name in ("day", "since", "until", "weekday", "part"):
                del self.fields[name]
            self.fields["sort"].choices = [  # type: ignore[attr-defined]
                (Order.TIME, _("Deadline first")),
                *ORDERS[1:],
            ]
        if reach_km is None:
            # Without a point nothing has a distance.
            del self.fields["km"]
            sort: Any = self.fields["sort"]
            sort.choices = [choice for choice in sort.choices if choice[0] != Order.NEAR]
            return
        near = [(str(km), wording.distance_words(km * 1000)) for km in DISTANCES_KM if km < reach_km]
        far = gettext("Up to my %(km)s km") % {"km": reach_km}
        self.fields["km"].choices = [("", far), *near]  # type: ignore[attr-defined]

    def wanted(self, at: datetime) -> WorkWanted:
        """What the valid fields say; codes are taken as they come, for their choices are found only afterwards."""
        times = self.times(at)
        values = self.cleaned_data
        return WorkWanted(
            timed=self.timed,
            times=times,
            most_km=int(values["km"]) if values.get("km") else None,
            cause=self.data.get("cause", "")[:40],
            organization=self.data.get("organization", "")[:12],
            order=Order(values.get("sort") or Order.TIME),
        )

    def offer(self, found: WorkFound, wanted: WorkWanted) -> None:
        """Let the choices be what was found."""
        self._offer("cause", _("Any kind"), found.causes, wanted.cause)
        self._offer("organization", _("Any organization"), found.organizations, wanted.organization)
        for name in ("cause", "organization"):
            self.errors.pop(name, None)

    def _offer(self, name: str, anything: Any, names: dict[str, str], chosen: str) -> None:
        known = sorted(names.items(), key=lambda item: item[1])
        if chosen and chosen not in names:
            known.append((chosen, gettext("Nothing of this fits now")))
        self.fields[name].choices = [("", anything), *known]  # type: ignore[attr-defined]
