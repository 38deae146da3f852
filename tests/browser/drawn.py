"""Draws the pictures of the site that cannot be SVG, into web/static/web/: `python -m tests.browser.drawn`.

Icons for the screens of devices, and the card that is shown where somebody passes an address on. They are committed.
"""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.plugin.browser import chromium_path

STATIC = Path(__file__).parents[2] / "web" / "static" / "web"
LEFT, RIGHT = "M12 2.4C12 10.4 8.4 16.6 2.6 21.2", "M13.6 10.2C15.2 14.8 18 18.4 21.8 21"
HEM = "M8.6 2.2C8.6 6 6 9.4 0 11.6M9.7 6.4C11 9 13.6 10.9 18 11.6"
CLOTH, OSMANTHUS = "#152C5B", "#FFC533"
# The name, and what the mark means.
WORDS = {
    "zh": ("众手", "三人成众。", "最上面的一个人，是你。"),
    "en": ("Manyhands", "Three people make a crowd.", "The one on top is you."),
}


def person(x: float, y: float, scale: float, colour: str) -> str:
    return f'<path d="{LEFT}{RIGHT}" transform="translate({x} {y}) scale({scale})" stroke="{colour}"/>'


def mark(side: float, field: float = 48) -> str:
    """The mark on cloth, in the middle of a square of `field` units of which it takes 48."""
    off = (field - 48) / 2
    people = (
        person(11.4, 0.2, 1.02, OSMANTHUS)
        + person(0.2, 23.4, 0.98, "#fff")
        + person(24.2, 23.4, 0.98, "#fff")
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" '
        f'viewBox="{-off} {-off} {field} {field}" style="background:{CLOTH};display:block">'
        f'<g fill="none" stroke-width="4.3" stroke-linecap="round">{people}</g></svg>'
    )


def card(language: str) -> str:
    name, first, second = WORDS[language]
    fonts = (
        "'Noto Sans CJK SC', sans-serif" if language == "zh" else "'Noto Sans', 'Liberation Sans', sans-serif"
    )
    return f"""<body style="margin:0;width:1200px;height:630px;background:{CLOTH};color:#fff;font-family:{fonts}">
<div style="position:absolute;left:96px;top:142px">{mark(300)}</div>
<div style="position:absolute;left:460px;top:{150 if language == "zh" else 160}px;line-height:1.4">
<div style="font-size:{112 if language == "zh" else 96}px;font-weight:700;line-height:1.3">{name}</div>
<div style="font-size:44px">{first}<br>{second}</div></div>
<svg style="position:absolute;left:0;bottom:0" width="1200" height="42"><defs><pattern id="hem" width="54" height="42"
patternUnits="userSpaceOnUse"><path d="{HEM}" transform="scale(3)" fill="none" stroke="#fff" stroke-opacity=".55"
stroke-width="2.2" stroke-linecap="round"/></pattern></defs><rect width="1200" height="42" fill="url(#hem)"/></svg>"""


def draw(page: Page, name: str, width: int, height: int, html: str) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{html}")
    page.screenshot(path=STATIC / name)


def main() -> None:
    one = (STATIC / "icon.svg").read_text().replace("<svg ", '<svg width="32" height="32" ')
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = browser.new_page()
        draw(page, "icon-32.png", 32, 32, one)
        draw(page, "icon-touch.png", 180, 180, mark(180, 64))
        draw(page, "icon-192.png", 192, 192, mark(192, 64))
        draw(page, "icon-512.png", 512, 512, mark(512, 64))
        # A device may cut a circle of four fifths out of it.
        draw(page, "icon-maskable.png", 512, 512, mark(512, 84))
        for language in WORDS:
            draw(page, f"card-{language}.png", 1200, 630, card(language))
        browser.close()


if __name__ == "__main__":
    main()
