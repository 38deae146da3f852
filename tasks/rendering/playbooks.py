"""What is wrong with a playbook, and where, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from tasks.policies.playbooks import Fault

FIELDS: dict[str, str | Promise] = {
    "file": _("File"),
    "code": _("Short name"),
    "name": _("Name"),
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "zh": _("Chinese words"),
    "en": _("English words"),
    "summary": _("What it is about"),
    "areas": _("Areas"),
    "version": _("Version"),
    "stages": _("Stages"),
    "stage": _("Number of the stage"),
    "days": _("Planned days"),
    "publishers": _("Who makes calls public"),
    "needs_review": _("An official's word first"),
    "lead_kinds": _("Who leads"),
    "alert_reach": _("How far alerts reach"),
    "escalate_hours": _("Hours until the authority above hears of it"),
    "seat_weight": _("Weight of a seat"),
    "priorities": _("How urgent each kind of work is"),
    "templates": _("Templates"),
}
SENTENCES: dict[str, str | Promise] = {
    "not-a-playbook": _("this is no playbook"),
    "wrong-form": _("this has not the form that a playbook needs"),
    "bad-code": _("a short name has small letters, digits and hyphens only"),
    "no-words": _("some words are needed here"),
    "too-long": _("%(value)s characters at most"),
    "unknown-area": _("there is no area with the code %(value)s"),
    "unknown-kind": _("there is no kind of organization called %(value)s"),
    "unknown-reach": _("alerts reach the county, the city or the province, not “%(value)s”"),
    "unknown-template": _("there is no template called %(value)s"),
    "unknown-type": _("there is no kind of work called %(value)s"),
    "unknown-stage": _("there is no stage %(value)s"),
    "bad-priority": _("%(value)s: how urgent it is goes from 0 to 3"),
    "bad-hours": _("from 1 to 168 hours, a week; not %(value)s"),
    "bad-weight": _("from 0.25 to 4, to two places; not %(value)s"),
    "stage-missing": _("stage %(value)s is missing"),
    "stage-twice": _("this stage is described twice"),
    "no-first-day": _("the first day is needed, from 1 on"),
    "days-too-late": _("day %(value)s at the latest"),
    "days-backwards": _("the last day lies before the first"),
    "days-overlap": _("these days overlap with those of stage %(value)s"),
}


def fault_in_words(fault: Fault) -> str:
    """One sentence with its place: Stage 2, Templates: there is no template called x."""
    place = str(FIELDS.get(fault.field, fault.field))
    if fault.stage is not None:
        place = gettext("Stage %(number)d, %(field)s") % {"number": fault.stage, "field": place}
    words = str(SENTENCES[fault.code]) % {"value": fault.value}
    return pgettext("a fault at its place", "%(place)s: %(words)s") % {"place": place, "words": words}
