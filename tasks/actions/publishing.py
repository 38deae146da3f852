"""Whether a call may become public as it is: what the stage and the mode in force in its area say."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from areas.models import Area
from core.errors import DomainError
from organizations.models import Organization
from tasks.queries.modes import rights_in
from tasks.queries.stages import rules_of


class NotAPublisher(DomainError):
    code = "not-a-publisher"
    text = _(
        "In “%(stage)s” %(kinds)s make calls public in %(area)s. Ask its authority to call for this work"
    )


def waits_for_word(*, issuer: Organization, area: Area, at: datetime) -> bool:
    """Whether a call of the issuer waits for an official's word before it becomes public: where the stage in force
    asks for it, or the mode of the authority. An authority's own calls never do. Three statements.

    Raises NotAPublisher where organizations of its kind make no calls public in this stage at all.
    """
    if issuer.is_authority:
        return False
    rules = rules_of(area, at)
    if not rules.may_publish(issuer.kind):
        raise NotAPublisher(stage=rules.name, kinds=publishers_in_words(rules.publishers), area=area.name)
    return rules.needs_review or rights_in(area, at).groups_need_review


def publishers_in_words(publishers: frozenset[str]) -> str:
    """Who makes calls public in a stage: authorities, and the kinds named."""
    kinds = [Organization.Kind.GOVERNMENT, *(kind for kind in Organization.Kind if kind in publishers)]
    return pgettext("between the members of a list", ", ").join(
        str(kind.label) for kind in dict.fromkeys(kinds)
    )
