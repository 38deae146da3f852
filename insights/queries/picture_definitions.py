"""What each number on officials' pictures is, as `DEFINITIONS` says it of figures."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from insights.queries.cause_definitions import CAUSES
from insights.queries.definitions import Definition, Unit


class PictureKey(StrEnum):
    """Names of the numbers on pictures; they stand in addresses."""

    GAP_CALLS = "gap_calls"
    GAP_UNFILLED = "gap_unfilled"
    GAP_GROUPS = "gap_groups"
    GAP_WORKING = "gap_working"
    TIES = "ties"
    DENSITY = "density"
    CENTRALIZATION = "centralization"
    SOLO_RATE = "solo_rate"
    GOVERNED_RATE = "governed_rate"
    STEP_RATE = "step_rate"
    COMPANY_RATE = "company_rate"


_DAILY = _("Once a day, after 6:00, from the calls of the last 400 days. Officials see it.")
_CALLS = _(
    "Calls that were made public and not cancelled, in the stage that was in force at their place at that moment."
)
_SHARES = _(
    "Calls, with the shares of organizations that lead them or are partners; claims that lapsed do not count."
)
_ORGANIZATIONS = _("Approved organizations with their homes and the areas that they serve.")
_EXACT = _("Exact: calls, seats and organizations are not persons.")
_TIES = _(
    "Calls and organizations are exact. Requests that were passed on are counted for counties and above, 1 to 7 of them hidden (*), others rounded to 5."
)

PICTURES: Mapping[str, Definition] = {
    definition.key: definition
    for definition in (
        Definition(
            PictureKey.GAP_CALLS,
            _("Calls for a kind of organization"),
            Unit.COUNT,
            _(
                "Calls for work that the kind of organization is made for. Where some of these kinds lead in the stage, the call counts for them alone. A call may count for several kinds."
            ),
            _("number of calls whose kind of work belongs to the kind of organization"),
            _CALLS,
            _DAILY,
            _EXACT,
        ),
        Definition(
            PictureKey.GAP_UNFILLED,
            _("Empty seats"),
            Unit.PERCENT,
            _(
                "Of the seats that these calls need, those that nobody took. A call without a shift needs the people that it asks for."
            ),
            _("100 × Σ (least − min(taken, least)) ÷ Σ least, rounded up"),
            _CALLS,
            _DAILY,
            _EXACT,
        ),
        Definition(
            PictureKey.GAP_GROUPS,
            _("Groups that serve an area"),
            Unit.COUNT,
            _("Approved organizations of the kind whose home or service area holds the area or lies in it."),
            _("number of organizations"),
            _ORGANIZATIONS,
            _DAILY,
            _EXACT,
        ),
        Definition(
            PictureKey.GAP_WORKING,
            _("Groups at work"),
            Unit.COUNT,
            _(
                "Organizations of the kind with a share in any call of the area and the stage, and the seats taken in shifts that they run there."
            ),
            _("number of organizations; Σ taken seats"),
            _SHARES,
            _DAILY,
            _EXACT,
        ),
        Definition(
            PictureKey.TIES,
            _("Ties"),
            Unit.COUNT,
            _(
                "Pairs of organizations that did something together: asked for a call and led it, shared a call, agreed on help between their areas, or passed a request on. The 12 strongest between groups and the strongest others are drawn, 30 in all; a line is the wider, the more often."
            ),
            _("number of different pairs"),
            _SHARES,
            _DAILY,
            _TIES,
        ),
        Definition(
            PictureKey.DENSITY,
            _("Density"),
            Unit.PERCENT,
            _(
                "Of all pairs that there could be among the organizations with a part in a call, the share that is tied."
            ),
            _("100 × 2m ÷ n(n − 1), with n organizations and m ties"),
            _SHARES,
            _DAILY,
            _EXACT,
        ),
        Definition(
            PictureKey.CENTRALIZATION,
            _("Centralization"),
            Unit.PERCENT,
            _(
                "How far all ties lead to one organization: 100 % where one is tied to all others and these to nobody else, 0 % where all have the same number of partners."
            ),
            _("100 × Σ (greatest degree − degree) ÷ (n − 1)(n − 2), after Freeman (1979)"),
            _SHARES,
            _DAILY,
            _EXACT,
        ),
        Definition(
            PictureKey.SOLO_RATE,
            _("Calls done by one group alone"),
            Unit.PERCENT,
            _(
                "Of the calls that some group took on, those with a single group; on the others two or more work together."
            ),
            _("100 × calls with one group ÷ calls with any group"),
            _SHARES,
            _DAILY,
            _EXACT,
        ),
        Definition(
            PictureKey.GOVERNED_RATE,
            _("Calls of authorities"),
            Unit.PERCENT,
            _("Of all calls, those that an authority asked for."),
            _("100 × calls of authorities ÷ calls"),
            _CALLS,
            _DAILY,
            _EXACT,
        ),
        Definition(
            PictureKey.STEP_RATE,
            _("Calls with a step taken together"),
            Unit.PERCENT,
            _(
                "Of all calls, those on which an authority and a group agreed to decide, plan or do it together, or looked back on it."
            ),
            _("100 × calls with an agreed step or an assessment ÷ calls"),
            _("Steps on calls that the other side agreed to; to look back needs no agreement."),
            _DAILY,
            _EXACT,
        ),
        Definition(
            PictureKey.COMPANY_RATE,
            _("Service in a party or a team"),
            Unit.PERCENT,
            _(
                "Of the confirmed services of volunteers on these calls, those of somebody who kept seats for others or came on a seat that was kept."
            ),
            _("100 × services in a party or a team ÷ services"),
            _("Confirmed service records with the seats that they belong to; counties and above."),
            _DAILY,
            _("Hidden where fewer than 8 persons served in one of the two ways; otherwise rounded to 5."),
        ),
    )
} | dict(CAUSES)
