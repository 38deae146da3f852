"""Fields in which an area is written by its name, as one says it."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from areas.models import Area, reads_chinese
from areas.queries import children

MOST_NAMED = 5
MOST_AREAS = 30


class NameInput(forms.TextInput):
    """A text with a list of names to choose from; whatever else is typed counts too."""

    template_name = "organization/name_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.names: list[str] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        attrs = {**(attrs or {}), "list": f"id_{name}_names"} if self.names else attrs
        context = super().get_context(name, value, attrs)
        return {**context, "names": self.names, "list_id": f"id_{name}_names"}


class AreaSelect(forms.Select):
    """Areas by their full names; what was written otherwise stays to be chosen."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        known = {str(choice) for choice, _ in self.choices}
        self.choices = [*self.choices, *((each, each) for each in value if each and each not in known)]
        return super().optgroups(name, value, attrs)


def find_areas(text: str) -> list[Area]:
    """Areas of which this is a code, a name, or a name with names above it: 桐君街道, 桐庐县桐君街道,
    Tongjun Subdistrict, Tonglu County."""
    text = unicodedata.normalize("NFKC", text).strip()
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return []
    joined = "".join(parts)
    endings = [joined[start:] for start in range(len(joined) - 1)]
    found = Area.objects.filter(
        Q(code=text) | Q(name_zh__in=endings) | Q(short_name_zh=text) | Q(name_en__iexact=parts[0])
    ).select_related("parent__parent__parent")
    exact = [area for area in found if text in (area.code, area.name_zh) or _is_named(area, joined, parts)]
    return sorted(
        exact or [area for area in found if area.short_name_zh == text], key=lambda a: (a.level, a.code)
    )


def _is_named(area: Area, joined: str, parts: list[str]) -> bool:
    chain, above = [area], area.parent
    while above is not None:
        chain.append(above)
        above = above.parent
    whole = "".join(link.name_zh for link in reversed(chain))
    if whole.endswith(joined) and len(joined) >= len(area.name_zh):
        return True
    names = [link.name_en.lower() for link in chain]
    return names[0] == parts[0].lower() and all(part.lower() in names[1:] for part in parts[1:])


def names_around(area: Area) -> list[str]:
    """The county of an area and what lies right below it, by their full names, to be offered; one query.

    Above a county there are too many: there nothing is offered.
    """
    county = area
    while county.level > Area.Level.COUNTY and county.parent is not None:
        county = county.parent
    if county.level < Area.Level.COUNTY:
        return []
    whole = county.full_name
    return [
        whole,
        *(f"{whole}{each.name}" if reads_chinese() else f"{each.name}, {whole}" for each in children(county)),
    ]


class AreaField(forms.CharField):
    """One area, by its name; within `roots` where these are given."""

    widget = NameInput
    default_error_messages = {
        "required": _("Write the name of an area"),
        "unknown": _("There is no area called “%(name)s” here. Write its full name, or choose from the list"),
        "several": _("Several areas are called “%(name)s”: %(choices)s. Write one of these"),
        "outside": _("%(name)s is not an area that your organization serves"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)
        self.roots: list[Area] | None = None

    def choose_within(self, root: Area, nothing: Any = "") -> None:
        """One of the areas right below `root`, or itself, chosen rather than written; one query.

        Above a county there are too many for a list of choices: there the name is written. Where the field may stay
        empty, `nothing` says what that means.
        """
        self.roots = [root]
        if root.level < Area.Level.COUNTY:
            return
        whole = root.full_name
        names = [below.name for below in children(root)]
        inside = [(f"{whole}{name}" if reads_chinese() else f"{name}, {whole}", name) for name in names]
        if inside:
            empty = [] if self.required else [("", nothing)]
            self.widget = AreaSelect(choices=[*empty, (whole, whole), *inside])  # type: ignore[assignment]
            self.widget.is_required = self.required

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self.resolve(text) if text else None

    def resolve(self, text: str) -> Area:
        found = find_areas(text)
        if self.roots is not None and len(found) > 1:
            found = [area for area in found if self._inside(area)] or found
        if not found:
            raise ValidationError(self.error_messages["unknown"], "unknown", {"name": text})
        if len(found) > 1:
            choices = "; ".join(area.full_name for area in found[:MOST_NAMED])
            raise ValidationError(
                self.error_messages["several"], "several", {"name": text, "choices": choices}
            )
        if not self._inside(found[0]):
            raise ValidationError(self.error_messages["outside"], "outside", {"name": found[0].full_name})
        return found[0]

    def _inside(self, area: Area) -> bool:
        return self.roots is None or any(root.contains(area) for root in self.roots)

    def prepare_value(self, value: Any) -> Any:
        return value.full_name if isinstance(value, Area) else value


def offer_areas(form: forms.Form, shifts: Sequence[Any], nothing: Any) -> None:
    """Let `area` of a form be where all of these shifts may lie, by the areas of their calls; one query.

    The field goes where there is nothing to choose: one area without any below it, or areas apart.
    """
    field: Any = form.fields["area"]
    roots = [shift.task.area for shift in shifts]
    inner = max(roots, key=lambda area: area.level)
    if all(root.contains(inner) for root in roots):
        field.choose_within(inner, nothing)
    if inner.level < Area.Level.COUNTY:
        field.widget.names = names_around(shifts[0].area)
    elif not isinstance(field.widget, AreaSelect):
        del form.fields["area"]


class AreasField(AreaField):
    """Several areas, a line each."""

    widget = forms.Textarea(attrs={"rows": 3})  # type: ignore[assignment]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators = []
        self.max_length = None

    def clean(self, value: Any) -> Any:
        text = forms.CharField.clean(self, value)
        lines = [line.strip() for line in str(text).replace("；", "\n").splitlines() if line.strip()]
        if len(lines) > MOST_AREAS:
            raise ValidationError(_("%(most)d areas are the most"), "too_many", {"most": MOST_AREAS})
        return list({area.pk: area for area in map(self.resolve, lines)}.values())

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return "\n".join(area.full_name for area in value)
        return value
