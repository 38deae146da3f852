"""Whoever loses a seat reads why: every way in which an assignment ends, and the message that goes with it."""

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from core import clock
from notifications.models import Message
from tasks.actions.calls import cancel_task
from tasks.actions.claims import lapse_claims
from tasks.actions.handovers import agree, ask_handover
from tasks.actions.seats import release, remove
from tasks.actions.shifts import cancel_shift, edit_shift
from tasks.models import Assignment, Shift
from tasks.queries.handovers import handover_by
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db
WHY = "The road is closed until Sunday."
End = Callable[[Assignment], Any]


def _remove(seat: Assignment) -> None:
    remove(assignment=seat, by=make_user(), at=clock.now(), reason=WHY)


def _cancel(seat: Assignment) -> None:
    cancel_shift(shift=seat.shift, by=make_user(), at=clock.now(), reason=WHY)


def _cancel_the_call(seat: Assignment) -> None:
    cancel_task(task=seat.shift.task, by=make_user(), at=clock.now(), reason=WHY)


def _lower_the_seats(seat: Assignment) -> None:
    Assignment.objects.filter(pk=seat.pk).update(created_at=clock.now() + timedelta(minutes=1))
    for _ in range(2):
        make_assignment(seat.shift)
    changes = {"seats": 2, "seats_min": 1}
    edit_shift(shift=seat.shift, changes=changes, by=make_user(), at=clock.now(), reason=WHY, lowered="wait")


def _move_onto_another(seat: Assignment) -> None:
    make_assignment(make_shift(starts_at=tomorrow_at(15)), seat.volunteer)
    times = {"starts_at": tomorrow_at(15), "ends_at": tomorrow_at(18)}
    edit_shift(shift=seat.shift, changes=times, by=make_user(), at=clock.now(), reason=WHY)


def _not_begun(seat: Assignment) -> None:
    Shift.objects.filter(pk=seat.shift_id).update(starts_at=None, ends_at=None)
    at = clock.now()
    Assignment.objects.filter(pk=seat.pk).update(period=None, begin_by=at - timedelta(minutes=1))
    lapse_claims(at=at)


def _release(seat: Assignment) -> None:
    release(assignment=seat, by=seat.volunteer.user, at=clock.now(), reason=WHY)


def _hand_on(seat: Assignment) -> None:
    handover = ask_handover(assignment=seat, kind="stand-in", by=seat.volunteer.user, at=clock.now())
    found = handover_by(handover.code)
    assert found is not None
    agree(handover=found, by=make_volunteer().user, at=clock.now())


# By how it ends: the state, the kind of message, and whether it carries the words of whoever decided.
ENDS: dict[str, tuple[End, str, str, bool]] = {
    "taken back by an organizer": (_remove, "removed", "seat_removed", True),
    "the shift is cancelled": (_cancel, "cancelled", "shift_cancelled", True),
    "the call is cancelled": (_cancel_the_call, "cancelled", "shift_cancelled", True),
    "fewer seats": (_lower_the_seats, "waiting", "seat_to_line", True),
    "moved onto another shift": (_move_onto_another, "removed", "seat_removed", False),
    "not begun in time": (_not_begun, "lapsed", "claim_lapsed", False),
    "given back": (_release, "released", "seat_released", True),
    "passed on": (_hand_on, "handed-on", "handover_passed", False),
}


def seat_of_a_task() -> Assignment:
    organization = make_organization()
    make_member(organization)
    return make_assignment(
        make_shift(organization=organization, starts_at=tomorrow_at(9), seats=6, seats_min=1)
    )


@pytest.mark.parametrize("how", ENDS)
def test_whoever_loses_a_seat_is_told_why(how: str) -> None:
    end, status, kind, in_their_words = ENDS[how]
    seat = seat_of_a_task()

    end(seat)

    seat.refresh_from_db()
    assert seat.status == status
    message = Message.objects.get(kind=kind, recipient=seat.volunteer.user, channel="inbox")
    if in_their_words:
        assert message.context["reason"] == WHY
    elif status == "lapsed":
        # The letter itself says that no word came by that moment.
        assert message.context["begin_by"]
    elif status != "handed-on":
        # What nobody decided has its sentence in both languages, and on the seat.
        reason = message.context["reason"]
        assert reason["zh"] and reason["en"]
    assert seat.end_reason or status == "handed-on"
    assert role_of(seat.shift).seats_taken >= 0


def test_every_state_in_which_a_seat_ends_is_walked_here() -> None:
    ended = {status for _, status, _, _ in ENDS.values()}
    assert ended == set(Assignment.Status.values) - {"active"}


def test_no_seat_ends_anywhere_else() -> None:
    """Code that ends a seat is known here, so that nobody adds a way out without its message."""
    known = {
        "tasks/actions/claims.py",
        "tasks/actions/handovers/completing.py",
        "tasks/actions/lowering.py",
        "tasks/actions/moves.py",
        # Of a party whose members all have seats of their own: nobody loses one.
        "tasks/actions/parties.py",
        "tasks/actions/seats.py",
        "tasks/actions/shifts/cancelling.py",
        "tasks/actions/shifts/roles.py",
        # Of somebody who asked to be forgotten.
        "privacy/erasure.py",
    }
    assert ending_files(Path(settings.BASE_DIR)) == known


def ending_files(root: Path) -> set[str]:
    """Files that call something with `status=Assignment.Status.X`, apart from reads."""
    found = set()
    for app in ("tasks", "matching", "privacy", "sheets", "operations", "web", "api", "volunteers"):
        for path in (root / app).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and _ends(call):
                    found.add(str(path.relative_to(root)))
    return found


def _ends(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in ("update", "end_seat"):
        return False
    values = [keyword.value for keyword in call.keywords if keyword.arg == "status"]
    return any(ast.unparse(value).startswith("Assignment.Status.") for value in values)
