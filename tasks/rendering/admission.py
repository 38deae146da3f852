"""From when and until when somebody may sign up, in words."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

from areas.models import Area
from tasks.models import Shift
from tasks.policies import Reason, Stage


def moment_in_words(moment: datetime) -> str:
    """A day with its hour: Thursday 6 February 18:00, on the clock of the place."""
    return date_format(localtime(moment), pgettext("format of a moment", "l j F H:i"))


def openings_in_words(reason: Reason, shift: Shift) -> str:
    """Whom a shift lets in when, for somebody whose turn has not come; `shift` has its organization and area."""
    values = {
        "when": moment_in_words(_moment(reason, "opens_at")),
        "organization": shift.organization.display_name,
        "area": neighbourhood(shift).name,
    }
    if reason.params["whom"] != Stage.EVERYBODY:
        values["later"] = moment_in_words(_moment(reason, "opens_to_everybody_at"))
    return _sentence(reason) % values


def _sentence(reason: Reason) -> str:
    match reason.params["whom"], reason.params["already"]:
        case Stage.MEMBERS, _:
            return gettext(
                "Opens to you and the other members of %(organization)s on %(when)s, to everybody on %(later)s"
            )
        case Stage.AREA, Stage.MEMBERS:
            return gettext(
                "Opens to people of %(area)s on %(when)s, to everybody on %(later)s; to members of %(organization)s now"
            )
        case Stage.AREA, _:
            return gettext("Opens to people of %(area)s on %(when)s, to everybody on %(later)s")
        case _, Stage.MEMBERS:
            return gettext("Opens to everybody on %(when)s; to members of %(organization)s now")
        case _, Stage.AREA:
            return gettext("Opens to everybody on %(when)s; to people of %(area)s now")
        case _:
            return gettext("Opens to everybody on %(when)s")


def neighbourhood(shift: Shift) -> Area:
    """Where people live for whom a shift opens early: its county, or its own area where that is wider."""
    area = shift.area
    if shift.county_id is None:
        return area
    while area.pk != shift.county_id and area.parent is not None:
        area = area.parent
    return area


def _moment(reason: Reason, name: str) -> datetime:
    moment = reason.params[name]
    assert isinstance(moment, datetime)
    return moment
