"""One-time codes: how often, how long, how many tries."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actions import (
    CodeTooOld,
    ContactTaken,
    NotConfirmed,
    TooManyCodes,
    TooManyTries,
    WrongCode,
    confirm_code,
    enter,
    join,
    people_behind,
    request_code,
)
from accounts.actions.codes import TooManyFromHere, TooManyTexts
from accounts.models import Consent, LoginCode
from core import rates
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
AT = datetime(2020, 2, 6, 10, 0, tzinfo=UTC)
PHONE = "+8613800000044"


def ask(contact: str = PHONE, *, at: datetime = AT, ip: str = "192.0.2.1", name: str = "桂芳") -> LoginCode:
    return request_code(contact=contact, name=name, language="zh-hans", at=at, ip=ip)


def confirmed(contact: str = PHONE) -> LoginCode:
    code = ask(contact)
    return confirm_code(token=code.token, code=code.secret, at=AT)


def test_the_table_keeps_a_digest_and_never_the_digits():
    code = ask()
    stored = LoginCode.objects.values().get()
    assert len(code.secret) == 6
    assert code.secret not in str({name: stored[name] for name in ("token", "digest", "contact", "name")})


def test_a_right_code_is_confirmed():
    assert confirmed().confirmed_at == AT


def test_a_code_typed_in_wide_digits_with_spaces_is_right():
    code = ask()
    wide = " ".join(chr(ord(digit) + 0xFEE0) for digit in code.secret)
    assert confirm_code(token=code.token, code=wide, at=AT).confirmed_at == AT


def test_each_wrong_try_says_how_many_are_left_and_the_fifth_voids_the_code():
    code = ask()
    wrong = "000000" if code.secret != "000000" else "111111"
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongCode) as refusal:
            confirm_code(token=code.token, code=wrong, at=AT)
        assert refusal.value.params == {"tries": left}
    for digits in (wrong, code.secret):
        with pytest.raises(TooManyTries):
            confirm_code(token=code.token, code=digits, at=AT)


@pytest.mark.parametrize(
    ("later", "holds"), [(timedelta(minutes=9, seconds=59), True), (timedelta(minutes=10), False)]
)
def test_a_code_holds_for_ten_minutes(later: timedelta, holds: bool):
    code = ask()
    if holds:
        confirm_code(token=code.token, code=code.secret, at=AT + later)
        return
    with pytest.raises(CodeTooOld):
        confirm_code(token=code.token, code=code.secret, at=AT + later)


def test_a_new_code_takes_the_place_of_the_older_one():
    first = ask()
    ask(at=AT + timedelta(minutes=1))
    with pytest.raises(CodeTooOld):
        confirm_code(token=first.token, code=first.secret, at=AT + timedelta(minutes=1))


def test_the_fourth_code_in_ten_minutes_is_refused_beside_the_field():
    for _ in range(3):
        ask()
    with pytest.raises(TooManyCodes) as refusal:
        ask()
    assert refusal.value.field == "contact"


def test_an_office_behind_one_address_is_served_until_the_wide_limit():
    for number in range(200):
        ask(f"person{number}@example.org")
    for _ in range(400):
        rates.hit("code-ip:192.0.2.1", limit=600, seconds=600)
    with pytest.raises(TooManyFromHere):
        ask("one-more@example.org")
    ask("from-elsewhere@example.org", ip="192.0.2.2")


def test_text_messages_of_an_hour_have_a_cap_and_mail_goes_on(settings):
    settings.SMS_CODES_PER_HOUR = 2
    ask("+8613800000041")
    ask("+8613800000042")
    with pytest.raises(TooManyTexts):
        ask("+8613800000043")
    ask("still@example.org")


def test_numbers_of_one_foreign_country_have_a_narrow_cap():
    for _ in range(60):
        rates.hit("code-prefix:+44", limit=60, seconds=3600)
    with pytest.raises(TooManyTexts):
        ask("+447911123456")


def test_joining_grants_the_terms_and_messages_only_where_ticked():
    quiet = join(login_code=confirmed(), name="桂芳", language="zh-hans", at=AT)
    told = join(login_code=confirmed("+8613800000045"), name="阿明", language="en", at=AT, messages=True)
    assert set(Consent.objects.current(quiet)) == {"terms"}
    assert set(Consent.objects.current(told)) == {"terms", "messages"}
    assert quiet.phone_confirmed_at == AT


def test_a_confirmed_code_lets_in_once():
    code = confirmed()
    join(login_code=code, name="桂芳", language="zh-hans", at=AT)
    with pytest.raises(NotConfirmed):
        join(login_code=code, name="桂芳", language="zh-hans", at=AT)


def test_an_unconfirmed_code_lets_nobody_in():
    with pytest.raises(NotConfirmed):
        join(login_code=ask(), name="桂芳", language="zh-hans", at=AT)


def test_a_phone_may_be_shared_and_an_address_not():
    make_user(name="奶奶", phone=PHONE)
    join(login_code=confirmed(), name="桂芳", language="zh-hans", at=AT)
    assert [person.name for person in people_behind(PHONE)] == ["桂芳", "奶奶"] or people_behind(
        PHONE
    ).count() == 2
    make_user(email="gui@example.org", phone="")
    with pytest.raises(ContactTaken):
        join(login_code=confirmed("GUI@example.org"), name="桂芳", language="zh-hans", at=AT)


def test_nobody_enters_as_somebody_behind_another_phone():
    stranger = make_user(phone="+8613900000001")
    with pytest.raises(NotConfirmed):
        enter(login_code=confirmed(), person_code=stranger.code, at=AT)
