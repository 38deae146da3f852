"""The closing page of a crisis: what was done, whom to thank, what of persons is destroyed when, and what is gone."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core import clock, signatures
from core.errors import DomainError
from insights.queries.definitions import DEFINITIONS, Key
from insights.queries.released import last_of_crisis, released_cells
from privacy.destroyed import RULES, Rule, Statement, destroyed_between
from tasks.actions.thanking import NAME_MOST, put_name_up, take_name_down
from tasks.models import Crisis
from tasks.queries.thanks import ended_crises, has_served, names_on_wall, own_name
from volunteers.queries import volunteer_of
from web import wording
from web.access import public
from web.forms import BaseForm, posted, refuse
from web.public.figures import Item, item_of
from web.public.frame import briefly_kept, tabs

TOTALS = (Key.VOLUNTEERS, Key.HOURS, Key.CALLS, Key.SEATS_FILLED)


class NameForm(BaseForm):
    """The name that somebody wants to be thanked by."""

    name = forms.CharField(
        label=_("Which name may stand here?"),
        help_text=_("Everybody reads it. You can take it down at any time"),
        max_length=NAME_MOST,
        error_messages={"required": _("Write the name that may stand here")},
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )


@dataclass(frozen=True)
class Fate:
    """What becomes of one kind of data: until when it goes at the latest, and how much of it is gone."""

    what: str
    when: str
    left: str
    gone: str


@require_http_methods(["GET", "HEAD", "POST"])
@public
@briefly_kept
def closing(request: HttpRequest, code: str) -> HttpResponse:
    """Of a crisis that is over; whoever served in it puts a name up, or takes it down again."""
    at = clock.now()
    crisis = ended_crises(at).filter(code=code).first()
    if crisis is None or crisis.ended_at is None:
        raise Http404
    user = request.user if isinstance(request.user, User) else None
    volunteer = volunteer_of(user) if user else None
    own = own_name(volunteer, crisis) if volunteer else ""
    form = NameForm(posted(request), initial={"name": own or (user.name if user else "")})
    if request.method == "POST" and user and volunteer:
        if request.POST.get("do") == "down":
            take_name_down(crisis=crisis, volunteer=volunteer, by=user, at=at)
            messages.success(request, gettext("Your name is down."))
            return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)
        if form.is_valid():
            try:
                name = form.cleaned_data["name"]
                put_name_up(crisis=crisis, volunteer=volunteer, name=name, by=user, at=at)
                messages.success(request, gettext("Your name stands here. Thank you."))
                return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)
            except DomainError as error:
                refuse(form, error)
    statement = destroyed_between(crisis.started_at, at)
    context: dict[str, Any] = {
        "tabs": tabs(request, ""),
        "crisis": crisis,
        "area": crisis.area,
        "days": (localdate(crisis.ended_at) - localdate(crisis.started_at)).days + 1,
        "since": wording.full_date(localdate(crisis.started_at), year=True),
        "until": wording.full_date(localdate(crisis.ended_at), year=True),
        "totals": _totals(crisis),
        "names": names_on_wall(crisis),
        "own": own,
        "may_stand": bool(own) or bool(volunteer and has_served(volunteer, crisis)),
        "form": form,
        "fates": [_fate(rule, crisis.ended_at, statement, localdate(at)) for rule in RULES],
        "statement": statement,
        "key": signatures.own_key(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "public/closing.html", context, status=status)


def _totals(crisis: Crisis) -> list[Item]:
    """The last figures that were released of the crisis, protected as all public figures; empty before a release."""
    began_on = localdate(crisis.started_at)
    last = last_of_crisis(began_on)
    cells = released_cells(crisis.area, began_on, last) if last else {}
    return [item_of(DEFINITIONS[key], cells[key]) for key in TOTALS if key in cells]


def _left(days: int) -> str:
    if days < 0:
        return gettext("that day is past")
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


def _fate(rule: Rule, ended_at: datetime, statement: Statement, today: date) -> Fate:
    if rule.from_last_use:
        when, left = gettext("two years after their last use"), ""
    else:
        due = localdate(ended_at + rule.after)
        when = gettext("by %(day)s") % {"day": wording.full_date(due, year=True)}
        left = _left((due - today).days)
    told = statement.told(rule)
    gone = gettext("hidden, too few people") if told.value is None else wording.number_words(told.value)
    return Fate(str(rule.what), when, left, "" if told.value == 0 else gone)
