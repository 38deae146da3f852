"""What each mode of an authority allows whom. Host, sponsor, facilitator and operator are the modes of a government in
coproduction: from calling groups in, by supporting and by connecting them, to doing the work itself."""

from dataclasses import dataclass, fields
from datetime import timedelta

DEFAULT = "sponsor"
MOST_URGENT = 3


@dataclass(frozen=True)
class Rights:
    """`groups_need_review`: a group's call waits for an official's word before it becomes public.
    `groups_lead`: groups may lead; else they join as partners, and the authority leads.
    `authority_leads`: an authority may lead; where groups may not, it leads every call from the start.
    `authority_edits_groups_calls`: officials may change, call off and close calls of groups.
    `groups_call_partners`: groups may send their calls to other groups by name.
    """

    groups_need_review: bool
    groups_lead: bool
    authority_leads: bool
    authority_edits_groups_calls: bool
    groups_call_partners: bool


RIGHTS: dict[str, Rights] = {
    "host": Rights(
        groups_need_review=True,
        groups_lead=True,
        authority_leads=False,
        authority_edits_groups_calls=True,
        groups_call_partners=False,
    ),
    "sponsor": Rights(
        groups_need_review=False,
        groups_lead=True,
        authority_leads=True,
        authority_edits_groups_calls=True,
        groups_call_partners=False,
    ),
    "facilitator": Rights(
        groups_need_review=False,
        groups_lead=True,
        authority_leads=False,
        authority_edits_groups_calls=False,
        groups_call_partners=True,
    ),
    "operator": Rights(
        groups_need_review=True,
        groups_lead=False,
        authority_leads=True,
        authority_edits_groups_calls=True,
        groups_call_partners=False,
    ),
}
NAMES = tuple(field.name for field in fields(Rights))


def rights(mode: str) -> Rights:
    """What a mode allows; KeyError for what is no mode."""
    return RIGHTS[mode]


def changed(before: str, after: str) -> list[tuple[str, bool]]:
    """The rights in which two modes differ, each with what it is afterwards."""
    old, new = rights(before), rights(after)
    return [(name, getattr(new, name)) for name in NAMES if getattr(old, name) != getattr(new, name)]


# Until when somebody decides; then it goes to the authority above.
REVIEW_LASTS = timedelta(hours=24)
URGENT_REVIEW_LASTS = timedelta(hours=2)
TRANSFER_LASTS = timedelta(hours=48)
URGENT_TRANSFER_LASTS = timedelta(hours=6)


def review_lasts(priority: int) -> timedelta:
    """How long an authority has to decide on a group's call: 2 hours on the most urgent, else 24."""
    return URGENT_REVIEW_LASTS if priority >= MOST_URGENT else REVIEW_LASTS


def transfer_lasts(priority: int) -> timedelta:
    """How long the other side has to answer a proposal of help: 6 hours on the most urgent, else 48."""
    return URGENT_TRANSFER_LASTS if priority >= MOST_URGENT else TRANSFER_LASTS
