"""A part of a page that asks anew by itself: `{% live "seats" %}…{% endlive %}`."""

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web import live

register = template.Library()


@register.tag(name="live")
def live_part(parser: Parser, token: Token) -> "LiveNode":
    """`{% live "id" also=words name=value %}`: what it holds is a `div` of that id. No form belongs into it.

    `also` are words elsewhere on the page that a poll renews too; every other value is told to the poll as a parameter
    of its address.
    """
    name, *bits = token.split_contents()
    if not bits:
        raise template.TemplateSyntaxError(f"{name} needs the id of the part")
    told = token_kwargs(bits[1:], parser)
    nodes = parser.parse(("endlive",))
    parser.delete_first_token()
    return LiveNode(parser.compile_filter(bits[0]), told, nodes)


class LiveNode(template.Node):
    """The part and its address."""

    def __init__(self, part: FilterExpression, told: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.part, self.told, self.nodelist = part, told, nodelist

    def render(self, context: template.Context) -> SafeString:
        request = context["request"]
        inner = self.nodelist.render(context)
        values: dict[str, Any] = {name: value.resolve(context) for name, value in self.told.items()}
        version = live.version_of(f"{values.pop('also', '')}{inner}")
        request.live_version = version
        return format_html(
            '<div id="{}" hx-get="{}" hx-trigger="{}" hx-swap="outerHTML">{}</div>',
            self.part.resolve(context),
            live.address(
                request, version, {name: value for name, value in values.items() if value is not None}
            ),
            live.EVERY,
            inner,
        )
