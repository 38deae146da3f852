"""Words of the product's own buttons and pages, inside a guide."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from web.wording import in_chinese

register = template.Library()


@register.simple_tag
def says(words: str, context: str = "") -> SafeString:
    """What a button or a page says, as it says it: 「加入」 / **Join**. Its translation is that of the button."""
    shown = pgettext(context, words) if context else gettext(words)
    return format_html("<b>「{}」</b>" if in_chinese() else "<b>{}</b>", shown)
