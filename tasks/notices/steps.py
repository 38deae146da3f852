"""What the two sides of a call are told of what the other one proposed or answered."""

from collections.abc import Iterable

from accounts.models import User
from notifications.notices import Kind, Notice
from organizations.models import Organization
from organizations.queries import leaders_of
from tasks.models import Step
from tasks.notices.calls import CALL_SAMPLE, about_call, names_of, to_all

_STEP = {
    **CALL_SAMPLE,
    "organization": {"zh": "鹿城邻里互助会", "en": "Lucheng Neighbours"},
    "kind": "design",
    "words": "夜里改成两班，每班 4 小时。",
    "score": None,
    "url": "/area/330302/calls/8KQ34MWX/",
}
KINDS = (
    Kind("step_proposed", _STEP),
    Kind("step_answered", {**_STEP, "agreed": False, "answer_words": "人手不够两班。"}),
)


def step_proposed(step: Step, others: Iterable[Organization], by: User) -> list[Notice]:
    """To whoever leads the organizations of the other side, which come with their home areas; each person once."""
    told: dict[int, Notice] = {}
    for organization in others:
        context = {**_about(step), "url": _address(step, organization)}
        people = leaders_of([organization]).exclude(pk=by.pk)
        for notice in to_all(people, "step_proposed", f"step:{step.code}", context):
            told.setdefault(notice.recipient.pk, notice)  # type: ignore[union-attr]
    return list(told.values())


def step_answered(step: Step, by: User) -> list[Notice]:
    """To whoever leads the organization that proposed it."""
    assert step.answered_for is not None
    context = {
        **_about(step),
        "organization": names_of(step.answered_for),
        "agreed": step.answer == Step.Answer.AGREED,
        "answer_words": step.answer_words,
        "url": _address(step, step.organization),
    }
    people = leaders_of([step.organization]).exclude(pk=by.pk)
    return to_all(people, "step_answered", f"step-answered:{step.code}", context)


def _about(step: Step) -> dict[str, object]:
    return {
        **about_call(step.task),
        "organization": names_of(step.organization),
        "kind": step.kind,
        "words": step.words,
        "score": step.score,
    }


def _address(step: Step, reader: Organization) -> str:
    """The call as the reader's organization sees it."""
    if reader.is_authority:
        return f"/area/{reader.home_area.code}/calls/{step.task.code}/"
    return f"/org/{reader.code}/calls/{step.task.code}/"
