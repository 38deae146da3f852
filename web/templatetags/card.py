"""The card that is shown where somebody passes an address on: `{% load card %}`. Nothing of a person is on it."""

from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import pgettext

from web import wording
from web.wording import in_chinese

register = template.Library()


@register.inclusion_tag("partials/card.html")
def card(title: str, text: str) -> dict[str, Any]:
    """A card with a title and a sentence."""
    picture = static(f"web/card-{'zh' if in_chinese() else 'en'}.png")
    return {"title": title, "text": text, "picture": f"{settings.SITE_URL}{picture}"}


@register.inclusion_tag("partials/card.html")
def shift_card(row: Any) -> dict[str, Any]:
    """The card of a row of shifts: when, where, and how many are missing. The day in full: a card is kept for long."""
    parts = [row.place, row.state.words]
    if row.starts_at is not None:
        day = wording.full_date(wording.local(row.starts_at).date())
        parts.insert(0, f"{day} {wording.hours_words(row.starts_at, row.ends_at)}")
    text = pgettext("between two parts", ", ").join(parts)
    return card(row.title, text)
