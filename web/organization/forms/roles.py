"""The roles of a shift: as many kinds of seats as somebody adds, with or without JavaScript."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tasks.actions.shifts import ROLES_MOST, SEATS_MOST, RoleWanted
from tasks.models import ShiftRole
from volunteers.models import Capability
from web.organization.forms.parts import NARROW, InParts

ADD = "add-role"
REMOVE = "remove-role-"
# What a role begins with that is added.
NEW = {"seats_min": "1", "seats": "2", "min_age": "0"}


class RoleForm(InParts):
    """Seats of one kind."""

    name = forms.CharField(
        label=_("What they do, in a word or two"),
        help_text=_("For example: temperature, registration"),
        max_length=80,
        required=False,
    )
    seats_min = forms.IntegerField(
        label=_("People needed for it to open"),
        help_text=_("As long as fewer have signed up, the shift counts as short"),
        min_value=0,
        max_value=SEATS_MOST,
        widget=forms.NumberInput(attrs=NARROW),
    )
    seats = forms.IntegerField(
        label=_("Seats at most"),
        help_text=_("As many may come; then it is full"),
        min_value=1,
        max_value=SEATS_MOST,
        widget=forms.NumberInput(attrs=NARROW),
    )
    min_age = forms.IntegerField(
        label=_("Youngest age"),
        help_text=_("0 means any; under 18 a guardian agrees"),
        min_value=0,
        max_value=80,
        widget=forms.NumberInput(attrs=NARROW),
    )
    requirements = forms.TypedMultipleChoiceField(
        label=_("They need"), required=False, widget=forms.CheckboxSelectMultiple
    )
    PARTS = ((_("Role"), "", ("name", "seats_min", "seats", "min_age", "requirements")),)

    def __init__(
        self, *args: Any, key: str, of: ShiftRole | None, capabilities: Sequence[Capability], **kwargs: Any
    ) -> None:
        super().__init__(*args, prefix=f"roles-{key}", **kwargs)
        self.key = key
        self.of = of
        by_id = {str(each.pk): each for each in capabilities}
        wanted: Any = self.fields["requirements"]
        wanted.choices = [(number, each.name) for number, each in by_id.items()]
        wanted.coerce = by_id.__getitem__

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        least, most = values.get("seats_min"), values.get("seats")
        if least is not None and most is not None and least > most:
            self.add_error(
                "seats",
                ngettext(
                    "%(count)d person is needed, so there are at least as many seats",
                    "%(count)d people are needed, so there are at least as many seats",
                    least,
                )
                % {"count": least},
            )
        return values

    @property
    def needs(self) -> list[str]:
        """The names of the languages, skills and qualifications that are ticked."""
        field: Any = self.fields["requirements"]
        ticked = {str(number) for number in self["requirements"].value() or ()}
        return [name for number, name in field.choices if number in ticked]

    @property
    def wanted(self) -> RoleWanted:
        return RoleWanted(**{**self.cleaned_data, "name": self.cleaned_data["name"].strip()}, of=self.of)

    @property
    def is_changed(self) -> bool:
        """Whether it says otherwise than the role that it is about; a new one always does."""
        role, values = self.of, self.wanted
        return role is None or (
            (role.name, role.seats, role.seats_min, role.min_age)
            != (values.name, values.seats, values.seats_min, values.min_age)
            or {each.pk for each in role.requirements.all()}
            != {each.pk for each in values.requirements or ()}
        )


class Roles(list[RoleForm]):
    """The forms of all roles. What is sent names them in `role`, so one can be left out without counting anew."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        initial: Sequence[Mapping[str, Any]],
        existing: Sequence[ShiftRole] = (),
    ) -> None:
        self.existing = existing
        self.quiet = False
        self._capabilities = list(Capability.objects.order_by("kind", "position", "id"))
        if data is None:
            super().__init__(self._form(str(n), None, values) for n, values in enumerate(initial))
            return
        keys = list(dict.fromkeys(key for key in data.getlist("role") if key.isdecimal() and len(key) < 4))
        keys = keys[: ROLES_MOST + 1] or ["0"]
        step = data.get("step", "")
        data = data.copy()
        if step == ADD and len(keys) < ROLES_MOST:
            new = str(max([len(existing) - 1, *map(int, keys)]) + 1)
            keys.append(new)
            for name, value in NEW.items():
                data[f"roles-{new}-{name}"] = value
        elif step.startswith(REMOVE) and len(keys) > 1:
            keys = [key for key in keys if key != step.removeprefix(REMOVE)]
        self.quiet = step == ADD or step.startswith(REMOVE)
        super().__init__(self._form(key, data, {}) for key in keys)

    def _form(self, key: str, data: QueryDict | None, initial: Mapping[str, Any]) -> RoleForm:
        number = int(key)
        of = self.existing[number] if number < len(self.existing) else None
        form = RoleForm(data, initial=initial, key=key, of=of, capabilities=self._capabilities)
        form.quiet = self.quiet
        return form

    @property
    def can_grow(self) -> bool:
        return len(self) < ROLES_MOST

    def is_valid(self) -> bool:
        # Each is asked, so that each says what is wrong in it.
        wrong = [form for form in self if not form.is_valid()]
        return not wrong and self._names_differ()

    def _names_differ(self) -> bool:
        seen: set[str] = set()
        for form in self:
            name = form.cleaned_data["name"].strip().casefold()
            if name in seen:
                form.add_error(
                    "name",
                    gettext(
                        "Two roles have the same name. Call them differently, or put their seats together"
                    )
                    if name
                    else gettext("With several roles each needs a name"),
                )
                return False
            seen.add(name)
        return True

    @property
    def wanted(self) -> list[RoleWanted]:
        return [form.wanted for form in self]

    @property
    def is_changed(self) -> bool:
        return len(self) != len(self.existing) or any(form.is_changed for form in self)


def of_role(role: ShiftRole) -> dict[str, Any]:
    """What the form of a role begins with."""
    return {
        "name": role.name,
        "seats_min": role.seats_min,
        "seats": role.seats,
        "min_age": role.min_age,
        "requirements": [each.pk for each in role.requirements.all()],
    }
