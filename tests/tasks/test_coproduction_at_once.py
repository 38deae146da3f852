"""Two at the same moment: one wins, and the other reads why."""

from datetime import timedelta

from core import clock
from core.errors import DomainError
from notifications.models import Message
from organizations.models import Organization
from tasks.actions.asking import AskedAlready, RequestAnswered, decline_request
from tasks.actions.calls import LeadTaken, adopt_task, ask_organizations
from tasks.actions.escalations import LookedAfter, escalate_calls, see_escalation
from tasks.actions.steps import StepAnswered, answer_step
from tasks.models import Adoption, CallRequest, Escalation, Task
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.calls import make_call_request, make_step
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.tasks import make_adoption, make_task
from tests.plugin.database import LiveDatabase
from tests.tasks.test_offers_at_once import at_once

NOW = clock.now()


def refused(answers: list[object]) -> list[type[object]]:
    return [type(answer) for answer in answers if isinstance(answer, DomainError)]


def groups(call: Task) -> list[Organization]:
    found = [make_organization(home_area=call.area) for _ in range(2)]
    for organization in found:
        make_member(organization)
    return found


def test_of_two_who_do_the_same_one_wins(live_db: LiveDatabase) -> None:
    tree = small_tree()
    above, issuer = make_authority(tree.cities[0]), make_authority(tree.counties[0])
    make_member(above)
    call = make_task(area=tree.counties[0], issuer=issuer, called_at=NOW - timedelta(hours=30))
    one, other = groups(call)
    by = make_user()

    went_up = at_once(*[lambda: escalate_calls(at=NOW)] * 3)
    assert sorted(went_up) == [0, 0, 1]
    assert Message.objects.filter(channel="inbox", kind="call_escalated").count() == 1

    up = Escalation.objects.get()
    seen = at_once(*[lambda: see_escalation(escalation=up, by=by, at=NOW)] * 2)
    assert refused(seen) == [LookedAfter]

    asked = at_once(*[lambda: ask_organizations(task=call, organizations=[one], by=by, at=NOW)] * 2)
    assert refused(asked) == [AskedAlready]

    led = at_once(
        *[
            lambda group=group: adopt_task(task=call, organization=group, role="lead", by=by, at=NOW)
            for group in (one, other)
        ]
    )
    assert refused(led) == [LeadTaken]
    assert Adoption.objects.live().count() == 1

    make_adoption(call, other if Adoption.objects.get().organization == one else one, "partner")
    step = make_step(call, issuer)
    said = at_once(
        *[
            lambda group=group: answer_step(step=step, organization=group, agreed=True, by=by, at=NOW)
            for group in (one, other)
        ]
    )
    assert refused(said) == [StepAnswered]


def test_taking_on_and_declining_agree(live_db: LiveDatabase) -> None:
    """Whichever came first: the request has one answer, and a yes after a no is a yes all the same."""
    call = make_task()
    group = groups(call)[0]
    request = make_call_request(call, group)
    by = make_user()

    answers = at_once(
        lambda: adopt_task(task=call, organization=group, role="lead", by=by, at=NOW),
        lambda: decline_request(request=request, by=by, at=NOW, reason="Nobody is free."),
    )

    answer = CallRequest.objects.get().answer
    assert refused(answers) == ([RequestAnswered] if answer == "lead" else [])
    assert Adoption.objects.live().get().organization == group
