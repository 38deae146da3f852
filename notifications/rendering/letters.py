"""Writes the letter of a message: one structure from which the text message, the e-mail and the inbox are drawn."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import gettext

from core.hotline import hotline_words
from notifications.models import Message
from notifications.notices import kind_of
from notifications.rendering.marks import NOT_IN_VALUES, MalformedTemplate, Piece, Span, pieces

ROWS = 5
ALLOWED = re.compile(r"(https?://|tel:|mailto:)", re.IGNORECASE)
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
CONTACT_PATH = "/me/contact/"


def engine(string_if_invalid: str = "") -> Engine:
    return Engine(
        autoescape=False,
        string_if_invalid=string_if_invalid,
        loaders=[("django.template.loaders.cached.Loader", ["notifications.rendering.marks.Loader"])],
        builtins=["notifications.rendering.wording"],
    )


_engine = engine()


@dataclass
class Row:
    label: str
    spans: list[Span]
    large: bool = False


@dataclass
class Letter:
    """What a message says. `way_out` are the paragraphs after the button, `reason` is why the person gets it."""

    language: str
    subject: str
    short: str
    headline: str
    paragraphs: list[list[Span]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    button: Span | None = None
    way_out: list[list[Span]] = field(default_factory=list)
    reason: list[Span] = field(default_factory=list)


def letter_of(message: Message, *, language: str = "") -> Letter:
    """The letter of a message, in its own language or in that of whoever reads it in the app."""
    return write(message.kind, message.context, language or message.language)


def write(kind: str, context: Mapping[str, Any], language: str, *, by: Engine = _engine) -> Letter:
    """The letter of a kind, with a context of JSON values, in `zh-hans` or `en`."""
    language = language if language in LANGUAGES else settings.LANGUAGE_CODE
    with translation.override(language):
        values = {
            "hotline": hotline_words(settings.HOTLINE),
            "contact_url": CONTACT_PATH,
            **{name: clean(value, language) for name, value in context.items()},
        }
        text = by.get_template(f"notices/{kind}.{language}.txt").render(Context(values, autoescape=False))
        return compose(pieces(text), kind, language)


def compose(found: list[Piece], kind: str, language: str) -> Letter:
    if not found or found[0].kind != "text":
        raise MalformedTemplate(f"the first line of {kind}.{language} is not its subject")
    subject = found[0].words
    letter = Letter(language=language, subject=subject, short="", headline=subject)
    for piece in found[1:]:
        for span in piece.spans:
            span.url = absolute(span.url, language)
        if piece.kind == "short":
            letter.short = piece.words
        elif piece.kind == "headline":
            letter.headline = piece.words
        elif piece.kind in ("row", "code"):
            letter.rows.append(Row(piece.label, piece.spans, large=piece.kind == "code"))
        elif piece.kind == "button":
            url = absolute(piece.words, language)
            letter.button = Span(piece.label, url=url) if url else None
        elif piece.kind == "reason":
            letter.reason = piece.spans
        else:
            (letter.way_out if letter.button else letter.paragraphs).append(piece.spans)
    if not letter.short:
        letter.short = f"{subject} {letter.button.url}" if letter.button else subject
    if not letter.reason:
        letter.reason = [Span(default_reason(kind))]
    return letter


def default_reason(kind: str) -> str:
    if kind_of(kind).needs_consent:
        return gettext("You get this because you agreed to hear of needs near you.")
    return gettext("You get this because you take part at Manyhands.")


def clean(value: Any, language: str) -> Any:
    """A value that can neither break a line nor pass for our marks; of {"zh": …, "en": …} the one that is read."""
    if isinstance(value, str):
        return NOT_IN_VALUES.sub(" ", value)
    if isinstance(value, Mapping):
        if value and set(value) <= {"zh", "en"}:
            first, second = ("zh", "en") if language.startswith("zh") else ("en", "zh")
            return clean(value.get(first) or value.get(second) or "", language)
        return {name: clean(item, language) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item, language) for item in value]
    return value


def absolute(url: str, language: str) -> str:
    """A path of this site with its language and host in front; other addresses as they are; else empty."""
    if url.startswith("/") and not url.startswith("//"):
        has_language = url.split("/")[1] in LANGUAGES
        return f"{settings.SITE_URL}{'' if has_language else '/' + language}{url}"
    return url if ALLOWED.match(url) else ""
