"""How often a place in line came in, in words."""

from django.utils.translation import gettext

from tasks.queries.odds import Odds
from web import wording

# Above it a tenth more would say that everybody got one.
MOST_IN_TEN = 9


def odds_words(odds: Odds) -> str:
    """What became of those who came in the same place, in tenths: more would promise more than a count can."""
    said = {"place": odds.place, "cases": wording.number_words(odds.cases), "in_ten": odds.in_ten}
    if not odds.came:
        return gettext("Of the last %(cases)s people who came as no. %(place)s, nobody got a seat.") % said
    if odds.came == odds.cases:
        return gettext("Of the last %(cases)s people who came as no. %(place)s, all got a seat.") % said
    if odds.in_ten < 1:
        said["some"] = wording.number_words(odds.came)
        return (
            gettext("Of the last %(cases)s people who came as no. %(place)s, only %(some)s got a seat.")
            % said
        )
    if odds.in_ten > MOST_IN_TEN:
        return (
            gettext("Of the last %(cases)s people who came as no. %(place)s, nearly all got a seat.") % said
        )
    return (
        gettext("Of the last %(cases)s people who came as no. %(place)s, about %(in_ten)d in 10 got a seat.")
        % said
    )
