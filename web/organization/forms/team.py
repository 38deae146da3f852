"""Forms about colleagues."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import Membership
from web.forms import BaseForm

WHAT_A_ROLE_DOES = {
    Membership.Role.OWNER: _("Owner: looks after the team, and all that organizers do"),
    Membership.Role.ORGANIZER: _("Organizer: takes on calls, posts shifts, confirms hours"),
    Membership.Role.DESK: _("On-site desk: checks people in and out"),
}


def role_choices(roles: Sequence[str]) -> list[tuple[str, Any]]:
    return [(role, WHAT_A_ROLE_DOES[Membership.Role(role)]) for role in roles]


class InvitationForm(BaseForm):
    contact = forms.CharField(
        label=_("Mobile number or e-mail address"),
        help_text=_("They get a link that works for 14 days and once"),
        max_length=254,
        error_messages={"required": _("Write a mobile number or an e-mail address")},
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language of the message"), choices=[("zh-hans", "中文"), ("en", "English")]
    )

    def __init__(self, *args: Any, roles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(roles)  # type: ignore[attr-defined]


class RoleForm(BaseForm):
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(roles)  # type: ignore[attr-defined]


class LeaveForm(BaseForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The person reads it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReasonForm(BaseForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody concerned reads it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason. The people concerned will read it")},
    )
