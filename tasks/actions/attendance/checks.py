"""Who came and who left. The system times the service; nobody edits hours."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from organizations.permissions import can_lead
from tasks import policies
from tasks.actions.holding import PASSED, hold_next, settle_place
from tasks.actions.refusals import NoSuchSeat, OverrideNotAllowed, Stale, TooLate
from tasks.actions.seats import NotHolding, insert_seat, record_seat, refuse_unless_fit
from tasks.actions.standstill import refuse_if_stopped
from tasks.models import Assignment, CheckIn, ServiceRecord, Shift, ShiftRole
from tasks.policies import Ground
from tasks.queries.seats import SeatWanted, SignUp, for_sign_up
from volunteers.models import Volunteer

CLOCKS_APART = timedelta(minutes=5)
LONGEST_PRESENCE = timedelta(hours=24)


class OutsideWindow(DomainError):
    code = "outside-window"
    text = _("Check-in is possible from an hour before the shift until twelve hours after it")


class InTheFuture(DomainError):
    code = "in-the-future"
    text = _("That time has not come yet")


class NotCheckedIn(DomainError):
    code = "not-checked-in"
    text = _("Nobody has seen this person arrive. Check them in first")


class OutBeforeIn(DomainError):
    code = "out-before-in"
    text = _("The departure lies before the arrival")


class AlreadyChecked(DomainError):
    code = "already-checked"
    text = _("This person has been checked already")


class NonceUsed(DomainError):
    code = "nonce-used"
    text = _("This check belongs to somebody else. Load the page again")


class WrongSiteCode(DomainError):
    code = "wrong-site-code"
    text = _("That is not the code of this site. It hangs at the desk, 6 characters")


class UndoOutFirst(DomainError):
    code = "undo-out-first"
    text = _("This person has left already. Take the departure back first")


class AlreadyUndone(DomainError):
    code = "already-undone"
    text = _("This entry was taken back already")


class HoursConfirmed(DomainError):
    code = "hours-confirmed"
    text = _("The hours are confirmed. What was recorded stays as it is")


@transaction.atomic
def check(
    *,
    assignment: Assignment,
    kind: str,
    method: str,
    at: datetime,
    by: User,
    nonce: UUID,
    recorded_at: datetime,
    site_code: str = "",
) -> CheckIn:
    """Record that somebody came or left at the moment `at`, seen by `by`, written down at `recorded_at`.

    The same nonce twice is one check. A volunteer who checks in themselves gives the site's code. A departure that
    nobody saw is entered with the method desk or paper. A stop refuses arrivals, never departures.
    """
    earlier = CheckIn.objects.filter(nonce=nonce).first()
    if earlier is not None:
        if (earlier.assignment_id, earlier.kind) != (assignment.pk, kind):
            raise NonceUsed
        return earlier
    shift = assignment.shift
    if assignment.status != Assignment.Status.ACTIVE:
        raise NotHolding
    if method == CheckIn.Method.SITE_CODE and site_code.strip().upper() != shift.site_code:
        raise WrongSiteCode(field="site_code")
    _check_moment(shift, at, recorded_at)
    valid = {seen.kind: seen for seen in CheckIn.objects.valid().filter(assignment=assignment)}
    if kind in valid:
        raise AlreadyChecked
    if kind == CheckIn.Kind.OUT:
        _check_departure(valid.get(CheckIn.Kind.IN), at)
    else:
        refuse_if_stopped(shift.area)
    return _write_check(assignment, kind, method, at=at, by=by, nonce=nonce, recorded_at=recorded_at)


def _check_moment(shift: Shift, at: datetime, recorded_at: datetime) -> None:
    if at > recorded_at + CLOCKS_APART:
        raise InTheFuture(field="at")
    window = policies.check_window(_period(shift))
    if window is not None and not window[0] <= at <= window[1]:
        raise OutsideWindow(field="at")


def _check_departure(arrival: CheckIn | None, at: datetime) -> None:
    if arrival is None:
        raise NotCheckedIn
    if at <= arrival.at:
        raise OutBeforeIn(field="at")
    if at - arrival.at > LONGEST_PRESENCE:
        raise OutsideWindow(field="at")


def _period(shift: Shift) -> policies.Period | None:
    return (shift.starts_at, shift.ends_at) if shift.starts_at and shift.ends_at else None


def _write_check(
    assignment: Assignment,
    kind: str,
    method: str,
    *,
    at: datetime,
    by: User,
    nonce: UUID,
    recorded_at: datetime,
) -> CheckIn:
    try:
        with transaction.atomic():
            seen = CheckIn.objects.create(
                assignment=assignment,
                kind=kind,
                method=method,
                at=at,
                nonce=nonce,
                recorded_at=recorded_at,
                recorded_by=by,
            )
    except IntegrityError as error:
        # Another device was faster: with the same nonce it is the same check.
        same = CheckIn.objects.filter(nonce=nonce, assignment=assignment, kind=kind).first()
        if same is None:
            raise AlreadyChecked from error
        return same
    audit.record(
        verb=f"check.{kind}",
        by=by,
        at=recorded_at,
        subject=assignment,
        area_code=assignment.shift.area.code,
        data={"shift": assignment.shift.code, "method": method, "at": at},
    )
    return seen


@transaction.atomic
def undo_check(*, check_in: CheckIn, by: User, at: datetime) -> CheckIn:
    """Take an entry back that was a mistake. It stays on record, with who took it back."""
    # Whoever confirms the hours locks the seat too: what is confirmed was valid then, and stays so.
    assignment = (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("shift__area")
        .get(pk=check_in.assignment_id)
    )
    if ServiceRecord.objects.filter(assignment=assignment).exists():
        raise HoursConfirmed
    left = CheckIn.objects.valid().filter(assignment=assignment, kind=CheckIn.Kind.OUT)
    if check_in.kind == CheckIn.Kind.IN and left.exists():
        raise UndoOutFirst
    if not CheckIn.objects.valid().filter(pk=check_in.pk).update(voided_at=at, voided_by=by):
        raise AlreadyUndone
    check_in.voided_at, check_in.voided_by = at, by
    audit.record(
        verb="check.undone",
        by=by,
        at=at,
        subject=assignment,
        area_code=assignment.shift.area.code,
        data={"shift": assignment.shift.code, "kind": check_in.kind},
    )
    return check_in


@transaction.atomic
def walk_in(
    *,
    shift: Shift,
    volunteer: Volunteer,
    by: User,
    at: datetime,
    number: int = 1,
    nonce: UUID | None = None,
    override_reason: str = "",
) -> Assignment:
    """Somebody without a seat stands at the desk: give them one, and check them in.

    A full shift gets one seat more. Age, guardian, capabilities, consent, stops and overlaps hold as for everybody;
    rest, distance and weekly hours may be set aside by an organizer. `number` is the role's place in the shift.
    """
    found = for_sign_up(role=SeatWanted(shift.code, number), user_id=volunteer.user_id, at=at, lock=True)
    if found is None:
        raise NoSuchSeat
    period = _rest_of_shift(found.shift, at)
    override = override_reason.strip()
    if override and not can_lead(by, found.shift.organization):
        raise OverrideNotAllowed
    needed = _refuse_walk_in(found, at=at, overriding=bool(override))
    assignment = insert_seat(
        found, by=by, at=at, seats=1, override=override if needed else "", period=period, begun_at=at
    )
    record_seat("seat.walk_in", assignment, found, by=by, at=at)
    _write_check(
        assignment,
        CheckIn.Kind.IN,
        CheckIn.Method.WALK_IN,
        at=at,
        by=by,
        nonce=nonce or uuid4(),
        recorded_at=at,
    )
    # The role is locked before the list, and what was held for whoever stands here is theirs.
    was_held = settle_place(assignment, by=by, at=at)
    counted = ShiftRole.objects.filter(pk=found.role.pk, version=found.role.version).update(
        seats=Greatest(F("seats"), F("seats_taken") + F("seats_held") + 1),
        seats_taken=F("seats_taken") + 1,
    )
    if not counted:
        raise Stale
    if was_held:
        hold_next(found.role.pk, at)
    return assignment


def _rest_of_shift(shift: Shift, at: datetime) -> policies.Period | None:
    """The time that it still takes of somebody who joins now."""
    period = _period(shift)
    if period is None:
        return None
    if at >= period[1]:
        raise TooLate
    if at < period[0] - policies.CHECK_IN_OPENS_BEFORE:
        raise OutsideWindow
    return max(at, period[0]), period[1]


def _refuse_walk_in(found: SignUp, *, at: datetime, overriding: bool) -> bool:
    """As for a sign-up, except that the shift may be full and may have begun."""
    return refuse_unless_fit(
        found,
        at=at,
        seats=1,
        overriding=overriding,
        apart_from=PASSED | {Ground.TOO_LATE},
    )
