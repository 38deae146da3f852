"""Officials look at volunteers' papers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import AccessRecord, AuditRecord
from notifications.models import Message
from tests.factories.areas import SmallTree
from tests.factories.volunteers import give_capability, make_capability, make_volunteer
from tests.web.authority.conftest import People, signed_in
from volunteers.models import Capability, VolunteerCapability

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper() -> Capability:
    return make_capability("nurse", kind="qualification")


def claim(tree: SmallTree, paper: Capability, *, days: int = 1, **fields) -> VolunteerCapability:
    """A paper that a volunteer of the first county wrote down some days ago."""
    volunteer = fields.pop("volunteer", None) or make_volunteer(area=fields.pop("area", tree.townships[0]))
    values = {"claimed_at": clock.now() - timedelta(days=days), "evidence": "No. 2019-0457", **fields}
    return give_capability(volunteer, paper, confirmed=False, **values)


def queue(tree: SmallTree) -> str:
    return reverse("authority:qualifications", args=[tree.counties[0].code])


def page_of(tree: SmallTree, row: VolunteerCapability) -> str:
    arguments = [tree.counties[0].code, row.volunteer.number, row.capability.code]
    return reverse("authority:qualification", args=arguments)


def test_the_longest_waiting_comes_first_without_names_and_the_navigation_counts(
    official: Client, tree: SmallTree, paper: Capability
) -> None:
    young, old = claim(tree, paper, days=1), claim(tree, paper, days=9)
    elsewhere = claim(tree, paper, area=tree.townships[-1])
    seen = give_capability(make_volunteer(area=tree.townships[0]), paper)

    text = official.get(queue(tree)).content.decode()

    assert text.index(old.volunteer.number) < text.index(young.volunteer.number)
    assert elsewhere.volunteer.number not in text
    assert seen.volunteer.number not in text
    assert old.volunteer.user.name not in text
    assert '<span class="count">2</span>' in text


def test_who_opens_a_paper_is_noted_for_the_volunteer_to_read(
    official: Client, people: People, tree: SmallTree, paper: Capability
) -> None:
    row = claim(tree, paper)

    text = official.get(page_of(tree, row)).content.decode()

    assert row.volunteer.user.name in text and "No. 2019-0457" in text
    look = AccessRecord.objects.get(person_id=row.volunteer.user_id)
    assert (look.actor_id, look.purpose, look.about["en"]) == (people.official.pk, "paper", paper.name_en)


@pytest.mark.parametrize("who", ["official", "above"])
def test_a_paper_that_was_seen_counts_and_its_volunteer_is_told(
    people: People, tree: SmallTree, paper: Capability, who: str
) -> None:
    row = claim(tree, paper)
    until = clock.today() + timedelta(days=300)
    values = {"decision": "confirm", "evidence": "No. 2019-0458", "expires_on": until.isoformat()}

    answer = signed_in(getattr(people, who)).post(page_of(tree, row), values)

    assert (answer.status_code, answer["Location"]) == (303, queue(tree))
    row.refresh_from_db()
    assert (row.evidence, row.expires_on) == ("No. 2019-0458", until)
    assert row.confirmed_by == getattr(people, who)
    told = Message.objects.filter(recipient=row.volunteer.user, kind="qualification_confirmed")
    assert {message.channel for message in told} == {"inbox", "sms"}
    assert AuditRecord.objects.filter(verb="volunteer.capability_confirmed").exists()


def test_a_refusal_reaches_the_volunteer_with_its_reason(
    official: Client, tree: SmallTree, paper: Capability
) -> None:
    row = claim(tree, paper)

    official.post(page_of(tree, row), {"decision": "decline", "reason": "No such number."})

    row.refresh_from_db()
    assert (row.confirmed_at, row.decline_reason) == (None, "No such number.")
    message = Message.objects.get(
        recipient=row.volunteer.user, kind="qualification_declined", channel="inbox"
    )
    assert message.context["reason"] == "No such number."
    assert official.get(page_of(tree, row)).status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "decision"),
        ({"decision": "decline", "reason": " "}, "reason"),
        ({"decision": "confirm", "evidence": ""}, "evidence"),
        ({"decision": "confirm", "evidence": "No. 7", "expires_on": "2019-01-01"}, "expires_on"),
        ({"decision": "confirm", "evidence": "No. 7", "expires_on": "soon"}, "expires_on"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_decided(
    official: Client, tree: SmallTree, paper: Capability, values: dict[str, str], field: str
) -> None:
    row = claim(tree, paper)

    answer = official.post(page_of(tree, row), values)

    assert field in answer.context["form"].errors
    row.refresh_from_db()
    assert row.is_waiting


def test_nobody_decides_on_their_own_paper(people: People, tree: SmallTree, paper: Capability) -> None:
    row = claim(tree, paper, volunteer=make_volunteer(user=people.official, area=tree.townships[0]))
    client = signed_in(people.official)

    text = client.get(page_of(tree, row)).content.decode()
    client.post(page_of(tree, row), {"decision": "confirm", "evidence": "Mine."})

    assert "a colleague decides" in text
    row.refresh_from_db()
    assert row.is_waiting


def test_a_paper_of_another_county_is_not_found_here(
    official: Client, tree: SmallTree, paper: Capability
) -> None:
    row = claim(tree, paper, area=tree.townships[-1])
    assert official.get(page_of(tree, row)).status_code == 404


def test_the_queue_has_pages_and_says_when_it_is_empty(
    official: Client, tree: SmallTree, paper: Capability
) -> None:
    assert "No paper waits" in official.get(queue(tree)).content.decode()
    for _ in range(26):
        claim(tree, paper)
    assert len(official.get(queue(tree)).context["rows"]) == 25
    assert len(official.get(queue(tree) + "?page=2").context["rows"]) == 1


@pytest.mark.parametrize("rows", [1, 4])
def test_the_queue_takes_as_many_queries_for_many_rows(
    official: Client, tree: SmallTree, paper: Capability, django_assert_max_num_queries, rows: int
) -> None:
    for _ in range(rows):
        claim(tree, paper)
    official.get(queue(tree))
    with django_assert_max_num_queries(11):
        official.get(queue(tree))
