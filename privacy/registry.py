"""What the tables hold of persons, collected from the models' own declarations."""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model

from core.models import Privacy

# Tables of libraries, which cannot say it themselves.
DECLARED_HERE: dict[type[Model], Privacy] = {
    EmailAddress: Privacy(
        purpose="Kept empty: our own table of persons holds the addresses.",
        keep="Until erasure.",
        personal={"user": "whose", "email": "sign-in"},
    ),
    EmailConfirmation: Privacy(purpose="Not used.", keep="Not kept."),
    Authenticator: Privacy(
        purpose="Second factor of those who act for an organization.",
        keep="Until erasure, or until the person turns it off.",
        personal={"user": "whose", "data": "secret of the authenticator app, recovery codes"},
    ),
    UserSession: Privacy(
        purpose="Let a person see where they are signed in, and sign out there.",
        keep="As long as the session.",
        personal={"user": "whose", "ip": "network address at sign-in", "user_agent": "kind of browser"},
    ),
    Session: Privacy(
        purpose="Keep somebody signed in, and what they answered so far while they ask for help.",
        keep="30 days after the last sign-in; of a stranger two hours after the last answer.",
        personal={"session_data": "who is signed in; answers of a request for help that is not sent yet"},
    ),
    LogEntry: Privacy(
        purpose="Kept empty: the record of decisions takes its place.",
        keep="Not kept.",
        personal={"user": "who changed reference data"},
    ),
    Group: Privacy(purpose="Not used.", keep="Not kept."),
    Permission: Privacy(purpose="Reference data.", keep="Always."),
    ContentType: Privacy(purpose="Reference data.", keep="Always."),
}


@dataclass(frozen=True)
class Declaration:
    """One table and what it holds of persons."""

    model: type[Model]
    privacy: Privacy


def declaration_of(model: type[Model]) -> Privacy | None:
    """What a model says of itself, or what is said of it here."""
    own = vars(model).get("privacy")
    return own if isinstance(own, Privacy) else DECLARED_HERE.get(model)


def undeclared() -> list[type[Model]]:
    """The models that say nothing; a test keeps this empty."""
    return [model for model in apps.get_models() if declaration_of(model) is None]


def declarations() -> Iterator[Declaration]:
    """What every table says, in the order of the apps."""
    for model in apps.get_models():
        if privacy := declaration_of(model):
            yield Declaration(model, privacy)


def personal() -> list[Declaration]:
    """The tables that hold something of persons."""
    return [declaration for declaration in declarations() if declaration.privacy.personal]
