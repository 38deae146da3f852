"""What stands before Django: pages that are kept for strangers, and a limit of those who are let in at once."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from web.front.crowd import Crowd
from web.front.strangers import StrangersPages
from web.front.wsgi import Application


def before(application: Application) -> Application:
    """The application as it is served: kept pages first, then those who are let in."""
    crowd = Crowd(
        application, rooms=settings.WEB_ROOMS, waiting=settings.WEB_WAITING, words=words_for_a_crowd()
    )
    return StrangersPages(crowd, float(settings.STRANGERS_PAGE_SECONDS))


def words_for_a_crowd() -> dict[str, bytes]:
    """The page for whoever is not let in, by language, the first one for addresses without; made once."""
    pages = {}
    for language, _ in settings.LANGUAGES:
        with override(language):
            pages[language] = render_to_string("busy.html").encode()
    return pages
