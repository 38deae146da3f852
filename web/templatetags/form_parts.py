"""The parts of forms: what the field template asks, the summary of errors, rows of a formset."""

from collections.abc import Iterator
from typing import Any

from django import forms, template
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

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
