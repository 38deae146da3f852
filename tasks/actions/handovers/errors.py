"""Why a seat is not passed on, as sentences."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class HandoverNotAllowed(DomainError):
    code = "handover-not-allowed"
    text = _("In this shift nobody passes a seat on. Step back, or write to the organizer")


class AlreadyPassing(DomainError):
    code = "already-passing-on"
    text = _("You are looking for somebody already. Take that back first")


class TooLateToPass(DomainError):
    code = "too-late"
    text = _("The shift has begun. Call the organizer, so that they know")


class HandoverOver(DomainError):
    code = "handover-over"
    text = _("This is settled already, or the seat was given back. Other shifts still need hands")


class NotYourHandover(DomainError):
    code = "not-your-handover"
    text = _("Only the person who was asked can answer, or somebody who acts for them")


class NotForYourself(DomainError):
    code = "not-for-yourself"
    text = _("This is your own seat. Pass the link on to somebody else")


class NothingInReturn(DomainError):
    code = "nothing-in-return"
    text = _("Choose which of your seats you give for it")


class NotInReturn(DomainError):
    code = "not-in-return"
    text = _(
        "This seat cannot be given for it: it is of another organization, begun, or not what was asked for"
    )


class NotForTheOther(DomainError):
    """Why not is the other person's own affair: their age, their papers, their other shifts."""

    code = "not-for-the-other"
    text = _("%(name)s cannot take the seat that you give. Give another one, or ask the organizer")


class UnequalParties(DomainError):
    code = "unequal-parties"
    text = _("One of you comes with more people than the other. Seats are swapped one for one")


class WordsTooLong(DomainError):
    code = "words-too-long"
    text = _("Use at most %(most)s characters")


class TooManyAsked(DomainError):
    code = "too-many-asked"
    text = _("You have asked many people in an hour. Pass the link on, or go on a little later")
