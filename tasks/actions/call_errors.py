"""What can be refused of calls, and of who takes them on."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class PastDate(DomainError):
    code = "past-date"
    text = _("This day is over. Choose today or a later day")


class EndBeforeStart(DomainError):
    code = "end-before-start"
    text = _("The last day lies before the first. Choose the same day or a later one")


class NobodyNeeded(DomainError):
    code = "nobody-needed"
    text = _("At least 1 person. Write how many hands the work needs")


class AreaNotServed(DomainError):
    code = "area-not-served"
    text = _("%(organization)s does not serve %(area)s. Choose an area that it serves")


class SecondTitleMissing(DomainError):
    code = "second-title-missing"
    text = _("The text in the second language needs a title in that language")


class NotApproved(DomainError):
    code = "not-approved"
    text = _("%(organization)s is not approved yet. Once it is, this becomes possible")


class TaskNotOpen(DomainError):
    code = "task-not-open"
    text = _("This call is not open any more")


class NotADraft(DomainError):
    code = "not-a-draft"
    text = _("This call is public already")


class LeadTaken(DomainError):
    code = "lead-taken"
    text = _("%(organization)s leads this work already. You can join it as a partner")


class AlreadyAdopted(DomainError):
    code = "already-adopted"
    text = _("%(organization)s has taken this on already")


class NotAdopted(DomainError):
    code = "not-adopted"
    text = _("%(organization)s has no share in this call")


class ShiftsAhead(DomainError):
    code = "shifts-ahead"
    text = _("There are shifts ahead. Finish or cancel them first")


class PeopleOutOfRange(DomainError):
    code = "people-out-of-range"
    text = _("Write a number of people from 1 to %(most)s, or leave it empty")


class NobodyChosen(DomainError):
    code = "nobody-chosen"
    text = _("Nobody is chosen. Choose at least one organization")


class AskedAlready(DomainError):
    code = "asked-already"
    text = _("%(organization)s was asked already and has not answered yet")


class SaidNo(DomainError):
    code = "said-no"
    text = _("%(organization)s said that it cannot. Choose another one")


class RequestAnswered(DomainError):
    code = "request-answered"
    text = _("This was answered already: %(answer)s")


class NotASide(DomainError):
    code = "not-a-side"
    text = _("%(organization)s has no part in this call. Take it on first")
