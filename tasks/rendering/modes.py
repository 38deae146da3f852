"""Modes of an authority in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# A right by its name in `tasks.policies.modes.Rights`: what somebody may do, or what waits.
RIGHTS_IN_WORDS = {
    "groups_need_review": _("Calls of groups wait for an official's word"),
    "groups_lead": _("Groups may lead work"),
    "authority_leads": _("The authority may lead work"),
    "authority_edits_groups_calls": _("Officials may change, cancel and close groups' calls"),
    "groups_call_partners": _("Groups may send their calls to others by name"),
}
MODE_NAMES = {
    "host": pgettext_lazy("mode of an authority", "Host"),
    "sponsor": pgettext_lazy("mode of an authority", "Sponsor"),
    "facilitator": pgettext_lazy("mode of an authority", "Facilitator"),
    "operator": pgettext_lazy("mode of an authority", "Operator"),
}
