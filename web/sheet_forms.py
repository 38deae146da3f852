"""Forms by which tables come in and go out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.models import AccessRecord
from sheets.files.columns import COLUMNS
from sheets.files.limits import MOST_BYTES
from sheets.models import Sheet
from sheets.rendering.words import field_label
from tasks.models import Task
from web.forms import BaseForm

ENCODINGS = (
    ("", _("Tell it from the file")),
    ("utf-8", "UTF-8"),
    ("gb18030", "GB18030 / GBK"),
    ("utf-16", "UTF-16"),
    ("big5", "Big5"),
)
PURPOSES = (
    (AccessRecord.Purpose.BEFORE.value, _("To prepare a shift with them")),
    (AccessRecord.Purpose.CHANGE.value, _("Something about a shift has changed")),
    (AccessRecord.Purpose.OTHER.value, pgettext_lazy("purpose", "Another reason")),
)
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))


def letter(column: int) -> str:
    """What a spreadsheet calls a column, from 0."""
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


# What a table can hold, where only the other end is said.
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 30)


class UploadForm(BaseForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A workbook (.xlsx) or a text with commas (.csv), 20 MB and 100,000 lines at most"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
        error_messages={
            "required": _("Choose a file"),
            "empty": _("There is nothing in the file"),
            "missing": _("Choose a file"),
            "invalid": _("Choose a file"),
        },
    )
    task = forms.ChoiceField(label=_("Call that the shifts belong to"))
    language = forms.ChoiceField(
        label=_("Language of the messages"), choices=LANGUAGES, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, tasks: Sequence[Task] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tasks = tasks
        if tasks is None:
            del self.fields["task"]
            self.initial.setdefault(
                "language", "en" if (get_language() or "").startswith("en") else "zh-hans"
            )
        else:
            del self.fields["language"]
            # Calls made from one template have one title.
            comma = pgettext("between two facts", ", ")
            choices = [(task.code, f"{task.display_title}{comma}{task.place}") for task in tasks]
            self.fields["task"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                gettext("The file is larger than %(most)s MB. Split it, or save it without pictures")
                % {"most": MOST_BYTES // 1_000_000}
            )
        return file

    def task_chosen(self) -> Task | None:
        code = self.cleaned_data.get("task")
        return next((task for task in self.tasks or () if task.code == code), None)


class ColumnsForm(BaseForm):
    """Which column of the file holds which field; one select a field."""

    def __init__(self, *args: Any, sheet: Sheet, titles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Not in the file"))] + [
            (str(at), f"{letter(at)}  {title}".strip()) for at, title in enumerate(titles)
        ]
        self.names = [column.name for column in COLUMNS[sheet.kind]]
        for column in COLUMNS[sheet.kind]:
            self.fields[f"column-{column.name}"] = forms.ChoiceField(
                label=field_label(sheet.kind, column.name),
                choices=choices,
                required=column.needed,
                initial=str(sheet.mapping.get(column.name, "")),
                error_messages={"required": _("Every line needs this. Say in which column it stands")},
            )

    def matched(self) -> list[tuple[str, str]]:
        """Which field was found in which column by the headers alone; nothing where one that is needed was not."""
        found = []
        for name in self.names:
            field = self.fields[f"column-{name}"]
            words = dict(field.choices).get(field.initial) if field.initial else None  # type: ignore[attr-defined]
            if words:
                found.append((str(field.label), str(words)))
            elif field.required:
                return []
        return found

    def mapping(self) -> dict[str, int]:
        chosen = {name: self.cleaned_data.get(f"column-{name}", "") for name in self.names}
        return {name: int(column) for name, column in chosen.items() if column}


class EncodingForm(BaseForm):
    encoding = forms.ChoiceField(label=_("Encoding of the text"), choices=ENCODINGS[1:])


class TakeOutForm(BaseForm):
    """What to take out, in which form, and for what where it names persons."""

    kind = forms.ChoiceField(label=_("What"), widget=forms.RadioSelect)
    format = forms.ChoiceField(
        label=_("Kind of file"),
        choices=(("xlsx", _("Workbook (.xlsx)")), ("csv", _("Text with commas (.csv)"))),
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    first = forms.DateField(
        label=_("Shifts from this day on"), help_text=_("Only for shifts; empty means all"), required=False
    )
    last = forms.DateField(label=_("Up to and with this day"), required=False)
    purpose = forms.ChoiceField(
        label=_("What you need the list for"),
        help_text=_("Everybody in it can read who took it out, and for what"),
        choices=PURPOSES,
        widget=forms.RadioSelect,
        required=False,
    )
    other = forms.CharField(
        label=_("In a few words"), help_text=_("Only for another reason"), max_length=120, required=False
    )
    sometimes_needed = ("purpose",)

    def __init__(
        self, *args: Any, kinds: Sequence[tuple[str, Any]], of_persons: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.initial["kind"] = kinds[0][0]
        if not of_persons:
            del self.fields["purpose"], self.fields["other"]
        if Sheet.Kind.SHIFTS not in dict(kinds):
            del self.fields["first"], self.fields["last"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", gettext("The last day lies before the first"))
        return values

    def days(self) -> tuple[date, date] | None:
        """First and last day of shifts, where one of them is given."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if not (first or last) or self.cleaned_data["kind"] != Sheet.Kind.SHIFTS:
            return None
        return max(first or EARLIEST, EARLIEST), min(last or LATEST, LATEST)
