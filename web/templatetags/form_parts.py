"""The parts of forms: what the field template asks, the summary of errors, rows of a formset."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from web.wording import full_date

register = template.Library()

Errors = list[tuple[str, str]]


@register.filter
def kind(field: BoundField) -> str:
    """Say how a field is laid out: hidden, choices (a fieldset), check (one box) or plain."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.MultiWidget):
        return "choices"
    return "check" if isinstance(widget, forms.CheckboxInput) else "plain"


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Draw the control of a field with the classes and descriptions that it needs."""
    widget = field.field.widget
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    described += [f"{field.auto_id}_day"] if _is_day(widget) else []
    attrs: dict[str, Any] = {}
    base = _css(widget)
    if base:
        own = widget.attrs.get("class", "")
        wrong = f" {base}--error" if field.errors and base in _WITH_ERROR else ""
        attrs["class"] = f"{base}{wrong} {own}".strip()
    # A fieldset carries the description of its choices.
    if described and kind(field) != "choices":
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.simple_tag
def day_of(field: BoundField) -> str:
    """The day in a date's control, in words: what the browser shows there follows its own language, not the page's."""
    return day_said(field.auto_id, field.value()) if _is_day(field.field.widget) else ""


@register.simple_tag
def day_said(control_id: str, day: Any) -> SafeString:
    """The words below a date's control that no form draws; `page.js` renews them when another day is chosen."""
    words = _day_words(day)
    return format_html(
        '<p class="small day-said" id="{}_day"{}>{}</p>', control_id, "" if words else HIDDEN, words
    )


HIDDEN = SafeString(" hidden")


def _is_day(widget: forms.Widget) -> bool:
    return getattr(widget, "input_type", "") in ("date", "datetime-local")


def _day_words(value: Any) -> str:
    """Return a day, or a moment on the clock of the wall, in words; nothing for what is no day."""
    if isinstance(value, str):
        try:
            value = parse_date(value) or parse_datetime(value)
        except ValueError:  # of the right form, but no day of any month
            value = None
    if isinstance(value, datetime):
        return f"{full_date(value.date(), year=True)} {value:%H:%M}"
    return full_date(value, year=True) if isinstance(value, date) else ""


_WITH_ERROR = {"govuk-input", "govuk-select", "govuk-textarea", "govuk-file-upload"}


def _css(widget: forms.Widget) -> str:
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return ""
    if isinstance(widget, forms.CheckboxInput):
        return "govuk-checkboxes__input"
    if isinstance(widget, forms.Select):
        return "govuk-select"
    if isinstance(widget, forms.Textarea):
        return "govuk-textarea"
    if isinstance(widget, forms.FileInput):
        return "govuk-file-upload"
    return "govuk-input"


def anchor(field: BoundField) -> str:
    """Return the id of what a link to the field must reach: the first of its choices, or the control."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.MultiWidget):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.inclusion_tag("partials/error_summary.html")
def error_summary(*forms_or_formsets: BaseForm | BaseFormSet | list[BaseForm]) -> dict[str, Any]:
    """Summarise the errors of one or several forms, lists of forms and formsets, in the words that stand at the fields."""
    errors: Errors = []
    for item in forms_or_formsets:
        if isinstance(item, list):
            for form in item:
                errors.extend(_of_form(form))
        elif item:
            errors.extend(_of_formset(item) if isinstance(item, BaseFormSet) else _of_form(item))
    return {"errors": errors, "title": summary_title(len(errors))}


def summary_title(count: int) -> str:
    """Say how many things are left to change."""
    if not count:
        return ""
    return ngettext("One thing to change", "%(count)d things to change", count) % {"count": count}


def _of_formset(formset: BaseFormSet) -> Iterator[tuple[str, str]]:
    if not formset.is_bound:
        return
    for message in formset.non_form_errors():
        yield "", str(message)
    for form in formset.forms:
        yield from _of_form(form)


def _of_form(form: BaseForm) -> Iterator[tuple[str, str]]:
    if not form.is_bound:
        return
    for message in form.non_field_errors():
        yield "", str(message)
    for field in form:
        for message in field.errors:
            yield ("" if field.is_hidden else anchor(field)), str(message)


@register.simple_tag
def error_title(title: str, *forms_or_formsets: BaseForm) -> str:
    """Return the title of a page, marked where its form has errors."""
    wrong = any(item is not None and item.is_bound and not item.is_valid() for item in forms_or_formsets)
    return gettext("Error: %(title)s") % {"title": title} if wrong else title
