"""Forms: the error stands at its field, in the summary, and nothing typed is lost."""

import re
from collections.abc import Iterator

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from web.forms import BaseForm, CodeInput, PhoneInput


class Joining(BaseForm):
    name = forms.CharField(label="Name", help_text="What others call you")
    phone = forms.CharField(label="Phone", widget=PhoneInput, min_length=11)
    contact = forms.ChoiceField(
        label="Contact", choices=[("sms", "Text"), ("call", "Call")], widget=forms.RadioSelect
    )
    skills = forms.MultipleChoiceField(
        label="Skills", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple, required=False
    )
    day = forms.DateField(label="Day", required=False)
    agreed = forms.BooleanField(label="Agreed")
    code = forms.CharField(label="Code", widget=CodeInput, required=False)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def summary(*items: object) -> str:
    source = "{% load form_parts %}{% error_summary a b %}"
    return Template(source).render(Context({"a": items[0], "b": items[1] if len(items) > 1 else None}))


def typed(**values: object) -> Joining:
    return Joining({"name": "桂芳", "phone": "138", "agreed": "on", "contact": "sms", **values})


def test_an_error_stands_before_its_control_and_describes_it() -> None:
    html = str(typed()["phone"].as_field_group())

    assert html.index("govuk-error-message") < html.index("<input")
    assert 'aria-describedby="id_phone_error"' in html
    assert "govuk-form-group--error" in html
    assert 'aria-invalid="true"' in html


def test_a_hint_describes_its_control() -> None:
    html = str(typed()["name"].as_field_group())

    assert 'id="id_name_helptext"' in html
    assert 'aria-describedby="id_name_helptext"' in html


def test_what_was_typed_is_still_there() -> None:
    assert 'value="138"' in str(typed()["phone"].as_field_group())


def test_the_summary_has_the_same_words_and_leads_to_the_field() -> None:
    form = typed()

    html = summary(form)

    message = form.errors["phone"][0]
    assert f'<a href="#id_phone">{message}</a>' in html
    assert "One thing to change" in html
    assert 'role="alert"' in html


def test_the_summary_leads_to_the_first_of_several_choices() -> None:
    html = summary(typed(contact=""))

    target = re.search(r'href="#([^"]+)">Choose one: Contact', html)
    assert target is not None
    assert f'id="{target[1]}"' in str(typed(contact="")["contact"].as_field_group())


def test_the_summary_gathers_several_forms() -> None:
    assert "3 things to change" in summary(typed(), typed(contact=""))


def test_the_summary_is_empty_when_nothing_is_wrong_or_sent() -> None:
    assert summary(Joining()).strip() == ""


def test_choices_are_a_fieldset_with_a_legend() -> None:
    html = str(typed()["contact"].as_field_group())

    assert '<legend class="govuk-fieldset__legend">Contact' in html
    assert html.count("govuk-radios__item") == 2
    assert html.count(" checked") == 1


def test_a_single_box_has_its_label_beside_it() -> None:
    assert "govuk-checkboxes__input" in str(typed()["agreed"].as_field_group())


def test_a_field_that_may_stay_empty_says_so() -> None:
    assert "(optional)" in str(typed()["day"].as_field_group())
    assert "(optional)" not in str(typed()["name"].as_field_group())


def test_a_date_uses_the_control_of_the_browser_and_explains_a_wrong_one() -> None:
    form = typed(day="2020-02-31")

    assert 'type="date"' in str(form["day"].as_field_group())
    assert form.errors["day"] == ["This date does not exist. Write it like 2020-02-06"]


def test_an_empty_field_is_named_in_its_error() -> None:
    assert typed(name="").errors["name"] == ["Fill in: Name"]


def test_a_form_keeps_its_own_sentence() -> None:
    class Asking(BaseForm):
        name = forms.CharField(error_messages={"required": "Say what to call you"})

    assert Asking({}).errors["name"] == ["Say what to call you"]


def test_a_code_from_a_text_message_is_offered_by_the_phone() -> None:
    html = str(typed()["code"].as_field_group())

    assert 'autocomplete="one-time-code"' in html
    assert 'inputmode="numeric"' in html


def test_a_form_has_no_inline_style() -> None:
    assert "style=" not in str(typed())


class Choosing(BaseForm):
    day = forms.DateField(label="Day", required=False)
    at = forms.DateTimeField(label="Moment", required=False)


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "Sunday 22 November 2026", "Tuesday 1 December 2026 18:30"),
        ("zh-hans", "2026年11月22日 星期日", "2026年12月1日 星期二 18:30"),
    ],
)
def test_the_chosen_day_stands_below_its_control_in_the_language_of_the_page(
    language: str, day: str, moment: str
) -> None:
    with translation.override(language):
        html = str(Choosing({"day": "2026-11-22", "at": "2026-12-01T18:30"}))

    assert f'<p class="small day-said" id="id_day_day">{day}</p>' in html
    assert f'<p class="small day-said" id="id_at_day">{moment}</p>' in html
    assert 'aria-describedby="id_day_day"' in html


@pytest.mark.parametrize("typed", ["", "2026-02-31", "yesterday"])
def test_what_is_no_day_is_not_said_as_one(typed: str) -> None:
    html = str(Choosing({"day": typed})["day"].as_field_group())

    assert '<p class="small day-said" id="id_day_day" hidden></p>' in html
