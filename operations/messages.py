"""What the code says to people, compared with its translation. Needs no gettext programs: newcomers lack them."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation.template import templatize

# The plain functions, and the places of context, text and plural in their arguments.
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
TEMPLATE_ENDINGS = {".html", ".txt", ".xml", ".svg"}
LEFT_OUT = {"migrations", "tests", "node_modules", "__pycache__"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


@dataclass(frozen=True, order=True)
class Key:
    """One message as the catalogue knows it."""

    text: str
    context: str = ""
    plural: str = ""


@dataclass
class Source:
    """Every message of the code with the files that hold it."""

    messages: dict[Key, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, key: Key, where: str) -> None:
        places = self.messages.setdefault(key, [])
        if where not in places:
            places.append(where)


def extract(root: Path) -> Source:
    """The messages of all packages below `root`, from Python and templates."""
    source = Source()
    packages = sorted(path.parent for path in root.glob("*/__init__.py") if path.parent.name not in LEFT_OUT)
    for package in packages:
        for path in sorted(package.rglob("*")):
            if not path.is_file() or LEFT_OUT & set(path.relative_to(root).parts):
                continue
            where = path.relative_to(root).as_posix()
            if path.suffix == ".py":
                from_python(path.read_text(), where, source)
            elif path.suffix in TEMPLATE_ENDINGS and "templates" in path.parts:
                from_template(path.read_text(), where, source)
    return source


def from_python(code: str, where: str, source: Source) -> None:
    tree = ast.parse(code, where)
    names = dict(_aliases(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else None
        if isinstance(node.func, ast.Attribute) and node.func.attr in FUNCTIONS:
            called = node.func.attr
        function = names.get(called or "", called if isinstance(node.func, ast.Attribute) else None)
        if function is None:
            continue
        values = [
            a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args
        ]
        if any(isinstance(a, ast.JoinedStr) for a in node.args):
            source.faults.append(f"{where}:{node.lineno}: an f-string cannot be translated; use placeholders")
        _take(function, values, where, source)


def _aliases(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The names under which a module knows the translation functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for name in node.names:
                if name.name in FUNCTIONS:
                    yield name.asname or name.name, name.name


def from_template(text: str, where: str, source: Source) -> None:
    # Django turns a template into calls of gettext between blanked-out text; brackets make that one expression,
    # in which indentation means nothing.
    code = "(\n" + templatize(text, origin=where) + "\n)"
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(code).readline) if t.type not in _NOISE]
    for at, token in enumerate(tokens[:-1]):
        function = "gettext" if token.string == "_" else token.string
        if token.type == tokenize.NAME and function in FUNCTIONS and tokens[at + 1].string == "(":
            _take(function, list(_arguments(tokens[at + 2 :])), where, source)


_NOISE = {tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT}


def _arguments(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[str | None]:
    value: str | None = None
    for token in tokens:
        if token.type == tokenize.STRING:
            value = (value or "") + ast.literal_eval(token.string)
        elif token.string in {",", ")"}:
            yield value
            value = None
            if token.string == ")":
                return


def _take(function: str, values: list[str | None], where: str, source: Source) -> None:
    context_at, text_at, plural_at = FUNCTIONS[function]

    def at(index: int | None) -> str | None:
        return "" if index is None else (values[index] if index < len(values) else None)

    text, context, plural = at(text_at), at(context_at), at(plural_at)
    if text and context is not None and plural is not None:
        source.add(Key(text, context, plural), where)


def key_of(entry: polib.POEntry) -> Key:
    return Key(entry.msgid, entry.msgctxt or "", entry.msgid_plural or "")


def entry_of(key: Key, places: Iterable[str]) -> polib.POEntry:
    # Files without line numbers: a moved line changes nothing in the catalogue.
    entry = polib.POEntry(
        msgid=key.text, msgctxt=key.context or None, occurrences=[(place, "") for place in places]
    )
    if key.plural:
        entry.msgid_plural = key.plural
        entry.msgstr_plural = {0: ""}
    if "%(" in key.text + key.plural or re.search(r"%[sd]", key.text):
        entry.flags.append("python-format")
    return entry


def texts_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def translated(entry: polib.POEntry) -> bool:
    return not entry.fuzzy and all(texts_of(entry))


def placeholders(text: str) -> set[str]:
    return {found.group(0) for found in PLACEHOLDER.finditer(text.replace("%%", ""))}


def faults(source: Source, catalogue: polib.POFile, compiled: polib.MOFile | None) -> list[str]:
    """Everything wrong with the catalogue, a sentence each."""
    entries = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    found = list(source.faults)
    for key, places in sorted(source.messages.items()):
        entry = entries.get(key)
        if entry is None or not translated(entry):
            state = "is to be looked at again" if entry is not None and entry.fuzzy else "has no translation"
            found.append(f"{places[0]}: {key.text!r} {state}")
            continue
        wanted = placeholders(key.text) | placeholders(key.plural)
        for text in texts_of(entry):
            if placeholders(text) - wanted or (not key.plural and wanted - placeholders(text)):
                found.append(f"{places[0]}: {text!r} has not the placeholders of {key.text!r}")
    if compiled is None or contents(compiled) != contents(
        e for e in catalogue if not e.obsolete and translated(e)
    ):
        found.append("The compiled catalogue is older than its source: run `make messages`.")
    return found


def contents(entries: Iterable[polib.POEntry | polib.MOEntry]) -> dict[Key, list[str]]:
    return {key_of(entry): texts_of(entry) for entry in entries}


def refresh(source: Source, catalogue: polib.POFile, others: Iterable[polib.POFile] = ()) -> polib.POFile:
    """The catalogue of exactly the code's messages. Texts no longer used stay in it as obsolete.

    `others` lend their translations to messages that have none.
    """
    known = {key_of(entry): entry for entry in catalogue}
    lent = {
        key_of(entry): entry
        for other in others
        for entry in other
        if translated(entry) and not entry.obsolete
    }
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = catalogue.metadata
    fresh.header = catalogue.header
    for key, places in sorted(source.messages.items(), key=lambda item: (item[1][0], item[0])):
        entry = entry_of(key, places)
        old = known.pop(key, None)
        giver = lent.get(key) if old is None or not translated(old) else old
        giver = giver or old
        if giver is not None:
            entry.msgstr, entry.msgstr_plural = giver.msgstr, giver.msgstr_plural or entry.msgstr_plural
            entry.tcomment = giver.tcomment
            if giver.fuzzy:
                entry.flags.append("fuzzy")
        fresh.append(entry)
    for key in sorted(known):
        if any(texts_of(known[key])):
            known[key].obsolete = True
            fresh.append(known[key])
    return fresh
