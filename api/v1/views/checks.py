"""Who came and who left: one check, or up to five hundred of a desk that was offline."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.errors import document, of_domain
from api.problems import NoSuchThing
from api.v1.base import ApiView
from api.v1.described import described
from api.v1.rows import Row, check_row
from api.v1.serializers import BATCH_MOST, CheckSerializer, OutcomesSerializer, SeenSerializer
from core.errors import DomainError
from core.rates import hit
from core.request_keys import Answer
from tasks.actions.attendance import check
from tasks.models import Assignment, CheckIn, Shift
from tasks.permissions.shifts import can_serve_shift
from tasks.queries.roster import seat_by_spoken
from volunteers.queries import volunteer_of

# Six of 23 letters cannot be guessed at this pace.
TRIES, TRIES_SECONDS = 20, 600
SPOKEN_DIGITS = 4


class AmbiguousCode(DomainError):
    code = "ambiguous-code"
    text = _("Several people of this shift have this code. Send a volunteer's number instead")


class TooManyTries(DomainError):
    code = "too-many-requests"
    text = _("Too many tries with codes of sites. Wait ten minutes, or ask at the desk")


@dataclass
class _Desk:
    """What one request has looked up, so that a batch does not ask again for each of its checks."""

    by: User
    at: datetime
    seats: dict[str, Assignment] = field(default_factory=dict)
    shifts: dict[str, Shift | None] = field(default_factory=dict)

    def load(self, codes: set[str]) -> None:
        """The seats of scanned codes, at once."""
        rows = Assignment.objects.filter(code__in=codes).select_related(
            "volunteer", "shift__organization", "shift__area"
        )
        self.seats = {seat.code: seat for seat in rows}

    def served(self, code: str) -> Shift:
        """A shift at whose desk the person stands; raises NoSuchThing."""
        if code not in self.shifts:
            found = Shift.objects.filter(code=code).select_related("organization", "area").first()
            self.shifts[code] = found if found and can_serve_shift(self.by, found) else None
        shift = self.shifts[code]
        if shift is None:
            raise NoSuchThing
        return shift

    def meant(self, wanted: dict[str, Any]) -> tuple[Assignment, str]:
        """Whose check it is, and how it was seen; raises NoSuchThing or AmbiguousCode."""
        typed = _last_part(wanted["code"])
        if "shift" in wanted:
            return self._said(self.served(wanted["shift"]), typed)
        seat = self.seats.get(typed)
        if seat is not None and can_serve_shift(self.by, seat.shift):
            return seat, CheckIn.Method.SCAN
        return self._own(typed), CheckIn.Method.SITE_CODE

    def _said(self, shift: Shift, typed: str) -> tuple[Assignment, str]:
        found = seat_by_spoken(shift, typed)
        if not found:
            raise NoSuchThing
        if len(found) > 1:
            raise AmbiguousCode
        found[0].shift = shift
        if typed.isdigit():
            is_said = len(typed) == SPOKEN_DIGITS
            return found[0], CheckIn.Method.SPOKEN if is_said else CheckIn.Method.DESK
        return found[0], CheckIn.Method.SCAN

    def _own(self, site_code: str) -> Assignment:
        volunteer = volunteer_of(self.by)
        if volunteer is None:
            raise NoSuchThing
        if not hit(f"site-code:{volunteer.pk}", limit=TRIES, seconds=TRIES_SECONDS, by_machine=True):
            raise TooManyTries
        live = Assignment.objects.live().filter(volunteer=volunteer, shift__site_code=site_code)
        seat = live.select_related("shift__organization", "shift__area").first()
        if seat is None:
            raise NoSuchThing
        return seat

    def write(self, wanted: dict[str, Any], seat: Assignment, method: str) -> Row:
        """Record one check of what `meant` found; raises what `check` raises."""
        is_own = method == CheckIn.Method.SITE_CODE
        seen = check(
            assignment=seat,
            kind=wanted["kind"],
            method=method,
            # The desk saw when it was; what one says of oneself counts from when it is said.
            at=self.at if is_own else wanted["at"],
            by=self.by,
            nonce=wanted["nonce"],
            recorded_at=self.at,
            site_code=seat.shift.site_code if is_own else "",
        )
        return check_row(seen, seat)


def _last_part(scanned: str) -> str:
    """The code in what was scanned: a pass holds an address that ends with it."""
    return scanned.strip().split("?")[0].rstrip("/").split("/")[-1].upper()


class CheckInView(ApiView):
    """Arrivals and departures."""

    @described(
        "check_in",
        f"Record that somebody came or left: one check, or up to {BATCH_MOST} at once",
        request=PolymorphicProxySerializer(
            component_name="CheckOrChecks",
            serializers=[CheckSerializer, CheckSerializer(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
        answers={201: SeenSerializer, 200: OutcomesSerializer},
        problems=(
            "not-found", "not-holding", "outside-window", "in-the-future", "not-checked-in", "out-before-in",
            "already-checked", "nonce-used", "wrong-site-code", "ambiguous-code", "area-stopped",
        ),
        writes=True,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        return self.once(self._recorded)

    def _recorded(self, at: datetime) -> Answer:
        return self._many(at) if isinstance(self.request.data, list) else self._single(at)

    def _single(self, at: datetime) -> Answer:
        wanted = self.valid(CheckSerializer)
        desk = _Desk(self.user, at)
        if "shift" not in wanted:
            desk.load({_last_part(wanted["code"])})
        return Answer(201, desk.write(wanted, *desk.meant(wanted)))

    def _many(self, at: datetime) -> Answer:
        items: list[Any] = self.request.data
        if len(items) > BATCH_MOST:
            raise ValidationError(
                {"": [gettext("At most %(most)s checks in one request") % {"most": BATCH_MOST}]}
            )
        desk = _Desk(self.user, at)
        read = [_read(item) for item in items]
        desk.load({_last_part(one["code"]) for one, _ in read if one and "shift" not in one})
        outcomes: list[Row] = [{} for _ in read]
        # Two desks that send the same checks at once wait for each other in one order, never in a ring.
        for index in sorted(range(len(read)), key=lambda index: _nonce(read[index][0])):
            wanted, problem = read[index]
            outcomes[index] = _outcome(desk, wanted) if wanted else {**_NO_NONCE, **(problem or {})}
        return Answer(200, {"results": outcomes})


_NO_NONCE = {"nonce": None}


def _nonce(wanted: dict[str, Any] | None) -> UUID:
    return wanted["nonce"] if wanted else UUID(int=0)


def _read(item: Any) -> tuple[dict[str, Any] | None, Row | None]:
    """One check of several, or what is wrong with it."""
    made = CheckSerializer(data=item)
    if made.is_valid():
        return made.validated_data, None
    errors: Any = made.errors
    body = document(
        "invalid", gettext("Something in the request is not right. See each field"), errors=errors
    )
    nonce = item.get("nonce") if isinstance(item, dict) else None
    return None, {"nonce": str(nonce) if nonce else None, "status": 422, "problem": body}


def _outcome(desk: _Desk, wanted: dict[str, Any]) -> Row:
    """What became of one; each by itself, so that a wrong one takes none of the others along."""
    nonce = str(wanted["nonce"])
    try:
        # Before what a refusal takes back: a try with a wrong code counts.
        seat, method = desk.meant(wanted)
        with transaction.atomic():
            return {"nonce": nonce, "status": 201, "check_in": desk.write(wanted, seat, method)}
    except DomainError as error:
        body = of_domain(error)
        return {"nonce": nonce, "status": body["status"], "problem": body}
