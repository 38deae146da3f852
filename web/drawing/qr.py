"""QR codes as inline SVG, dark on white in every mode, with the quiet zone that phones need."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_ZONE = 4


def qr(text: str, label: str) -> SafeString:
    """Draw the code of a text; `label` says what it opens."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(_row(row, y + QUIET_ZONE) for y, row in enumerate(rows))
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges"'
        ' focusable="false"><path class="qr-ground" d="M0 0h{0}v{0}H0Z"/><path class="qr-dark" d="{2}"/></svg>',
        side,
        label,
        path,
    )


def _row(row: bytes, y: int) -> str:
    """Join the dark modules of a row into runs."""
    path = ""
    start = -1
    for x, dark in enumerate((*row, 0)):
        if dark and start < 0:
            start = x
        elif not dark and start >= 0:
            path += f"M{start + QUIET_ZONE} {y}h{x - start}v1h-{x - start}Z"
            start = -1
    return path
