"""What is told of a note that somebody did not come or came late: to the person, and to who decides on an objection."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from areas.models import Area
from notifications.notices import Kind, Notice
from tasks.models import Mark
from tasks.notices.shifts import SHIFT_SAMPLE, about_shift
from tasks.policies.marks import appeal_until

_MARK = {
    **SHIFT_SAMPLE,
    "name": "桂芳",
    "no_show": False,
    "minutes": 25,
    "note": "",
    "until": "2020-02-20T14:00:00Z",
    "url": "/me/marks/8KQ34MWX7204/",
}
KINDS = (
    Kind("mark_noted", _MARK),
    Kind(
        "mark_appealed", {**_MARK, "text": "我到了，忘了签到。", "url": "/org/7KQ3MWXA/marks/8KQ34MWX7204/"}
    ),
    Kind("mark_decided", {**_MARK, "status": "lifted", "reason": "照片里看到你在。"}),
)


def mark_noted(mark: Mark) -> Notice:
    """Said to the person at once, with the way to object."""
    return _notice("mark_noted", f"mark:{mark.code}:noted", mark.volunteer.user, _about(mark))


def mark_appealed(mark: Mark, people: Iterable[User], *, area: Area | None) -> list[Notice]:
    """To those who may decide; `area` where officials do."""
    where = f"/area/{area.code}" if area is not None else f"/org/{mark.organization.code}"
    context = {**_about(mark), "text": mark.appeal, "url": f"{where}/marks/{mark.code}/"}
    return [_notice("mark_appealed", f"mark:{mark.code}:appealed", person, context) for person in people]


def mark_decided(mark: Mark) -> Notice:
    context = {**_about(mark), "status": str(mark.status), "reason": mark.decision}
    return _notice("mark_decided", f"mark:{mark.code}:{mark.status}", mark.volunteer.user, context)


def _notice(kind: str, event: str, person: User, context: dict[str, Any]) -> Notice:
    return Notice(kind=kind, event=event, recipient=person, context=context)


def _about(mark: Mark) -> dict[str, Any]:
    return {
        **about_shift(mark.assignment.shift),
        "name": mark.volunteer.user.name,
        "no_show": mark.kind == Mark.Kind.NO_SHOW,
        "minutes": mark.minutes_late or 0,
        "note": mark.note,
        "until": appeal_until(mark.marked_at),
        "url": f"/me/marks/{mark.code}/",
    }
