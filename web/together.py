"""What the pages of a call share on both sides: shares with their people, steps, and why somebody is suggested."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from areas.models import Area
from core import clock
from insights.disclosure import persons
from organizations.models import Organization
from tasks.actions.call_errors import PeopleOutOfRange
from tasks.actions.calls import PEOPLE_AT_MOST
from tasks.actions.reasons import ReasonMissing
from tasks.actions.steps import ScoreMissing, WordsMissing
from tasks.models import CallRequest, Step, Task
from tasks.queries.calls import in_reach
from tasks.queries.stories import Story
from tasks.queries.suggestions import Suggestion, suggest
from tasks.rendering.suggestions import words_of
from web.forms import BaseForm

MOST_PAGES = 500
# So many organizations stand on the page on which some are chosen.
MANY = 20
SCORES = (
    (5, _("5: wholly")),
    (4, _("4: well")),
    (3, _("3: halfway")),
    (2, _("2: a little")),
    (1, _("1: not at all")),
)


class ShareForm(BaseForm):
    """How many people an organization brings; nothing where it cannot say yet."""

    people = forms.IntegerField(
        label=_("How many people do you bring?"),
        help_text=_("Of those needed. Leave it empty if you cannot say yet; you can change it later."),
        required=False,
        min_value=1,
        max_value=PEOPLE_AT_MOST,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refusal = PeopleOutOfRange(most=PEOPLE_AT_MOST).message
        self.fields["people"].error_messages |= {"min_value": refusal, "max_value": refusal}


class CannotForm(BaseForm):
    """Why an organization that was asked cannot."""

    reason = forms.CharField(
        label=_("Why not?"),
        help_text=_("One sentence. Whoever asked reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": ReasonMissing.text},
    )


class StepForm(BaseForm):
    """What one side proposes to the other."""

    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[choice for choice in Step.Kind.choices if choice[0] != Step.Kind.ASSESS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about")},
    )
    words = forms.CharField(
        label=_("What do you propose?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": WordsMissing.text},
    )


class AssessmentForm(BaseForm):
    """How one side looks back at the work."""

    score = forms.TypedChoiceField(
        label=_("How well did the work meet the need?"),
        coerce=int,
        choices=SCORES,
        widget=forms.RadioSelect,
        error_messages={"required": ScoreMissing.text, "invalid_choice": ScoreMissing.text},
    )
    words = forms.CharField(
        label=_("What went well, and what should be otherwise next time?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": WordsMissing.text},
    )


class AnswerForm(BaseForm):
    """Agreed or not, and then why."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=Step.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you agree")},
    )
    words = forms.CharField(
        label=_("In words"),
        help_text=_("Needed where you do not agree."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(frozen=True)
class SuggestionRow:
    """An organization with the reasons for it as they may be shown."""

    code: str
    name: str
    kind: str
    home: str
    reasons: list[dict[str, Any]]


def suggestion_rows(suggestions: list[Suggestion], area: Area) -> list[SuggestionRow]:
    """Suggestions for a page; counts of persons in the reasons are protected."""
    return [
        SuggestionRow(
            each.organization.code,
            each.organization.display_name,
            each.organization.get_cbo_type_display() or each.organization.get_kind_display(),
            each.organization.home_area.full_name,
            [
                {
                    "good": reason.good,
                    "text": words_of(reason, area=area.name, people=lambda count: persons(count).value),
                }
                for reason in each.reasons
            ],
        )
        for each in suggestions
    ]


def suggested(task: Task, story: Story, limit: int) -> list[SuggestionRow]:
    """Whom to ask for a call, apart from those who know of it already."""
    found = suggest(
        type=task.type,
        area=task.area,
        requirements=story.requirements,
        at=clock.now(),
        limit=limit,
        exclude=_known(story),
    )
    return suggestion_rows(found, task.area)


def named_in_reach(task: Task, story: Story, words: str) -> list[Organization]:
    """Groups that may take a call on, by a word of their names."""
    named = in_reach(task).exclude(kind=Organization.Kind.GOVERNMENT).named(words).order_by("name", "id")
    return list(named.exclude(pk__in=_known(story)).select_related("home_area__parent__parent")[:MANY])


def _known(story: Story) -> list[int]:
    """Whom it makes no sense to ask: who shares it, was asked and is waited for, or said that it cannot."""
    asked = [each.organization_id for each in story.asked if each.answer in ("", CallRequest.Answer.DECLINED)]
    return [*(share.organization_id for share in story.shares), *asked]


def said_asked(count: int) -> str:
    """That so many organizations were asked."""
    said = ngettext(
        "Asked. %(count)d organization has been told.",
        "Asked. %(count)d organizations have been told.",
        count,
    )
    return said % {"count": count}


def pages_of_asked(request: HttpRequest, story: Story) -> dict[str, str]:
    """The addresses of the pages around in the list of those who were asked."""
    page = page_asked(request, "asked")
    return {
        "previous_asked": f"?asked={page - 1}" if page > 1 else "",
        "next_asked": f"?asked={page + 1}" if story.has_more_asked else "",
    }


def page_asked(request: HttpRequest, name: str) -> int:
    """The page of a list that the address names, from 1."""
    typed = request.GET.get(name, "")
    return max(1, min(int(typed), MOST_PAGES)) if typed.isdecimal() else 1
