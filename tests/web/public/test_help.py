"""Asking for help on a page and following it by its code."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from areas.models import Area
from core import clock
from notifications.models import Message
from residents.actions.telling import note
from residents.models import HelpRequest, RequestEvent
from residents.policies import Verb
from tasks.models import AreaStop
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority
from tests.factories.residents import make_help_kind, make_point, make_request
from tests.factories.tasks import make_stop
from tests.factories.volunteers import make_volunteer
from tests.web.account.reading import error_of
from tests.web.reading import check_page, page_of, statements
from web.public.help_steps import BY_KEY, KEPT, steps_of

pytestmark = pytest.mark.django_db
PHONE = "+8613800000044"


@pytest.fixture
def county() -> Area:
    """A county with an authority, and a kind of help called "errands"."""
    make_help_kind("errands", zh="买药、取药", en="Medicine fetched")
    tree = small_tree()
    make_authority(tree.counties[0], name_en="Tonglu Civil Affairs")
    return tree.counties[0]


ANSWERS = {
    "type": "errands",
    "words": "Two weeks of medicine.",
    "township": "-",
    "place": "Canal house 3, Tongjun Subdistrict",
    "day": "any",
    "wanted_on": "",
    "people": "1",
}


def answer(client: Client, step: str, values: dict[str, str]) -> Any:
    """Answer one question; what it asks is in the values."""
    address = "/en/help/" if step == "what" else f"/en/help/ask/{step}/"
    said = {name: values[name] for name in BY_KEY[step].fields if values.get(name)}
    return client.post(address, said)


def ask(client: Client, area: Area, *, at: str = "", **values: str) -> Any:
    """Answer every question and send it; `at` is the address of a building's code."""
    values = {**ANSWERS, "county": area.code, "once": "key-of-the-page.ask", **values}
    client.get(at or "/en/help/")
    for step in steps_of(bool(at)):
        answered = answer(client, step.key, values)
        assert answered.status_code == 303, (step, answered.content.decode())
    page = client.get("/en/help/ask/check/")
    sent = {name: values[name] for name in ("once", "request_key") if name in values}
    return client.post("/en/help/ask/check/", {**sent, "answers": page.context["digest"]})


def test_a_stranger_asks_follows_adds_confirms_and_sends_everything_twice(
    client: Client, county: Area
) -> None:
    form = check_page(client.get("/en/help/"))
    assert "This is no emergency number" in form.text and "Medicine fetched" in form.text

    first = ask(client, county, phone="138 0000 0044")
    made = HelpRequest.objects.get()
    page_address = f"/en/help/{made.code}/"
    page = check_page(client.get(page_address))
    assert page.text.count("Your request is written down.") == 1
    again = ask(client, county, phone="138 0000 0044")
    assert (first.status_code, first["Location"], again["Location"]) == (303, page_address, page_address)
    assert (made.area.name_en, made.channel, made.asked_by, made.phone) == (
        "Tongjun Subdistrict",
        "web",
        None,
        PHONE,
    )
    assert "Tonglu Civil Affairs looks at your request and answers." in page.text
    assert "138 **** 0044" in page.text and "13800000044" not in page.html

    other = ask(client, county, words="Something else.")
    assert other.status_code == 422 and "This form was sent already" in other.content.decode()

    for _ in range(2):
        client.post(page_address, {"do": "words", "words": "Third floor.", "once": "key.words"})
    HelpRequest.objects.update(status="served", served_at=clock.now(), answered_at=clock.now())
    for _ in range(2):
        assert client.post(page_address, {"do": "confirm", "once": "key.confirm"}).status_code == 303
    assert client.post(page_address, {"do": "confirm", "once": "another.confirm"}).status_code == 409
    made.refresh_from_db()
    assert made.status == "confirmed"
    assert list(RequestEvent.objects.order_by("id").values_list("verb", flat=True)) == [
        "asked",
        "words-added",
        "confirmed",
    ]
    done = check_page(
        client.post(page_address, {"do": "not-done", "missing": "Half", "once": "k.n"}, follow=True)
    )
    assert "checked your request and looks for somebody" in done.text and "Half" in done.text


def test_six_digits_confirm_the_number(client: Client, county: Area) -> None:
    ask(client, county, phone="138 0000 0044")
    address = f"/en/help/{HelpRequest.objects.get().code}/"
    client.post(address, {"do": "send-code"})
    digits = Message.objects.get(kind="help_code", address=PHONE).context["secret"]

    wrong = client.post(address, {"do": "digits", "digits": "12345"})
    assert wrong.status_code == 422 and "Tries left: 4" in error_of(wrong, "digits")
    client.post(address, {"do": "digits", "digits": digits})

    assert HelpRequest.objects.get().phone_confirmed_at is not None
    assert "Is this your number?" not in client.get(address).content.decode()


def test_whoever_has_an_account_types_less_and_their_number_counts(client: Client, county: Area) -> None:
    volunteer = make_volunteer(user=make_user(name="Guifang", phone=PHONE), area=county)
    client.force_login(volunteer.user)
    where, contact = (client.get(f"/en/help/ask/{step}/").content.decode() for step in ("county", "contact"))
    assert 'value="Guifang"' in contact and f'value="{county.code}" selected' in where

    for _ in range(2):
        ask(client, county, phone=PHONE, request_key="one-of-the-page.1", for_other="on")

    made = HelpRequest.objects.get()
    assert (made.asked_by, made.channel) == (volunteer.user, "proxy")
    assert made.phone_confirmed_at is not None
    assert f"/en/help/{made.code}/" in check_page(client.get("/en/help/track/")).html
    made.channel = "web"
    made.save()
    assert "Canal house 3" in check_page(client.get("/en/help/ask/place/")).html


def test_one_that_follows_another_is_read_even_where_that_one_follows_a_third(
    client: Client, county: Area
) -> None:
    main = make_request(area=county, status="merged")
    made = make_request(area=county, status="merged", merged_into=main)

    assert "Somebody asked for the same" in check_page(client.get(f"/en/help/{made.code}/")).text


def test_whoever_follows_another_takes_it_back_while_that_one_waits_and_says_then_whether_it_was_done(
    client: Client, county: Area
) -> None:
    made = make_request(area=county, status="merged")
    address, main = f"/en/help/{made.code}/", HelpRequest.objects.filter(pk=made.merged_into_id)
    waits = check_page(client.get(address)).text
    assert "Take the request back" in waits and "Yes, it is done" not in waits

    main.update(status="confirmed", answered_at=clock.now(), confirmed_at=clock.now(), ended_at=clock.now())
    done = check_page(client.get(address)).text
    assert "Take the request back" not in done and "you said so" not in done
    assert "Yes, it is done" in done and "It was not done, begin again" in done
    client.post(address, {"do": "not-done", "missing": "Nobody came", "once": "k.n"})

    made.refresh_from_db()
    assert (made.status, made.merged_into, made.reopened) == ("verified", None, 1)


def test_the_code_of_a_building_fills_in_the_place_until_it_is_taken_down(
    client: Client, county: Area
) -> None:
    point = make_point(area=county, place="Canal house 3")
    opened = client.get(f"/en/h/{point.code}/")
    assert opened["Location"] == f"/en/help/?at={point.code}"
    assert "Canal house 3, Tonglu County" in check_page(client.get(opened["Location"])).text

    ask(client, county, at=opened["Location"], place="Canal house 3")
    assert HelpRequest.objects.get().point == point and HelpRequest.objects.get().channel == "qr"

    point.ended_at = clock.now()
    point.save()
    gone, never = (client.get(f"/en/help/?at={code}") for code in (point.code, "NEVERWAS"))
    assert "no longer in use" in check_page(gone).text
    assert "no longer in use" in check_page(never).text


def test_what_was_declined_is_asked_again_without_typing_it_anew_or_telling_more_than_its_page(
    client: Client, county: Area
) -> None:
    ask(client, county, phone="138 0000 0044", address="Flat 7", name="Mrs Xu")
    made = HelpRequest.objects.get()
    page = f"/en/help/{made.code}/"
    assert client.post(page, {"do": "again"}).status_code == 200
    HelpRequest.objects.update(
        status="declined", reason="No chemist here", answered_at=clock.now(), ended_at=clock.now()
    )
    somebody = Client()

    began = somebody.post(page, {"do": "again"}, follow=True)
    shown = [check_page(began)]
    for step, said in (("words", "From any chemist."), ("place", "Canal house 3"), ("contact", "Mr Li")):
        answered = answer(somebody, step, {step: said, "place": said, "words": said, "name": said})
        shown.append(page_of(somebody.get(answered["Location"])))
    sent = somebody.post(
        "/en/help/ask/check/",
        {"once": "k.ask", "answers": shown[-1].html.split('name="answers" value="')[1][:16]},
    )

    assert "Two weeks of medicine." in shown[0].html and "What you said before is filled in." in shown[0].text
    assert "Canal house 3" in shown[1].html
    assert not [one for one in shown for word in ("Flat 7", "0044", "Mrs Xu") if word in one.html]
    again = HelpRequest.objects.get(code=sent["Location"].split("/")[-2])
    assert (again.words, again.area, again.type, again.phone) == (
        "From any chemist.",
        made.area,
        made.type,
        "",
    )


@pytest.mark.parametrize(
    ("step", "field", "value", "sentence"),
    [
        ("what", "type", "", "Choose what kind of help"),
        ("what", "type", "screening", "Choose what kind of help"),
        ("words", "words", "  ", "Write in a line or two"),
        ("words", "words", "长" * 1001, "1000 characters at most; there are 1001"),
        ("county", "county", "", "Choose the county"),
        ("county", "county", "999999", "Choose the county"),
        ("township", "township", "999999", "Choose the town"),
        ("place", "place", "", "Write where help is needed"),
        ("contact", "phone", "1380000", "11"),
        ("when", "day", "", "Choose a day"),
        ("when", "wanted_on", "2020-02-30", "This date does not exist"),
        ("when", "wanted_on", "", "Choose the day, or one of"),
        ("when", "wanted_on", "past", "This day is over"),
        ("when", "wanted_on", "far", "more than 90 days away"),
        ("people", "people", "0", "1 is the least"),
        ("people", "people", "9999", "500 is the most"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    client: Client, county: Area, step: str, field: str, value: str, sentence: str
) -> None:
    days = {"past": -1, "far": 91}
    if value in days:
        value = (localdate(clock.now()) + timedelta(days=days[value])).isoformat()

    values = {**ANSWERS, "county": county.code, "day": "other" if field == "wanted_on" else "any"}
    answer(client, "county", values)

    refused = answer(client, step, {**values, field: value})

    assert refused.status_code == 422
    assert sentence in error_of(refused, field), error_of(refused, field)
    assert not HelpRequest.objects.exists()


def test_answers_stay_for_a_while_may_be_changed_and_are_sent_only_as_they_were_shown(
    client: Client, county: Area
) -> None:
    town = Area.objects.filter(parent=county).order_by("code")[0]
    tomorrow = localdate(clock.now()) + timedelta(days=1)
    phone = "138 0000 0044"
    values = {
        **ANSWERS,
        "county": county.code,
        "township": town.code,
        "day": tomorrow.isoformat(),
        "phone": phone,
    }
    assert client.get("/en/help/ask/check/")["Location"] == "/en/help/"
    assert client.get("/en/help/ask/township/")["Location"] == "/en/help/ask/county/"
    for step in steps_of(at_point=False):
        left = answer(client, step.key, values)
    assert left["Location"] == "/en/help/ask/check/"
    with statements() as found:
        page = check_page(client.get("/en/help/ask/check/"))
    assert len(found) <= 6, found
    assert all(words in page.text for words in (town.name_en, "Two weeks of medicine.", phone))
    assert f'value="{tomorrow.isoformat()}" checked' in check_page(client.get("/en/help/ask/when/")).html
    shown = client.get("/en/help/ask/check/").context["digest"]

    assert answer(client, "people", {"people": "3"})["Location"] == "/en/help/ask/check/"
    stale = client.post("/en/help/ask/check/", {"once": "k.ask", "answers": shown})
    assert stale.status_code == 200 and not HelpRequest.objects.exists()
    client.post("/en/help/ask/check/", {"once": "l.ask", "answers": stale.context["digest"]})
    made = HelpRequest.objects.get()
    assert (made.area, made.people, made.wanted_on) == (town, 3, tomorrow)

    answer(client, "words", {"words": "Something private"})
    assert "Something private" in client.get("/en/help/ask/words/").content.decode()
    session = client.session
    long_ago = clock.now() - KEPT - timedelta(seconds=1)
    session["asking_help"] = {**session["asking_help"], "at": long_ago.isoformat()}
    session.save()
    assert "Something private" not in client.get("/en/help/ask/words/").content.decode()


def test_where_everything_stands_still_requests_are_taken_and_that_is_said(
    client: Client, county: Area
) -> None:
    make_stop(county)
    assert AreaStop.objects.live().exists()

    assert "We take your request all the same" in check_page(client.get("/en/help/")).text
    assert ask(client, county).status_code == 303


def test_the_sixth_request_of_a_number_and_a_rush_from_one_network_are_refused_in_a_sentence(
    client: Client, county: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        assert ask(client, county, phone=PHONE, once=f"k{number}.ask").status_code == 303
    refused = ask(client, county, phone=PHONE, once="k6.ask")
    page = refused.content.decode()
    assert refused.status_code == 422 and "Five requests came from this number today" in page
    assert 'href="/en/help/ask/contact/"' in page

    monkeypatch.setattr("residents.actions.asking.FROM_ONE_ADDRESS", 5)
    refused = ask(client, county, once="k7.ask")
    assert refused.status_code == 422 and "it takes them too" in refused.content.decode()
    assert HelpRequest.objects.count() == 5


def test_an_unknown_code_answers_like_one_that_was_forgotten(client: Client, county: Area) -> None:
    made = make_request(area=county, status="withdrawn")
    old = made.code
    HelpRequest.objects.filter(pk=made.pk).update(code="N3WC0D3N3WC0")
    answers, asked = [], []
    for code in (old, "NEVERWASHERE"):
        with statements() as found:
            page = client.get(f"/en/help/{code}/")
            tracked = client.post("/en/help/track/", {"code": code})
        answers.append(
            (
                page.status_code,
                tracked.status_code,
                error_of(tracked, "code"),
                page.content.replace(code.encode(), b""),
            )
        )
        asked.append(len(found))

    assert answers[0] == answers[1] and answers[0][:2] == (404, 422)
    assert asked[0] == asked[1]
    assert "There is no request with this code" in answers[0][2]


def test_a_code_is_read_in_groups_and_small_letters_and_only_so_often(
    client: Client, county: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_request(area=county)
    spoken = f"{made.code[:4]} {made.code[4:8]}-{made.code[8:]}".lower()
    assert client.post("/en/help/track/", {"code": spoken})["Location"] == f"/en/help/{made.code}/"

    monkeypatch.setattr("web.public.views.help.TRIES", 1)
    refused = client.post("/en/help/track/", {"code": made.code})
    assert "Very many codes were tried" in error_of(refused, "code")


def test_the_pages_ask_as_much_for_one_event_as_for_many(client: Client, county: Area) -> None:
    desk = make_authority(county)
    made = make_request(area=county, organization=desk, status="verified", phone=PHONE)
    with statements() as few:
        check_page(client.get(f"/en/help/{made.code}/"))
    for _ in range(3):
        note(request=made, verb=Verb.CORRECTED, at=clock.now(), organization=desk)
        make_request(area=county, organization=desk, split_from=made, status="verified", type=made.type)
    make_request(area=county, organization=desk, split_from=made, status="merged", type=made.type)
    with statements() as many:
        check_page(client.get(f"/en/help/{made.code}/"))
    with statements() as form:
        check_page(client.get("/en/help/"))

    assert len(few) == len(many) <= 8
    assert len(form) <= 6


def test_in_larger_text_the_telephone_stands_first(client: Client, county: Area) -> None:
    client.cookies["elder"] = "24"
    page = client.get("/zh-hans/help/").content.decode()

    assert page.index("button--call") < page.index('name="type"')
    assert 'class="tabs"' not in page
