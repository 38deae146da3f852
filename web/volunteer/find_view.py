"""What the page for finding work says beside its rows: where one stands, and what stands between."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext

from tasks.models import Waiting
from tasks.policies import REST, Ground
from tasks.queries.candidates import Candidate
from tasks.queries.finding import Hindrance
from volunteers.models import Volunteer
from web import wording
from web.context import link
from web.public.rows import Row


@dataclass(frozen=True)
class Step:
    """Some shifts that do not fit, why, and the one next step."""

    text: str
    url: str
    label: str


def step_of(hindrance: Hindrance, volunteer: Volunteer) -> Step:
    """The ground in words with what can be done about it; without an address where nothing can."""
    count = hindrance.count
    names = pgettext("between names", ", ").join(hindrance.names)
    values = {"count": count, "names": names, "km": volunteer.reach_km, "hours": volunteer.max_hours_week}
    profile, own = link("account:profile"), reverse("volunteer:today")
    needs, papers, birth = reverse("public:needs"), link("account:papers"), link("account:birth")
    match hindrance.ground:
        case Ground.SHIFT_FULL:
            text = ngettext("%(count)d is full", "%(count)d are full", count)
            step = needs, gettext("Look at it and wait in line")
        case Ground.CAPABILITY:
            text = ngettext("%(count)d needs: %(names)s", "%(count)d need: %(names)s", count)
            step = papers, gettext("Add what you have")
        case Ground.DISTANCE:
            text = ngettext(
                "%(count)d is farther away than %(km)d km", "%(count)d are farther away than %(km)d km", count
            )
            step = profile, gettext("Change how far you go")
        case Ground.HOURS:
            text = ngettext(
                "%(count)d goes beyond your %(hours)d hours a week",
                "%(count)d go beyond your %(hours)d hours a week",
                count,
            )
            step = profile, gettext("Change your hours")
        case Ground.REST:
            values["rest"] = int(REST.total_seconds() // 3600)
            text = ngettext(
                "%(count)d would leave you under %(rest)d hours of rest",
                "%(count)d would leave you under %(rest)d hours of rest",
                count,
            )
            step = own, gettext("Look at your shifts")
        case Ground.OVERLAP:
            text = ngettext(
                "%(count)d is at the same time as a shift of yours",
                "%(count)d are at the same time as a shift of yours",
                count,
            )
            step = own, gettext("Look at your shifts")
        case Ground.BIRTHDAY:
            text = ngettext("%(count)d asks for your age", "%(count)d ask for your age", count)
            step = birth, gettext("Say when you were born")
        case Ground.GUARDIAN:
            text = ngettext("%(count)d waits for your guardian", "%(count)d wait for your guardian", count)
            step = birth, gettext("Say who answers for you")
        case Ground.CONSENT:
            text = ngettext(
                "%(count)d waits for your agreement to take part",
                "%(count)d wait for your agreement to take part",
                count,
            )
            step = link("account:data"), gettext("Agree again")
        case Ground.AGE:
            text = ngettext("%(count)d is for older people", "%(count)d are for older people", count)
            step = "", ""
        case Ground.SIGN_UP_CLOSED:
            text = ngettext(
                "%(count)d takes nobody else by now: call, if you can still come",
                "%(count)d take nobody else by now: call, if you can still come",
                count,
            )
            step = "", ""
        case _:
            text = ngettext("%(count)d opens later", "%(count)d open later", count)
            step = needs, gettext("Look at all needs")
    return Step(text % values, *step)


def with_note(row: Row, candidate: Candidate, at: datetime) -> Row:
    """The row with when it opens for the reader, or that the organizer has a word first."""
    if candidate.opens_at is not None:
        moment = wording.inside(wording.moment_words(candidate.opens_at, at))
        return replace(row, note=gettext("Sign-up opens %(moment)s") % {"moment": moment})
    if candidate.asks_first:
        return replace(row, note=gettext("You ask, the organizer answers"))
    return row


def place_view(waiting: Any, at: datetime) -> dict[str, Any]:
    """One's place in line, or the seat that is held, with its address."""
    shift = waiting.shift
    held = waiting.status == Waiting.Status.OFFERED and waiting.expires_at is not None
    return {
        "title": shift.task.display_title,
        "when": wording.when_words(shift.starts_at, shift.ends_at, at) if shift.starts_at else "",
        "place": waiting.ahead + 1,
        "asks": waiting.kind == Waiting.Kind.APPROVAL,
        "held_until": wording.inside(wording.moment_words(waiting.expires_at, at)) if held else "",
        "url": reverse("volunteer:waiting_place", args=[waiting.code]),
    }
