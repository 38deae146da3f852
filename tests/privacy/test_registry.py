"""Every table says what it holds of persons."""

from django.apps import apps

from privacy import registry
from privacy.words import WORDS


def test_every_model_declares_what_it_holds():
    assert registry.undeclared() == []


def test_what_is_declared_as_personal_is_a_field():
    wrong = [
        f"{declaration.model._meta.label}.{name}"
        for declaration in registry.declarations()
        for name in declaration.privacy.personal
        if name not in {field.name for field in declaration.model._meta.get_fields()}
        and name not in {getattr(field, "attname", "") for field in declaration.model._meta.get_fields()}
    ]
    assert wrong == []


def test_purpose_and_time_are_said_for_each():
    assert [d.model for d in registry.declarations() if not (d.privacy.purpose and d.privacy.keep)] == []


def test_a_model_without_a_word_is_found(monkeypatch):
    silent = type("Silent", (), {})
    monkeypatch.setattr(apps, "get_models", lambda: [silent])
    assert registry.undeclared() == [silent]


def test_every_word_that_people_read_of_it_is_listed_for_translation():
    said = {
        text
        for declaration in registry.personal()
        for text in (
            declaration.privacy.purpose,
            declaration.privacy.keep,
            *declaration.privacy.personal.values(),
        )
    }
    assert said - set(WORDS) == set()
