"""The few words of SVG that the pictures share."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


def number(value: float) -> str:
    """Write a coordinate with no more digits than the eye needs."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def join(parts: list[SafeString]) -> SafeString:
    """Put pieces of SVG that are already safe beside each other."""
    return format_html_join("", "{}", ((part,) for part in parts))


def picture(
    content: SafeString,
    *,
    width: float,
    height: float,
    css: str,
    text: str = "",
    stretch: bool = False,
) -> SafeString:
    """Wrap a drawing. With `text` it is an image with that name, without it the picture is decoration.

    A picture that may `stretch` keeps its height in a narrow column.
    """
    naming = format_html(' role="img" aria-label="{}"', text) if text else mark_safe(' aria-hidden="true"')
    size = format_html(' width="{}" height="{}"', number(width), number(height))
    ratio = mark_safe(' preserveAspectRatio="none"') if stretch else ""
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}"{}{}{} focusable="false">{}</svg>',
        css,
        number(width),
        number(height),
        size,
        ratio,
        naming,
        content,
    )
