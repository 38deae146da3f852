"""How a call is made together: a side proposes, the other side answers, and both look back at the end."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.models import Organization
from tasks.actions.call_errors import NotASide
from tasks.models import Step, Task
from tasks.notices import steps as notices
from tasks.queries.steps import other_side, takes_part

OPEN = (Task.Status.CALLED, Task.Status.ADOPTED)
SCORES = range(1, 6)


class NotYet(DomainError):
    code = "not-yet"
    text = _("The work is not done yet. Look back together once it is")


class WorkIsOver(DomainError):
    code = "work-is-over"
    text = _("The work is over. What is left is to look back together")


class WordsMissing(DomainError):
    code = "words-missing"
    text = _("Write it in a sentence or two. The other side reads it")


class ScoreMissing(DomainError):
    code = "score-missing"
    text = _("Choose how well the work met the need, from 1 to 5")


class StepWaits(DomainError):
    code = "step-waits"
    text = _("What you proposed of this kind waits for an answer still")


class AssessedAlready(DomainError):
    code = "assessed-already"
    text = _("%(organization)s looked back at this call already")


class StepAnswered(DomainError):
    code = "step-answered"
    text = _("%(organization)s answered this already: %(answer)s")


class OwnStep(DomainError):
    code = "own-step"
    text = _("This comes from your own side. The other side answers it")


@transaction.atomic
def propose_step(
    *,
    task: Task,
    kind: str,
    organization: Organization,
    by: User,
    at: datetime,
    words: str,
    score: int | None = None,
) -> Step:
    """Propose something for a call in the name of an authority or of a sharing organization; the other side is told.

    To look back (with a score from 1 to 5) is for after the end, once for each organization; the rest for before it.
    """
    task = _locked(task)
    said = words.strip()
    if not takes_part(task, organization):
        raise NotASide(organization=organization.display_name)
    looks_back = kind == Step.Kind.ASSESS
    if looks_back and task.status != Task.Status.CLOSED:
        raise NotYet
    if not looks_back and task.status not in OPEN:
        raise WorkIsOver
    if not said:
        raise WordsMissing(field="words")
    if looks_back and score not in SCORES:
        raise ScoreMissing(field="score")
    own = Step.objects.filter(task=task, organization=organization, kind=kind)
    if looks_back and own.exists():
        raise AssessedAlready(organization=organization.display_name)
    if own.filter(answer="").exists():
        raise StepWaits
    step = Step.objects.create(
        task=task,
        kind=kind,
        organization=organization,
        made_at=at,
        made_by=by,
        words=said,
        score=score if looks_back else None,
    )
    data = {"kind": kind, "organization": organization.code, "step": step.code}
    audit.record(verb="step.proposed", by=by, at=at, subject=task, area_code=task.area.code, data=data)
    others = other_side(step).select_related("home_area")
    queue_messages(notices=notices.step_proposed(step, others, by), at=at)
    return step


@transaction.atomic
def answer_step(
    *, step: Step, organization: Organization, by: User, at: datetime, agreed: bool, words: str = ""
) -> Step:
    """Agree to what the other side proposed, or not, and then why. The first answer counts."""
    task = _locked(step.task)
    locked = Step.objects.select_related("organization__home_area", "answered_for").get(pk=step.pk)
    locked.task = task
    if not takes_part(task, organization):
        raise NotASide(organization=organization.display_name)
    if organization.is_authority == locked.organization.is_authority:
        raise OwnStep
    if locked.answered_for is not None:
        raise StepAnswered(
            organization=locked.answered_for.display_name, answer=locked.get_answer_display().lower()
        )
    said = words.strip()
    if not agreed and not said:
        raise WordsMissing(field="words")
    locked.answer = Step.Answer.AGREED if agreed else Step.Answer.DECLINED
    locked.answered_at, locked.answered_by, locked.answered_for = at, by, organization
    locked.answer_words = said
    locked.save(update_fields=["answer", "answered_at", "answered_by", "answered_for", "answer_words"])
    data = {"answer": locked.answer, "organization": organization.code, "step": locked.code}
    audit.record(verb="step.answered", by=by, at=at, subject=task, area_code=task.area.code, data=data)
    queue_messages(notices=notices.step_answered(locked, by), at=at)
    return locked


def _locked(task: Task) -> Task:
    rows = Task.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("issuer__home_area", "area__parent__parent").get(pk=task.pk)
