"""The roles that have a guide: its template in each language, and the page that its code opens."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """One who reads a guide; `begins_at` is the route behind the printed code."""

    key: str
    name: Promise | str
    heading: Promise | str
    does: Promise | str
    begins_at: str
    chinese: str
    english: str


ROLES = (
    Role(
        "volunteer",
        _("Volunteers"),
        _("Guide for volunteers"),
        _("Join, find a shift, be there, see your hours."),
        "account:join",
        "guide/volunteer.zh-hans.html",
        "guide/volunteer.en.html",
    ),
    Role(
        "resident",
        _("Residents who need help"),
        _("How to ask for help"),
        _("Ask, see how far it is, say whether it was done."),
        "public:help",
        "guide/resident.zh-hans.html",
        "guide/resident.en.html",
    ),
    Role(
        "organizer",
        _("Organizers"),
        _("Guide for organizers"),
        _("Take on a call, post shifts, run the desk, confirm hours."),
        "organization:register",
        "guide/organizer.zh-hans.html",
        "guide/organizer.en.html",
    ),
    Role(
        "official",
        _("Officials"),
        _("Guide for officials"),
        _("Ask for hands, decide, set the stage, read the overview."),
        "account_login",
        "guide/official.zh-hans.html",
        "guide/official.en.html",
    ),
    Role(
        "staff",
        _("Platform staff"),
        _("Guide for platform staff"),
        _("See whether all is well, and help where it is not."),
        "account_login",
        "guide/staff.zh-hans.html",
        "guide/staff.en.html",
    ),
)
