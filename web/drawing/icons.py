"""The icons, drawn on a field of 24 with a stroke of 2 and round ends; each stands beside its word."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from web.drawing.svg import join, picture

ICONS: dict[str, tuple[str, ...]] = {
    "phone": (
        (
            "M5 3.5h3.2l1.8 4.6-2.4 1.7a12 12 0 0 0 5.6 5.6l1.7-2.4 4.6 1.8V18a2.6 2.6 0 0 1-2.6 2.6"
            "A14.4 14.4 0 0 1 2.9 6.1 2.6 2.6 0 0 1 5 3.5Z"
        ),
    ),
    "place": (
        "M12 21.5c4.4-4.3 7-7.8 7-11.3a7 7 0 0 0-14 0c0 3.5 2.6 7 7 11.3Z",
        "M12 12.6a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
    ),
    "time": ("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z", "M12 7v5.2l3.2 1.9"),
    "people": (
        "M8 4.5c0 6.4-1.8 10.6-5.6 14.2",
        "M8.6 11c.7 2.9 2 5.2 3.9 7.4",
        "M16.2 8.6c0 4.4-1.2 7.2-3.6 10",
        "M16.7 13c.6 2.2 2 4 4.9 5.7",
    ),
    "cover": (
        "M12 2.8 4.5 5.6v5.6c0 4.6 3 8.2 7.5 10 4.5-1.8 7.5-5.4 7.5-10V5.6Z",
        "m8.6 11.8 2.5 2.5 4.4-4.6",
    ),
    "qr": (
        "M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4Z",
        "M14 14h2.5v2.5M20 14v3M14 20h2.5M20 20h-.01M7 7h.01M17 7h.01M7 17h.01",
    ),
    "ask": ("M4 4h16v12.5h-5.5L12 20.5 9.5 16.5H4Z", "M12 7.2v3.6M12 13.4h.01"),
    "home": ("m3.5 11 8.5-7.5 8.5 7.5", "M5.8 9.5V20h12.4V9.5"),
    "list": ("M9 6h11.5M9 12h11.5M9 18h11.5", "M4 6h.01M4 12h.01M4 18h.01"),
    "calendar": ("M4 5.5h16V20H4Z", "M4 10h16M8.5 3v4.5M15.5 3v4.5"),
    "print": ("M7 8.5V3.5h10v5", "M7 17H3.5V8.5h17V17H17", "M7 13.5h10v7H7Z"),
    "seen-by": (
        "M2.5 12C4.8 7.8 8 5.6 12 5.6s7.2 2.2 9.5 6.4c-2.3 4.2-5.5 6.4-9.5 6.4S4.8 16.2 2.5 12Z",
        "M12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z",
    ),
    "certificate": (
        "M4 4h16v16H4Z",
        "M11.8 7.5c0 4-1.4 6.8-4 9",
        "M12.4 11.6c.7 2.2 2 3.8 3.9 5",
    ),
    "larger-text": (
        "M2.5 18.5 8 5l5.5 13.5M4.5 13.8h7",
        "m14 18.5 3.8-8.8 3.7 8.8M15.3 15.6h4.9",
    ),
    "language": (
        "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
        "M3 12h18",
        "M12 3c2.6 2.6 3.8 5.6 3.8 9s-1.2 6.4-3.8 9c-2.6-2.6-3.8-5.6-3.8-9S9.4 5.6 12 3Z",
    ),
    "paper": ("M5.5 3h8.5l4.5 4.5V21h-13Z", "M13.5 3v5h5M9 12.5h6M9 16.5h6"),
    "offline": (
        "M3 3l18 18",
        "M2.5 9.2A14 14 0 0 1 6.6 6.6M10.5 5.3a14 14 0 0 1 11 3.9",
        "M5.8 12.9a9.3 9.3 0 0 1 4-2.3M15 10.9a9.3 9.3 0 0 1 3.2 2",
        "M9.2 16.4a4.4 4.4 0 0 1 5-.6M12 20h.01",
    ),
    "tick": ("m4.5 12.8 5 5L20 6.8",),
    "cross": ("M5.5 5.5l13 13M18.5 5.5l-13 13",),
    "add": ("M12 4.5v15M4.5 12h15",),
    "search": ("M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z", "m15.8 15.8 4.7 4.7"),
    "figures": ("M4 4v16h16.5", "M9 16v-4M13.5 16V7.5M18 16v-2.5"),
}


def icon(name: str, css: str = "") -> SafeString:
    """Draw an icon. It carries no name of its own: the word beside it does."""
    paths = join([format_html('<path d="{}"/>', path) for path in ICONS[name]])
    return picture(paths, width=24, height=24, css=f"icon {css}".strip())


SHAPES: dict[str, str] = {
    "triangle": '<path d="M12 3.5 22.5 21h-21Z"/>',
    "half": '<path d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm0 2.4a7.6 7.6 0 0 1 7.6 7.6H4.4A7.6 7.6 0 0 1 12 4.4Z"/>',
    "ticked": '<path fill-rule="evenodd" d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20ZM10.8 16.8l-4.5-4.4 1.7-1.7 2.8 2.7 5.5-5.7 1.7 1.7Z"/>',
    "ring": '<path fill-rule="evenodd" d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm0 2.4a7.6 7.6 0 1 1 0 15.2 7.6 7.6 0 0 1 0-15.2Z"/><circle cx="12" cy="12" r="4"/>',
    "square": '<path fill-rule="evenodd" d="M2.5 2.5h19v19h-19ZM10.6 6v7.6h2.8V6Zm0 9.4v2.8h2.8v-2.8Z"/>',
    "disc": '<circle cx="12" cy="12" r="9"/>',
    "cross": '<path d="M5 7.1 7.1 5l4.9 4.9L16.9 5 19 7.1 14.1 12l4.9 4.9-2.1 2.1-4.9-4.9L7.1 19 5 16.9 9.9 12Z"/>',
}

STATE_SHAPES: dict[str, str] = {
    "short": "triangle",
    "at_risk": "half",
    "filled": "ticked",
    "full": "ticked",
    "open": "ticked",
    "running": "ring",
    "late": "square",
    "over": "disc",
    "cancelled": "cross",
}


def state_shape(state: str) -> SafeString:
    """Draw the shape of a state; the words are beside it."""
    # The shapes are constants of this module.
    shape = mark_safe(SHAPES[STATE_SHAPES[state]])  # noqa: S308
    return picture(shape, width=24, height=24, css="shape")
