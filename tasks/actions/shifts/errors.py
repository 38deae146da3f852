"""What is refused about a shift, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class EndBeforeStart(DomainError):
    code = "end-before-start"
    text = _("The end lies before the start")


class HalfATime(DomainError):
    code = "half-a-time"
    text = _("Give a start and an end, or neither for work without a fixed time")


class ShiftTooLong(DomainError):
    code = "shift-too-long"
    text = _("A shift lasts at most 24 hours. Split it into several")


class InThePast(DomainError):
    code = "in-the-past"
    text = _("The start lies in the past")


class DeadlineOver(DomainError):
    code = "deadline-over"
    text = _("The deadline lies in the past")


class DeadlineWithTime(DomainError):
    code = "deadline-with-time"
    text = _("Work with a fixed time has no deadline. Leave out one of them")


class DeadlineOutsideTask(DomainError):
    code = "deadline-outside-task"
    text = _("The call runs from %(first)s to %(last)s. Choose a deadline in it")


class OutsideTask(DomainError):
    code = "outside-task"
    text = _("The call runs from %(first)s to %(last)s. Choose a day in it")


class PeopleAreThere(DomainError):
    code = "people-are-there"
    text = _("People have checked in already. Check them out when they leave, so that their hours count")


class SeatsOutOfOrder(DomainError):
    code = "seats-out-of-order"
    text = _("The shift needs at least %(least)s people, so it cannot have only %(seats)s seats")


class SeatsOutOfRange(DomainError):
    code = "seats-out-of-range"
    text = _("A shift has 1 to %(most)s seats")


class RolesMissing(DomainError):
    code = "roles-missing"
    text = _("A shift needs at least one kind of seats")


class TooManyRoles(DomainError):
    code = "too-many-roles"
    text = _("A shift has at most %(most)s kinds of seats. Split it into several shifts")


class RoleTwice(DomainError):
    code = "role-twice"
    text = _("Two roles have the same name. Call them differently, or put their seats together")


class RoleInUse(DomainError):
    code = "role-in-use"
    text = _("Somebody of this role has checked in. It can only be removed while nobody is there")


class RoleGone(DomainError):
    code = "role-gone"
    text = _("Somebody removed this role a moment ago. Look at the shift again")


class WindowsOutOfOrder(DomainError):
    code = "windows-out-of-order"
    text = _(
        "Members come first, then the area, then everybody. Choose a later time here, or an earlier one before"
    )


class EarlyWindowAlone(DomainError):
    code = "early-window-alone"
    text = _("Say from when everybody can sign up. Those named before come earlier")


class ClosesTooEarly(DomainError):
    code = "closes-too-early"
    text = _("Sign-up would close before it opens")


class WindowAfterStart(DomainError):
    code = "window-after-start"
    text = _("Sign-up opens and closes before the shift begins")


class WindowAfterDeadline(DomainError):
    code = "window-after-deadline"
    text = _("Sign-up opens and closes before the deadline of the work")


class NobodyInTime(DomainError):
    code = "nobody-in-time"
    text = _("With this notice sign-up would end before it opens. Shorten the notice, or open earlier")


class RuleOutOfRange(DomainError):
    code = "rule-out-of-range"
    text = _("Choose a number from %(least)s to %(most)s")


class PlaceMissing(DomainError):
    code = "place-missing"
    text = _("Say where to come")


class AreaOutsideTask(DomainError):
    code = "area-outside-task"
    text = _("%(area)s does not lie in the area of the call")


class AreaNotServed(DomainError):
    code = "area-not-served"
    text = _("%(organization)s does not serve %(area)s. Add it to the areas served, or choose another")


class NotTakenOn(DomainError):
    code = "not-taken-on"
    text = _("%(organization)s has not taken on this call. Take it on first")


class TaskEnded(DomainError):
    code = "task-ended"
    text = _("This call is closed. No more shifts can be posted for it")


class ShiftOver(DomainError):
    code = "shift-over"
    text = _("This shift is cancelled or over")


class ShiftBegan(DomainError):
    code = "shift-began"
    text = _("The shift has begun. Its start cannot be moved any more")
