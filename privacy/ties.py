"""How the rows of each table belong to a person: by being about them, or by showing that they acted."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db.models import Field, ForeignKey, Model, Q

from accounts.models import User
from matching.models import MatchInput
from privacy.registry import declaration_of, personal
from sheets.models import SheetProblem
from tasks.models import Assignment
from volunteers.models import Volunteer

# A row in which the person stands under one of these names is about them; under any other they only acted.
SUBJECTS = frozenset({"user", "volunteer", "recipient", "person_id", "assignment", "contact"})
# Fields that hold a telephone number or an address instead of a key.
CONTACTS = frozenset({"contact", "contact_phone"})
# Numbers of persons in the two logs, which outlive them and so point at no row.
PERSON_IDS = frozenset({"person_id", "actor_id"})
# What is theirs in a row that is not about them, beside its tie: (table, tie) → columns.
WRITTEN = {
    ("tasks.Task", "contact_phone"): ("contact_name",),
    ("tasks.Shift", "contact_phone"): ("contact_name",),
    ("tasks.Incident", "reported_by"): ("text",),
    ("tasks.Mark", "marked_by"): ("note",),
    ("tasks.Mark", "decided_by"): ("decision",),
    ("tasks.CallRequest", "answered_by"): ("reason",),
    ("tasks.Step", "made_by"): ("words",),
    ("tasks.Step", "answered_by"): ("answer_words",),
    ("core.RequestKey", "actor_id"): ("answer",),
    ("sheets.Sheet", "by"): ("file_name", "options"),
    ("organizations.Verification", "requested_by"): ("evidence",),
    ("residents.HelpRequest", "asked_by"): ("name", "phone", "address", "words", "code", "reason"),
    ("residents.RequestEvent", "by"): ("words",),
}
# What of such a row is neither personal nor for them: whoever knows the code of a seat can show it at the desk.
WITHHELD = {("tasks.Assignment", "came_with"): ("code", "override_reason")}
# Tables that another one stands for.
SHOWN_ELSEWHERE: dict[type[Model], str] = {
    Session: "usersessions.UserSession names each sign-in; the session itself is sealed.",
    MatchInput: "Numbers without names: nobody can tell whose they are. The page of the archive says that they exist.",
    SheetProblem: "Quotes cells of a table; whoever brought it finds it at sheets.Sheet, and it goes with it.",
}


@dataclass(frozen=True)
class Tie:
    """One way in which rows of a table belong to a person."""

    model: type[Model]
    name: str
    is_subject: bool

    def rows_of(self, user: User) -> Q:
        """The condition on rows of the table."""
        if self.model is User:
            return Q(pk=user.pk)
        if self.name in CONTACTS:
            return Q(**{f"{self.name}__in": [contact for contact in (user.phone, user.email) if contact]})
        if self.name in PERSON_IDS:
            return Q(**{self.name: user.pk})
        field = self.model._meta.get_field(self.name)
        return Q(**{_PATHS[field.related_model].format(self.name): user})


_PATHS: dict[object, str] = {User: "{}", Volunteer: "{}__user", Assignment: "{}__volunteer__user"}


def ties() -> Iterator[Tie]:
    """Every tie of every table that declares something personal, in the order of the registry."""
    for declaration in personal():
        model = declaration.model
        if model is User:
            yield Tie(User, "id", True)
        for name in declaration.privacy.personal:
            if _points_at_a_person(model, name):
                yield Tie(model, name, name in SUBJECTS)


def _points_at_a_person(model: type[Model], name: str) -> bool:
    field = model._meta.get_field(name)
    if isinstance(field, ForeignKey):
        return field.related_model in _PATHS
    return name in CONTACTS | PERSON_IDS


def untied() -> list[type[Model]]:
    """Tables that say they hold something of persons, and from which no export could fetch it; a test keeps this empty."""
    tied = {tie.model for tie in ties()}
    return [d.model for d in personal() if d.model not in tied and d.model not in SHOWN_ELSEWHERE]


def columns_of(tie: Tie) -> list[Field]:
    """What the person may read of such a row.

    All of what is about them. Where they only acted, the row is somebody else's: that they did, when, and what they
    wrote themselves, without what it says of others.
    """
    fields: list[Field] = [*tie.model._meta.concrete_fields, *tie.model._meta.many_to_many]
    if tie.is_subject:
        return fields
    privacy = declaration_of(tie.model)
    assert privacy is not None
    open_to_them = {tie.name, *WRITTEN.get((tie.model._meta.label, tie.name), ())}
    closed = {*privacy.personal, *WITHHELD.get((tie.model._meta.label, tie.name), ())} - open_to_them
    return [field for field in fields if field.name not in closed]
