"""Forms in the pattern of GOV.UK Frontend: one renderer, one base class, a few fields' controls.

Every form of the site looks like this without asking for it, since Django takes `Renderer` from the settings.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.models import ModelChoiceField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import pretty_name
from django.http import HttpRequest, QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

# Templates of controls that Django draws otherwise than we do.
OWN_WIDGETS = {
    "django/forms/widgets/radio.html": "forms/radios.html",
    "django/forms/widgets/checkbox_select.html": "forms/checkboxes.html",
}


class Renderer(TemplatesSetting):
    """Draw fields, forms and choices with our templates."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def get_template(self, template_name: str) -> Any:
        return super().get_template(OWN_WIDGETS.get(template_name, template_name))


class DateInput(forms.DateInput):
    """The browser's own date control."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time control."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own control for a date and a time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class PhoneInput(forms.TextInput):
    """A telephone number, with the keys for it."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "tel", "autocomplete": "tel", "class": "govuk-input--width-20", **(attrs or {})}
        )


class CodeInput(forms.TextInput):
    """A short code of digits, as from a text message."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "govuk-input--width-10 govuk-input--extra-letter-spacing",
                **(attrs or {}),
            }
        )


NATIVE: tuple[tuple[type[forms.Widget], type[forms.Widget]], ...] = (
    (forms.DateTimeInput, DateTimeInput),
    (forms.DateInput, DateInput),
    (forms.TimeInput, TimeInput),
)

SENTENCES: dict[type[forms.Field], dict[str, Any]] = {
    forms.DateField: {"invalid": _("This date does not exist. Write it like 2020-02-06")},
    forms.TimeField: {"invalid": _("This time does not exist. Write it like 18:00")},
    forms.DateTimeField: {"invalid": _("This time does not exist. Write it like 2020-02-06 18:00")},
    forms.ChoiceField: {"required": _("Choose one: {label}")},
    forms.TypedChoiceField: {"required": _("Choose one: {label}")},
    ModelChoiceField: {"required": _("Choose one: {label}")},
    forms.MultipleChoiceField: {"required": _("Choose at least one: {label}")},
    forms.IntegerField: {
        "invalid": _("Write a whole number, in digits"),
        "min_value": _("%(limit_value)s is the least"),
        "max_value": _("%(limit_value)s is the most"),
    },
    forms.CharField: {"max_length": _("%(limit_value)s characters at most; there are %(show_value)s")},
    forms.BooleanField: {"required": _("Tick this to go on")},
    forms.EmailField: {"invalid": _("This is no e-mail address. It looks like name@example.org")},
}


def sharpen(fields: dict[str, forms.Field]) -> None:
    """Give fields the browser's date and time controls and sentences that say what to do."""
    for name, field in fields.items():
        label = field.label or pretty_name(name)
        for plain, native in NATIVE:
            if type(field.widget) is plain:
                field.widget = native(field.widget.attrs)
        for code, sentence in SENTENCES.get(type(field), {}).items():
            if field.error_messages.get(code) == _default_sentence(type(field), code):
                field.error_messages[code] = format_lazy(sentence, label=label)
        if field.error_messages.get("required") == _default_sentence(type(field), "required"):
            field.error_messages["required"] = format_lazy(_("Fill in: {label}"), label=label)


def _default_sentence(field_class: type[forms.Field], code: str) -> Any:
    """Return what Django would say, so that a form's own sentence is kept."""
    for ancestor in field_class.__mro__:
        sentence = vars(ancestor).get("default_error_messages", {}).get(code)
        if sentence is not None:
            return sentence
    return None


class BaseForm(forms.Form):
    """A form of the site."""

    # Fields that another answer makes necessary: they are not marked as optional.
    sometimes_needed: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        # The page shows the errors, in the reader's words; the browser's bubbles are in the browser's language.
        self.use_required_attribute = False
        sharpen(self.fields)


class BaseModelForm(forms.ModelForm):
    """A form of the site over a model's row."""

    sometimes_needed: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        sharpen(self.fields)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST counts as one, and has errors to show."""
    return request.POST if request.method == "POST" else None


def refuse(form: forms.BaseForm, error: DomainError, names: Mapping[str, str] | None = None) -> None:
    """Put what the domain refused beside the field that it is about, or above the form.

    `names` says what the form calls the domain's fields, where that differs.
    """
    field = (names or {}).get(error.field or "", error.field)
    form.add_error(field if field in form.fields else None, error.message)
