"""What somebody types who comes for one shift."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tasks import policies
from tasks.models import ShiftRole
from web.account.forms import ContactField, NameField
from web.forms import BaseForm

OLDEST_YEARS = 120


class GuestForm(BaseForm):
    """A name, a contact and a word of consent; the birthday only where the seat is not for every age."""

    name = NameField()
    contact = ContactField(help_text=_("We send a code of six digits there"))
    part = forms.TypedChoiceField(label=_("What would you do?"), coerce=int, widget=forms.RadioSelect)
    birth_on = forms.DateField(label=_("Date of birth"))
    agree = forms.BooleanField(
        label=_("I agree that my name and contact are kept for this shift"),
        help_text=_(
            "Those who lead the shift see them. 30 days after your last shift they are forgotten; "
            "the hours that you served stay without your name."
        ),
        error_messages={"required": _("Without this nobody could tell you where to come. Tick it to go on")},
    )

    def __init__(self, *args: Any, roles: list[ShiftRole], day: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = localtime(day).date()
        self.roles = roles
        free = [(number, role) for number, role in enumerate(roles, start=1) if role.seats_free > 0]
        if len(free) > 1:
            choices = [(number, role.name or gettext("Helper")) for number, role in free]
            self.fields["part"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["part"]
        self.only_part = free[0][0] if free else 1
        ages = [role.min_age for _number, role in free if role.min_age]
        if ages:
            self.fields["birth_on"].help_text = gettext("Some seats are for people from %(age)s") % {
                "age": min(ages)
            }
        else:
            del self.fields["birth_on"]

    def clean_birth_on(self) -> Any:
        """Whoever is a child needs a guardian beside them, which takes a whole profile."""
        born = self.cleaned_data["birth_on"]
        age = policies.age_on(born, self.day)
        if age is None or not 0 <= age <= OLDEST_YEARS:
            raise forms.ValidationError(gettext("Nobody was born on this day. Check the year"))
        if age < policies.AGE_WITH_GUARDIAN_BELOW:
            raise forms.ValidationError(
                gettext(
                    "Under %(age)s, a guardian must agree first. Join with an account, then enter who that is"
                )
                % {"age": policies.AGE_WITH_GUARDIAN_BELOW}
            )
        return born

    def chosen_part(self) -> int:
        """The place of the kind of seats in the shift, from 1."""
        part: int = self.cleaned_data.get("part") or self.only_part
        return part
