"""What the page of a shift shows to everybody. Private details never enter these values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from tasks import policies
from tasks.models import Shift, ShiftRole, Task
from tasks.queries.needs import metres_to
from web import wording
from web.public.rows import Row, day_inside, place_of, reads, row_of
from web.states import StateKey

# So far from today a day is told by a name (tomorrow, Saturday), further away by its date.
NAMED_DAYS = range(-1, 7)


@dataclass(frozen=True)
class Fact:
    """One of the four facts of a task."""

    icon: str
    title: str
    text: str = ""
    language: str = ""


@dataclass(frozen=True)
class Part:
    """A kind of seats in a shift; `number` is its place in the shift, from 1."""

    number: int
    name: str
    taken: int
    needed: int
    seats: int
    free: int
    requirements: tuple[str, ...]
    min_age: int

    @property
    def missing(self) -> int:
        return max(self.needed - self.taken, 0)


@dataclass(frozen=True)
class NeedView:
    """A shift as everybody may read it."""

    code: str
    row: Row
    state_words: str
    day: str
    content: str
    by_line: str
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    who: tuple[dict[str, str], ...]
    is_open: bool
    is_full: bool
    is_stopped: bool
    cancel_reason: str
    task_url: str
    poster_url: str
    release_notice: str
    foreign: str = ""

    @property
    def several(self) -> bool:
        return len(self.parts) > 1


def need_view(
    shift: Any,
    roles: list[ShiftRole],
    at: datetime,
    *,
    signed_in: bool,
    point: tuple[float, float] | None = None,
) -> NeedView:
    """Put together what the page shows; `shift` was read with its seats."""
    row = row_of(shift, at, point)
    parts = tuple(_part(number, role) for number, role in enumerate(roles, start=1))
    is_open = (
        shift.status == Shift.Status.OPEN
        and not shift.is_stopped
        and shift.task.status in (Task.Status.CALLED, Task.Status.ADOPTED)
        and (shift.starts_at is None or shift.starts_at > at)
    )
    return NeedView(
        code=shift.code,
        row=row,
        state_words=_state_words(row, shift, at),
        day=day_inside(shift.starts_at, at) if shift.starts_at else "",
        content=shift.task.display_content,
        by_line=_by_line(shift),
        facts=tuple(_facts(shift, parts, point, at)),
        parts=parts,
        who=tuple(_who(shift, at, signed_in)),
        is_open=is_open,
        is_full=is_open and all(part.free < 1 for part in parts),
        is_stopped=shift.is_stopped,
        cancel_reason=shift.cancel_reason,
        task_url=reverse("public:need", args=[shift.task.code]),
        poster_url=reverse("public:poster", args=[shift.code]),
        release_notice=_notice(shift, at),
        foreign=_language_name(shift.task.language) if _has_foreign_words(shift) else "",
    )


def _notice(shift: Any, at: datetime) -> str:
    """Until when one may step back; once that is past, that one should be sure."""
    until = policies.release_until(shift.starts_at, shift.release_notice_minutes)
    if until is not None and until < at:
        return gettext("It begins soon: sign up only if you are sure to come.")
    return notice_words(shift.release_notice_minutes)


def _has_foreign_words(shift: Any) -> bool:
    """Whether the reader meets words of whoever posted it in another language."""
    task = shift.task
    return not reads(task.language) and any((task.conditions, task.guarantees, task.risks, shift.bring))


def _language_name(language: str) -> str:
    return gettext("Chinese") if language.startswith("zh") else gettext("English")


def _part(number: int, role: ShiftRole) -> Part:
    return Part(
        number=number,
        name=role.name,
        taken=role.seats_taken,
        needed=role.seats_min,
        seats=role.seats,
        free=role.seats_free,
        requirements=tuple(requirement.name for requirement in role.requirements.all()),
        min_age=role.min_age,
    )


def _state_words(row: Row, shift: Any, at: datetime) -> str:
    """The state with what it means: 今晚紧缺，还缺 8 人才够开班."""
    if shift.is_stopped:
        return gettext("For now, everything stands still")
    if row.state.key == StateKey.FULL and shift.has_waiting_list:
        return gettext("All seats taken, waiting list open")
    if row.state.key not in ("short", "at_risk"):
        return row.state.words
    words = ngettext(
        "%(count)d more person needed to open", "%(count)d more people needed to open", row.missing
    ) % {"count": row.missing}
    if shift.starts_at is None or row.state.key != "short":
        return words
    return gettext("Short %(day)s, %(words)s") % {"day": day_inside(shift.starts_at, at), "words": words}


def _by_line(shift: Any) -> str:
    organization, issuer = shift.organization.display_name, shift.task.issuer.display_name
    if shift.organization_id == shift.task.issuer_id:
        return organization
    return gettext("%(organization)s, asked by %(issuer)s") % {
        "organization": organization,
        "issuer": issuer,
    }


def _facts(
    shift: Any, parts: tuple[Part, ...], point: tuple[float, float] | None, at: datetime
) -> list[Fact]:
    return [_time(shift, at), _where(shift, point), _work(shift, parts), *_cover(shift)]


def _time(shift: Any, at: datetime) -> Fact:
    if shift.starts_at is None:
        until = wording.full_date(shift.task.ends_on)
        return Fact("time", gettext("At a time that suits you"), gettext("until %(day)s") % {"day": until})
    day = wording.local(shift.starts_at).date()
    hours = wording.when_words(shift.starts_at, shift.ends_at, at)
    length = wording.length_words(shift.ends_at - shift.starts_at)
    if (day - wording.local(at).date()).days not in NAMED_DAYS:
        return Fact("time", hours, length)
    text = gettext("%(first)s, %(second)s")
    return Fact("time", hours, text % {"first": wording.full_date(day), "second": length})


def _where(shift: Any, point: tuple[float, float] | None) -> Fact:
    if shift.task.is_remote:
        return Fact("home", gettext("From home"), gettext("Nobody has to come anywhere."))
    metres = metres_to(shift, point)
    words = []
    if metres is not None:
        words.append(gettext("%(distance)s from you.") % {"distance": wording.distance_words(metres)})
    if shift.address:
        words.append(gettext("The door number shows once you have a seat."))
    return Fact("place", place_of(shift), (" " if not wording.in_chinese() else "").join(words))


def _work(shift: Any, parts: tuple[Part, ...]) -> Fact:
    named = list(dict.fromkeys(name for part in parts for name in part.requirements))
    ages = [part.min_age for part in parts if part.min_age]
    comma = gettext(", ")
    title = shift.task.conditions or gettext("Everybody can do this")
    words = []
    if named:
        words.append(gettext("Needed: %(names)s.") % {"names": comma.join(named)})
    if ages:
        words.append(gettext("From %(age)d years.") % {"age": min(ages)})
    if shift.bring:
        words.append(gettext("Bring: %(things)s") % {"things": shift.bring})
    text = (" " if not wording.in_chinese() else "").join(words)
    return Fact("people", title, text, _tag(shift.task.language) if shift.task.conditions else "")


def _tag(language: str) -> str:
    """How a page marks words in another language than the reader's; nothing for the reader's own."""
    if reads(language):
        return ""
    return "zh-Hans" if language.startswith("zh") else language


def _cover(shift: Any) -> list[Fact]:
    task = shift.task
    if not task.guarantees and not task.risks:
        return []
    risks = gettext("Risks: %(risks)s") % {"risks": task.risks} if task.risks else ""
    language = _tag(task.language) if task.guarantees else ""
    return [Fact("cover", task.guarantees or gettext("Know the risks"), risks, language)]


def _who(shift: Any, at: datetime, signed_in: bool) -> list[dict[str, str]]:
    """Who asked, who took it on, whom to ask for."""
    task = shift.task
    rows = [
        {
            "label": gettext("Asked by"),
            "value": _with_moment(task.issuer.display_name, task.called_at, at),
        },
    ]
    if task.adopted_at:
        rows.append(
            {
                "label": gettext("Taken on by"),
                "value": gettext("%(name)s, after %(duration)s")
                % {
                    "name": shift.organization.display_name,
                    "duration": wording.length_words(task.adopted_at - task.called_at),
                },
            }
        )
    if shift.contact_name:
        # Only people who have joined read whom to ask for.
        name = gettext("%(name)s, telephone after sign-up") % {"name": shift.contact_name}
        rows.append(
            {"label": gettext("On site"), "value": name if signed_in else gettext("Named after sign-up")}
        )
    return rows


def _with_moment(name: str, moment: datetime | None, at: datetime) -> str:
    if moment is None:
        return name
    return gettext("%(first)s, %(second)s") % {
        "first": name,
        "second": wording.inside(wording.moment_words(moment, at)),
    }


def notice_words(minutes: int) -> str:
    """How long before the start a seat can be given back."""
    if not minutes:
        return gettext("You can step back until it begins. No points lost, nothing to explain.")
    length = wording.length_words(timedelta(minutes=minutes))
    return gettext(
        "You can step back until %(duration)s before it begins. No points lost, nothing to explain."
    ) % {"duration": length}
