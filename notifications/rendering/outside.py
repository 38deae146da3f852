"""A letter as it leaves the house: as a text message, as plain text and as HTML."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from core.hotline import hotline_words
from notifications.models import Message
from notifications.rendering.letters import CONTACT_PATH, Letter, absolute, letter_of
from notifications.rendering.marks import Span


@dataclass(frozen=True)
class Rendered:
    """A message ready for a provider. `reference` is its code: the key by which a provider knows a repetition."""

    reference: str
    to: str
    subject: str
    text: str
    html: str = ""


def render(message: Message) -> Rendered:
    """What goes to the provider of the message's channel."""
    letter = letter_of(message)
    with translation.override(letter.language):
        if message.channel == Message.Channel.SMS:
            return Rendered(message.code, message.address, letter.subject, text_message(letter))
        return Rendered(message.code, message.address, letter.subject, plain(letter), html(letter))


def text_message(letter: Letter) -> str:
    """The short text with who sends it in front, as carriers ask."""
    return f"【众手】{letter.short}" if letter.language.startswith("zh") else f"Manyhands: {letter.short}"


def plain(letter: Letter) -> str:
    """The e-mail for readers of plain text; links stand behind their words."""
    parts = [letter.headline, *(words(spans) for spans in letter.paragraphs)]
    if letter.rows:
        colon = "：" if letter.language.startswith("zh") else ": "
        parts.append("\n".join(f"{row.label}{colon}{words(row.spans)}" for row in letter.rows))
    if letter.button:
        parts.append(f"{letter.button.text}\n{letter.button.url}")
    parts.extend(words(spans) for spans in letter.way_out)
    last = [words(letter.reason), f"{gettext('Choose how we reach you')} {contact_url(letter)}", telephone()]
    return "\n\n".join([*parts, "-- \n" + "\n".join(last)]) + "\n"


def words(spans: list[Span]) -> str:
    """Plain words; an address stands behind its words, in brackets that no Chinese full stop can be taken into."""
    return "".join(f"{span.text} {address(span.url)}" if span.url else span.text for span in spans)


def address(url: str) -> str:
    return url.removeprefix("tel:") if url.startswith("tel:") else f"<{url}>"


def html(letter: Letter) -> str:
    return render_to_string(
        "notices/email.html",
        {
            "letter": letter,
            "contact_url": contact_url(letter),
            "site_url": absolute("/", letter.language),
            "telephone": telephone(),
        },
    )


def contact_url(letter: Letter) -> str:
    return absolute(CONTACT_PATH, letter.language)


def telephone() -> str:
    return gettext("Rather not click? Call %(number)s. A person will help.") % {
        "number": hotline_words(settings.HOTLINE)
    }
