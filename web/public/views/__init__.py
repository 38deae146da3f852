"""Pages that everybody may read."""

from web.public.views.calendar import need_calendar
from web.public.views.figures import definition, definitions, figures, figures_csv
from web.public.views.guest import guest
from web.public.views.help import help_at, help_form, help_track
from web.public.views.help_request import help_request
from web.public.views.home import home
from web.public.views.need import need, poster
from web.public.views.needs import needs
from web.public.views.party import party
from web.public.views.texts import accessibility, privacy, site, stages

__all__ = [
    "accessibility",
    "definition",
    "definitions",
    "figures",
    "figures_csv",
    "guest",
    "help_at",
    "help_form",
    "help_request",
    "help_track",
    "home",
    "need",
    "need_calendar",
    "needs",
    "party",
    "poster",
    "privacy",
    "site",
    "stages",
]
