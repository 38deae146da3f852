"""`{% csrf_token %}` as the pages write it, with a key of the form beside the token against forged requests.

Built into the templates in the place of Django's own tag, so that no form can be without.
"""

import secrets
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

register = template.Library()

FIELD = "request_key"
_KEPT = "_form_keys"


class FormKeyNode(CsrfTokenNode):
    """The hidden fields of a form that is sent."""

    def render(self, context: Context) -> Any:
        token = super().render(context)
        request = context.get("request")
        # A key is a person's: who has not signed in has none, and sees what everybody sees.
        user = getattr(request, "user", None)
        if not token or user is None or not user.is_authenticated:
            return token
        key = _next_key(request)
        return format_html('{}<input type="hidden" name="{}" value="{}">', token, FIELD, key)


def _next_key(request: Any) -> str:
    """One random beginning for a page, and a number for each of its forms: a long list stays small when packed."""
    kept = getattr(request, _KEPT, None)
    if kept is None:
        kept = [secrets.token_urlsafe(12), 0]
        setattr(request, _KEPT, kept)
    kept[1] += 1
    return f"{kept[0]}.{kept[1]}"


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormKeyNode:
    """The token against forged requests, and the key of this form."""
    return FormKeyNode()
