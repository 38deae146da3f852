"""Who may take a seat from when and until when. All times are aware."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Stage(StrEnum):
    """For whom a sign-up opens, from the narrowest on: each stage also lets in those of the stages before it."""

    MEMBERS = "members"
    AREA = "area"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Admission:
    """The rules of a sign-up; without any of them it is open to everybody until the start."""

    opens_to_members_at: datetime | None = None
    opens_to_area_at: datetime | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    notice_minutes: int = 0
    needs_approval: bool = False
    party_most: int | None = None

    @property
    def asks_nothing(self) -> bool:
        """Whether everybody may come at any time, without a word of the organizer's."""
        return not (self.opens_at or self.closes_at or self.notice_minutes or self.needs_approval)

    @property
    def is_staged(self) -> bool:
        """Whether belonging to somebody, or living somewhere, opens it earlier."""
        return self.opens_to_members_at is not None or self.opens_to_area_at is not None


ALWAYS_OPEN = Admission()


@dataclass(frozen=True)
class Opening:
    """From when somebody may sign up, and with whom."""

    opens_at: datetime
    stage: Stage


def opening_for(rules: Admission, *, is_member: bool, is_local: bool) -> Opening | None:
    """The first stage that lets somebody in; None where it was always open.

    A stage without a time of its own is passed over: its people wait for the next one that has one.
    """
    if rules.opens_at is None:
        return None
    if is_member and rules.opens_to_members_at is not None:
        return Opening(rules.opens_to_members_at, Stage.MEMBERS)
    if (is_member or is_local) and rules.opens_to_area_at is not None:
        return Opening(rules.opens_to_area_at, Stage.AREA)
    return Opening(rules.opens_at, Stage.EVERYBODY)


def stage_at(rules: Admission, at: datetime) -> Stage | None:
    """The widest stage that is open at a moment; None before the first."""
    if rules.opens_at is None or has_come(rules.opens_at, at):
        return Stage.EVERYBODY
    if rules.opens_to_area_at is not None and has_come(rules.opens_to_area_at, at):
        return Stage.AREA
    if rules.opens_to_members_at is not None and has_come(rules.opens_to_members_at, at):
        return Stage.MEMBERS
    return None


def has_come(moment: datetime, at: datetime) -> bool:
    """Whether a moment is reached. In UTC: between two times of one zone Python compares what clocks show."""
    return moment.astimezone(UTC) <= at.astimezone(UTC)


def last_moment(rules: Admission, starts_at: datetime | None) -> datetime | None:
    """The last moment at which somebody may sign up, itself included, in UTC; None where only the start ends it.

    The earlier of the moment that was set and the notice before the start: whole minutes that pass, whatever clocks do.
    """
    ends = [rules.closes_at.astimezone(UTC)] if rules.closes_at is not None else []
    if starts_at is not None and rules.notice_minutes:
        ends.append(starts_at.astimezone(UTC) - timedelta(minutes=rules.notice_minutes))
    return min(ends, default=None)
