"""Pages that everybody may read."""

from web.public.views.calendar import need_calendar
from web.public.views.closing import closing
from web.public.views.closing_statement import closing_check, closing_file, closing_keys
from web.public.views.figures import definition, definitions, figures, figures_csv
from web.public.views.guest import guest
from web.public.views.help import help_at, help_form, help_step, help_track
from web.public.views.help_request import help_request
from web.public.views.home import home
from web.public.views.need import need, poster
from web.public.views.needs import needs
from web.public.views.party import party
from web.public.views.place import place
from web.public.views.texts import accessibility, privacy, site, stages

__all__ = [
    "accessibility",
    "closing",
    "closing_check",
    "closing_file",
    "closing_keys",
    "definition",
    "definitions",
    "figures",
    "figures_csv",
    "guest",
    "help_at",
    "help_form",
    "help_request",
    "help_step",
    "help_track",
    "home",
    "need",
    "need_calendar",
    "needs",
    "party",
    "place",
    "poster",
    "privacy",
    "site",
    "stages",
]
