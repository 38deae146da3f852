"""The reason that an act must give to those whom it reaches."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = _("Write why, in a sentence. Those who are told will read it")


def need_reason(reason: str) -> str:
    """The reason without spaces around it; raises ReasonMissing where nothing is left."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    return reason.strip()
