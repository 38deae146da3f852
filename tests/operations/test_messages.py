"""What the code says is found and compared with its translation."""

import polib
import pytest

from operations import messages
from operations.messages import Key, Source

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
from django.utils import translation

A = _("A seat"
      " is free")
B = ngettext("%(n)d hour", "%(n)d hours", 2)
C = pgettext("verb", "Open")
D = translation.gettext("Whole module")
E = other("Not for people")
"""
TEMPLATE = """
{% load i18n %}<p title="{% translate 'It''s plain' %}">{% translate "Sign up" context "shift" %}</p>
{% blocktranslate with name=person.name trimmed %}
  Hello {{ name }},
  welcome
{% endblocktranslate %}
{% blocktranslate count n=hours %}{{ n }} hour{% plural %}{{ n }} hours{% endblocktranslate %}
{% if a == _("Compared") %}{{ b|default:_("Nothing") }}{% endif %}
"""


def found_in(python: str = "", template: str = "") -> Source:
    source = Source()
    messages.from_python(python, "app/x.py", source)
    messages.from_template(template, "app/templates/x.html", source)
    return source


def catalogue(**texts: str) -> polib.POFile:
    file = polib.POFile()
    for text, translation in texts.items():
        file.append(polib.POEntry(msgid=text.replace("_", " "), msgstr=translation))
    return file


def test_messages_of_python_are_found_under_every_name_of_the_function():
    assert set(found_in(PYTHON).messages) == {
        Key("A seat is free"),
        Key("%(n)d hour", plural="%(n)d hours"),
        Key("Open", context="verb"),
        Key("Whole module"),
    }


def test_messages_of_templates_are_found():
    found = set(found_in(template=TEMPLATE.replace("It''s", "It is")).messages)
    assert found == {
        Key("It is plain"),
        Key("Sign up", context="shift"),
        Key("Hello %(name)s, welcome"),
        Key("%(n)s hour", plural="%(n)s hours"),
        Key("Compared"),
        Key("Nothing"),
    }


def test_an_f_string_is_a_fault():
    source = found_in('from django.utils.translation import gettext as _\n_(f"Hello {name}")')
    assert "f-string" in source.faults[0]


@pytest.mark.parametrize(
    ("text", "translation", "says"),
    [("Sign up", "", "has no translation"), ("Seats: %(n)d", "席位：%(m)d", "placeholders")],
)
def test_what_is_missing_or_wrong_is_named(text: str, translation: str, says: str):
    source = Source()
    source.add(Key(text), "app/x.py")
    file = polib.POFile()
    file.append(polib.POEntry(msgid=text, msgstr=translation))

    assert any(says in fault for fault in messages.faults(source, file, None))


def test_a_fuzzy_translation_does_not_count():
    source = Source()
    source.add(Key("Sign up"), "app/x.py")
    file = catalogue(Sign_up="报名")
    file[0].flags.append("fuzzy")

    assert "looked at again" in messages.faults(source, file, None)[0]


def test_a_stale_compiled_catalogue_is_a_fault(tmp_path):
    source = Source()
    source.add(Key("Sign up"), "app/x.py")
    old, new = catalogue(Sign_up="注册"), catalogue(Sign_up="报名")
    old.save_as_mofile(str(tmp_path / "old.mo"))
    new.save_as_mofile(str(tmp_path / "new.mo"))

    assert messages.faults(source, new, polib.mofile(str(tmp_path / "new.mo"))) == []
    assert "make messages" in messages.faults(source, new, polib.mofile(str(tmp_path / "old.mo")))[0]


def test_refreshing_keeps_what_is_translated_and_sets_aside_what_is_unused():
    source = Source()
    source.add(Key("Sign up"), "app/x.py")
    source.add(Key("Release"), "app/x.py")

    fresh = messages.refresh(
        source, catalogue(Sign_up="报名", Gone="没了"), [catalogue(Release="退出", Sign_up="注册")]
    )

    assert {e.msgid: (e.msgstr, bool(e.obsolete)) for e in fresh} == {
        "Sign up": ("报名", False),
        "Release": ("退出", False),
        "Gone": ("没了", True),
    }
