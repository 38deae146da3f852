"""What a test sees of a page in a browser: sizes, words, weights, and what axe says."""

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "assets" / "axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# How far something reaches beyond the screen, and what.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.table-scroll, svg'))
    .slice(0, 5)
    .map(e => `${e.tagName.toLowerCase()}.${e.className} to ${Math.round(e.getBoundingClientRect().right)}`)
    .concat([`page ${document.documentElement.scrollWidth} of ${width}`]);
}"""

# Text that is cut off: more of it than its box shows, and no way to scroll there.
CUT_OFF = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.innerText?.trim() && e.clientWidth > 1 && e.clientHeight > 1
    && !e.closest('svg, select, textarea, .govuk-visually-hidden, .skip-link'))
  .filter(e => {
    const style = getComputedStyle(e), hides = way => way === 'hidden' || way === 'clip';
    return (hides(style.overflowX) && e.scrollWidth > e.clientWidth + 1)
      || (hides(style.overflowY) && e.scrollHeight > e.clientHeight + 1);
  })
  .slice(0, 5)
  .map(e => `${e.tagName.toLowerCase()}.${e.className} shows ${e.clientWidth}x${e.clientHeight} of `
    + `${e.scrollWidth}x${e.scrollHeight}: ${e.innerText.trim().slice(0, 40)}`)
"""
LETTERS = "size => document.documentElement.style.setProperty('font-size', size)"

# What a browser with a window asks for beside what a test sees it ask for: an icon, and the manifest.
BESIDE = """() => [...document.querySelectorAll('link[rel=icon]')].slice(-1)
  .concat([...document.querySelectorAll('link[rel=manifest]')]).map(link => link.href)"""

# Controls that are lower than they should be. A box or a radio button is pressed by its label.
SMALL_TARGETS = """least => [...document.querySelectorAll(
    'button, a.button, select, textarea, summary, input:not([type=hidden]):not([type=checkbox]):not([type=radio])')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.govuk-visually-hidden'))
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.height > 0 && box.height < least - 0.5)
  .map(([e, box]) => `${e.tagName.toLowerCase()}.${e.className} ${Math.round(box.height)} high: ${e.innerText || e.name}`)
"""

# Every text of the page in the page's own language: what is marked as another language is left out.
TEXTS = """() => {
  const own = document.documentElement.lang, found = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest('script, style, template')) continue;
    if (parent.closest('[lang]').lang === own) found.push(node.data.trim().replace(/\\s+/g, ' '));
  }
  for (const name of ['aria-label', 'alt', 'placeholder', 'title'])
    for (const e of document.querySelectorAll(`[${name}]`))
      if (e.closest('[lang]').lang === own) found.push(e.getAttribute(name));
  return found;
}"""

RUN_AXE = """async tags => {
  const result = await axe.run(document, {
    runOnly: {type: 'tag', values: tags}, rules: {'target-size': {enabled: true}}, resultTypes: ['violations']});
  return result.violations.flatMap(v => v.nodes.slice(0, 3).map(n => `${v.id}: ${n.target.join(' ')} ${n.html.slice(0, 160)}
    ${(n.any[0] || n.all[0] || n.none[0] || {}).message || ''}`));
}"""

WORD = r"[A-Za-z]{2,}"
THREE_WORDS = re.compile(rf"{WORD}(?:[ ,’'-]+{WORD}){{2,}}")
HAN = re.compile(r"[\u3400-\u9fff]")


def overflow(page: Page) -> list[str]:
    found: list[str] = page.evaluate(OVERFLOW)
    return found


def cut_off(page: Page) -> list[str]:
    found: list[str] = page.evaluate(CUT_OFF)
    return found


def zoomed(page: Page, *, letters: bool) -> list[str]:
    """What overflows or is cut off on a desktop's screen at 200 %, and, with `letters`, once more with all text twice as large."""
    page.set_viewport_size({"width": 640, "height": 700})
    found = [f"at 200 %: {line}" for line in overflow(page) + cut_off(page)]
    if letters:
        page.evaluate(LETTERS, "200%")
        found += [f"with letters of 200 %: {line}" for line in overflow(page) + cut_off(page)]
        page.evaluate(LETTERS, "")
    return found


def asked_beside(page: Page) -> list[str]:
    found: list[str] = page.evaluate(BESIDE)
    return found


def small_targets(page: Page, least: int) -> list[str]:
    found: list[str] = page.evaluate(SMALL_TARGETS, least)
    return found


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2, levels A and AA."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN_AXE, WCAG)
    return found


def foreign_words(page: Page, language: str, content: list[str]) -> list[str]:
    """Texts in the other language's script, apart from what people have written (`content`, the longest first)."""
    texts: list[Any] = page.evaluate(TEXTS)
    pattern = THREE_WORDS if language == "zh-hans" else HAN
    found = []
    for text in texts:
        rest = text
        if not pattern.search(rest):
            continue
        for words in content:
            rest = rest.replace(words, "·")
        if pattern.search(rest):
            found.append(text)
    return found


def weight(body: bytes) -> int:
    """Bytes on the way to a browser."""
    return len(gzip.compress(body, 6))


@cache
def static_weight(path: Path) -> int:
    return weight(path.read_bytes())
