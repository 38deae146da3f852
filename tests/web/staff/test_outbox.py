"""Messages as staff see them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core import clock
from core.models import AccessRecord, AuditRecord
from notifications.actions import replay_message
from notifications.actions.replaying import MessageTooLate, NotFailed, RecipientGone, SecretGone
from notifications.models import Message
from tests.factories.accounts import make_user
from tests.factories.notifications import make_message
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, statements
from web.staff.views.outbox import LOOKUPS_AN_HOUR

pytestmark = pytest.mark.django_db
WORDS = "Bring the blue bag to 12 Willow Lane"


def ended(**fields: object) -> Message:
    """A message about confirmed hours that was not delivered."""
    values = {
        "kind": "hours_confirmed",
        "context": {"note": WORDS},
        "status": "failed",
        "outcome": "503 busy",
    }
    return make_message(
        **{**values, "next_try_at": None, "ended_at": clock.now(), "attempt_count": 24, **fields}
    )


def test_the_list_shows_what_became_of_messages_and_neither_words_nor_persons(staff: Client) -> None:
    person = make_user(name="Zhao Min", phone="+8613911112222")
    ended(recipient=person, address=person.phone, outcome="400 number +8613911112222 of 'Zhao Min' unknown")

    page = check_page(staff.get(reverse("staff:messages")))

    assert "Not delivered" in page.text and "400 number … of … unknown" in page.text
    assert "Zhao" not in page.html and "1112222" not in page.html and "Willow" not in page.html
    assert not AccessRecord.objects.exists()


def test_the_list_takes_as_many_statements_for_three_as_for_one(staff: Client) -> None:
    counts = []
    for _number in range(2):
        ended(recipient=make_user())
        with statements() as asked:
            staff.get(reverse("staff:messages"))
        counts.append(len(asked))
        ended(recipient=make_user())

    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("status=failed", 1),
        ("channel=email", 1),
        ("kind=hours_confirmed", 1),
        ("event=the-event", 1),
        ("days=30", 3),
        ("days=", 4),
        ("kind=unknown", 0),
    ],
)
def test_messages_are_found_by_kind_state_way_event_and_time(staff: Client, query: str, count: int) -> None:
    at = clock.now()
    ended(event="the-event")
    make_message(channel="email", address="someone@example.org")
    make_message(created_at=at - timedelta(days=20))
    make_message(created_at=at - timedelta(days=80))

    page = check_page(staff.get(f"{reverse('staff:messages')}?{query}"))

    assert sum(link.startswith("/en/staff/messages/") and len(link) > 24 for link in page.links) == count


def test_long_lists_are_read_screen_by_screen(staff: Client) -> None:
    codes = [ended().code for _number in range(53)]

    first = check_page(staff.get(reverse("staff:messages")))
    older = next(link for link in first.links if "before=" in link)
    second = check_page(staff.get(reverse("staff:messages") + older))

    shown = [code for code in codes if code in first.html]
    assert len(shown) == 50 and codes[:3] == [code for code in codes if code in second.html]
    assert staff.get(reverse("staff:messages") + "?before=nonsense").status_code == 200


def test_one_message_shows_its_way_and_masks_its_address(staff: Client) -> None:
    person = make_user(name="Zhao Min", phone="+8613911112222")
    message = ended(recipient=person, address=person.phone)

    page = check_page(staff.get(reverse("staff:message", args=[message.code])))

    assert "139 **** 2222" in page.text and "503 busy" in page.text and "24" in page.text
    assert "Zhao" not in page.html and "11112222" not in page.html and "Willow" not in page.html


def test_what_was_not_delivered_is_sent_again_and_the_record_says_who_did(
    staff: Client, member: User
) -> None:
    message = ended()

    response = staff.post(reverse("staff:replay", args=[message.code]), follow=True)

    message.refresh_from_db()
    assert (message.status, message.attempt_count, message.ended_at) == ("queued", 0, None)
    assert message.next_try_at is not None
    record = AuditRecord.objects.get(verb="message.replayed")
    assert (record.actor_id, record.subject_id, record.data["earlier"]) == (member.pk, message.pk, "503 busy")
    assert "Sent again" in check_page(response).text


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"status": "sent"}, NotFailed),
        ({"status": "expired"}, NotFailed),
        ({"useful_until": clock.now() - timedelta(minutes=1)}, MessageTooLate),
        ({"kind": "login_code", "context": {}}, SecretGone),
        ({"kind": "of_an_earlier_version"}, SecretGone),
    ],
)
def test_what_would_be_of_no_use_is_not_sent_again(
    staff: Client, member: User, fields: dict, error: type[Exception]
) -> None:
    message = ended(**fields)

    with pytest.raises(error):
        replay_message(message=message, by=member, at=clock.now())
    response = staff.post(reverse("staff:replay", args=[message.code]), follow=True)

    assert response.status_code == 200
    assert Message.objects.get().status == message.status
    assert not AuditRecord.objects.exists()


def test_nothing_is_sent_to_a_closed_account(member: User) -> None:
    message = ended(recipient=make_user(is_active=False))

    with pytest.raises(RecipientGone):
        replay_message(message=message, by=member, at=clock.now())


def test_a_message_is_sent_again_once_however_often_that_is_asked(member: User) -> None:
    message = ended()
    replay_message(message=message, by=member, at=clock.now())

    with pytest.raises(NotFailed):
        replay_message(message=message, by=member, at=clock.now())


def look_up(client: Client, who: str, **fields: str):
    return client.post(reverse("staff:address"), {"who": who, "purpose": "delivery", **fields})


def test_the_messages_of_a_person_open_for_a_purpose_that_they_can_read(staff: Client, member: User) -> None:
    person = make_user(phone="+8613911112222")
    theirs, inbox = (
        ended(recipient=person, address=person.phone),
        ended(recipient=person, channel="inbox", address=""),
    )
    other = ended()

    response = look_up(staff, "139 1111 2222")
    page = check_page(staff.get(response.headers["Location"]))

    assert response.status_code == 303
    assert theirs.code in page.html and inbox.code in page.html and other.code not in page.html
    look = AccessRecord.objects.get()
    assert (look.person_id, look.actor_id, look.actor_label) == (person.pk, member.pk, "Platform staff")
    with translation.override("zh-hans"):
        assert look.purpose_words == "查一条发给你的消息后来怎样了"


def test_opening_the_list_again_adds_no_second_look(staff: Client) -> None:
    person = make_user(phone="+8613911112222")
    look_up(staff, "13911112222")

    for _number in range(3):
        staff.get(reverse("staff:address"))

    assert AccessRecord.objects.filter(person_id=person.pk).count() == 1


def test_the_list_closes_after_ten_minutes_and_on_demand(staff: Client, time_machine) -> None:
    look_up(staff, "13911112222")
    assert "Close it now" in check_page(staff.get(reverse("staff:address"))).text

    time_machine.move_to(clock.now() + timedelta(minutes=10, seconds=1))
    assert "Close it now" not in check_page(staff.get(reverse("staff:address"))).text

    look_up(staff, "13911112222")
    staff.post(reverse("staff:address"), {"close": "1"})
    assert "Close it now" not in check_page(staff.get(reverse("staff:address"))).text


def test_a_volunteer_number_finds_their_messages(staff: Client) -> None:
    volunteer = make_volunteer()
    message = ended(recipient=volunteer.user)

    look_up(staff, volunteer.number)

    assert message.code in staff.get(reverse("staff:address")).content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"purpose": ""},
        {"purpose": "other"},
        {"purpose": "curiosity"},
        {"who": ""},
        {"who": "12"},
        {"who": "no@address"},
    ],
)
def test_without_a_purpose_or_a_whole_contact_nothing_opens(staff: Client, fields: dict[str, str]) -> None:
    make_user(phone="+8613911112222")

    response = staff.post(reverse("staff:address"), {"who": "13911112222", "purpose": "delivery", **fields})

    assert response.status_code == 422
    check_page(response)
    assert not AccessRecord.objects.exists()
    assert "Close it now" not in staff.get(reverse("staff:address")).content.decode()


def test_looking_up_is_bounded(staff: Client) -> None:
    for _number in range(LOOKUPS_AN_HOUR):
        assert look_up(staff, "13911112222").status_code == 303

    assert look_up(staff, "13911112222").status_code == 422
