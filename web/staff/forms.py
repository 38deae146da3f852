"""Forms of staff: filters, and look-ups with a purpose."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actions.contacts import BadContact, normalize_contact
from accounts.models import User
from accounts.queries import people_behind
from core.doorbell import Job
from core.models import AccessRecord, JobRun
from notifications.models import Message
from notifications.notices import kinds
from volunteers.models import Volunteer
from web.forms import BaseForm
from web.staff.words import job_words

ANY = ("", pgettext_lazy("filter", "All"))
PERIODS = (("1", _("A day")), ("7", _("A week")), ("30", _("A month")), ("", _("All that is kept")))
WEEK = "7"
PURPOSES = (
    (AccessRecord.Purpose.SUPPORT.value, _("They asked us for help")),
    (AccessRecord.Purpose.DELIVERY.value, _("To find out what became of a message")),
    (AccessRecord.Purpose.REVIEW.value, _("To look into a decision on record")),
    (AccessRecord.Purpose.OTHER.value, _("Another reason, which I write below")),
)
MOST_PEOPLE = 10
NUMBER_DIGITS = 8


class PeriodForm(BaseForm):
    """A filter by time; nothing said means a week."""

    days = forms.ChoiceField(label=_("Of the last"), choices=PERIODS, required=False)

    def __init__(self, data: QueryDict) -> None:
        said = data.copy()
        said.setdefault("days", WEEK)
        super().__init__(said)
        # A filter may be left alone: no field of it needs to say so.
        self.sometimes_needed = tuple(self.fields)

    def since(self, at: datetime) -> datetime | None:
        """From when on, None for everything."""
        days = self.cleaned_data["days"]
        return at - timedelta(days=int(days)) if days else None


class MessagesForm(PeriodForm):
    field_order = ("kind", "status", "channel", "days", "event")

    kind = forms.ChoiceField(label=pgettext_lazy("of a message", "Kind"), required=False)
    status = forms.ChoiceField(
        label=pgettext_lazy("of a message", "State"), choices=[ANY, *Message.Status.choices], required=False
    )
    channel = forms.ChoiceField(label=_("Way"), choices=[ANY, *Message.Channel.choices], required=False)
    event = forms.CharField(label=_("Event, exactly"), max_length=120, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [ANY, *((name, name) for name in sorted(kinds()))]  # type: ignore[attr-defined]


class JobsForm(PeriodForm):
    field_order = ("name", "state", "days")

    name = forms.ChoiceField(label=_("Job"), required=False)
    state = forms.ChoiceField(
        label=pgettext_lazy("of a run", "State"), choices=[ANY, *JobRun.State.choices], required=False
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["name"].choices = [ANY, *((str(job), job_words(job)) for job in Job)]  # type: ignore[attr-defined]


class AuditForm(PeriodForm):
    """What stands on record: by whom, what, about what, where, when."""

    field_order = ("actor", "verb", "subject", "area", "days")

    actor = forms.CharField(label=_("Code of who acted"), max_length=12, required=False)
    verb = forms.CharField(
        label=_("Act"), help_text=_("As shift.posted, or shift. for all"), max_length=60, required=False
    )
    subject = forms.CharField(label=_("Code of what it was about"), max_length=24, required=False)
    area = forms.CharField(label=_("Code of the area"), max_length=20, required=False)


class LookUpForm(BaseForm):
    """A person by what they say of themselves, and why they are looked up."""

    sometimes_needed = ("own_words",)

    who = forms.CharField(
        label=_("Phone, e-mail or volunteer number"),
        help_text=_("Whole and exact: nobody is found by a part of it"),
        max_length=254,
        error_messages={"required": _("Write the phone, the e-mail or the volunteer number")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    purpose = forms.ChoiceField(
        label=_("What for"),
        choices=PURPOSES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you look for; the person can read it")},
    )
    own_words = forms.CharField(label=_("The reason in your words"), max_length=200, required=False)

    def clean_who(self) -> str:
        """A volunteer number, or a contact in the form in which it is kept."""
        said = "".join(self.cleaned_data["who"].split())
        if len(said) == NUMBER_DIGITS and said.isdecimal() and said.isascii():
            return said
        try:
            return normalize_contact(self.cleaned_data["who"])
        except BadContact as error:
            raise forms.ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        words = values.get("own_words", "")
        if values.get("purpose") == AccessRecord.Purpose.OTHER and not words:
            self.add_error("own_words", _("Write the reason; the person can read it"))
        return values

    def own_reason(self) -> str:
        """The words that were written, where no purpose of the list was chosen."""
        other = self.cleaned_data["purpose"] == AccessRecord.Purpose.OTHER
        return self.cleaned_data["own_words"] if other else ""


def people_of(who: str) -> QuerySet[User]:
    """Those whom a number or a contact names; a family may share a phone."""
    if len(who) == NUMBER_DIGITS and who.isdecimal():
        return User.objects.filter(pk__in=Volunteer.objects.filter(number=who).values("user")).order_by("pk")
    return people_behind(who)[:MOST_PEOPLE]


class OrganizationsForm(BaseForm):
    sometimes_needed = ("q",)

    q = forms.CharField(label=_("Name or code"), max_length=100, required=False)
