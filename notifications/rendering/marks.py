"""The form of a message template.

Its structure comes from the lines of the template, never from the values put in: each line's kind is marked in the
source before Django renders it, with characters that values cannot hold.

    the subject                       first line
    sms: the short text               subject and link where it is left out
    # the headline                    the subject where it is left out
    a paragraph                       one line each
    | label | value                   a row; left out where its value is empty
    || label | 7204                   a row whose value is large
    > label | address                 the one button
    a paragraph                       after the button: the way out
    -- why the person gets this       small, at the foot

`**bold**` and `[words](address)` work in paragraphs, rows and the reason.
"""

import re
from dataclasses import dataclass, field

from django.template import Origin
from django.template.loaders.app_directories import Loader as AppDirectoriesLoader

LINE, PARTS = "\ue010", "\ue011"
LINK, LINK_TO, LINK_END, BOLD, BOLD_END = "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
# What a value may not hold: our marks and their neighbours, breaks of lines, and what turns the direction of writing.
NOT_IN_VALUES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]+")

KINDS = (
    ("sms:", "short"),
    ("# ", "headline"),
    ("|| ", "code"),
    ("| ", "row"),
    ("> ", "button"),
    ("-- ", "reason"),
)
IN_TWO = {"code", "row", "button"}


class MalformedTemplate(ValueError):
    """A template of a message that does not keep the form."""


@dataclass
class Span:
    """A run of words; `url` makes it a link."""

    text: str
    url: str = ""
    bold: bool = False


@dataclass
class Piece:
    """One line of a rendered message; `label` only where its kind has two parts."""

    kind: str
    spans: list[Span]
    label: str = ""
    words: str = field(init=False)

    def __post_init__(self) -> None:
        self.words = "".join(span.text for span in self.spans)


class Loader(AppDirectoriesLoader):
    """Loads templates with their lines marked."""

    def get_contents(self, origin: Origin) -> str:
        return "".join(map(marked, super().get_contents(origin).splitlines()))


def marked(line: str) -> str:
    """One line of a template with its kind, its parts, its links and its bold words marked."""
    line = line.strip()
    kind, rest = next(
        ((kind, line[len(sign) :]) for sign, kind in KINDS if line.startswith(sign)), ("text", line)
    )
    if kind in IN_TWO:
        label, separator, value = rest.partition(" | ")
        if not separator:
            raise MalformedTemplate(f"a line needs the form `label | value`: {line}")
        rest = f"{label.strip()}{PARTS}{value.strip()}"
    rest = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", rf"{LINK}\1{LINK_TO}\2{LINK_END}", rest)
    rest = re.sub(r"\*\*(.+?)\*\*", rf"{BOLD}\1{BOLD_END}", rest)
    return f"{LINE}{kind}{PARTS}{rest}"


def pieces(rendered: str) -> list[Piece]:
    """The lines of a rendered template that say something."""
    found = []
    for line in rendered.split(LINE)[1:]:
        kind, _, rest = line.partition(PARTS)
        label, _, value = rest.partition(PARTS) if kind in IN_TWO else ("", "", rest)
        spans = list(spans_of(value.strip()))
        if any(span.text.strip() for span in spans):
            found.append(Piece(kind, spans, label=label.strip()))
    return found


RUN = re.compile(
    f"{LINK}(?P<words>.*?){LINK_TO}(?P<url>.*?){LINK_END}|{BOLD}(?P<bold>.*?){BOLD_END}|(?P<text>[^{LINK}{BOLD}]+)"
)


def spans_of(text: str) -> list[Span]:
    spans = []
    for run in RUN.finditer(text):
        if run["url"] is not None:
            spans.append(Span(run["words"], url=run["url"].strip()))
        elif run["bold"] is not None:
            spans.append(Span(run["bold"], bold=True))
        else:
            spans.append(Span(run["text"]))
    return spans
