"""From template and values to letters; the templates here are this file's own."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.template import Context, Engine
from django.utils import translation

from core import clock
from notifications.models import Message
from notifications.rendering import outside
from notifications.rendering.letters import Letter, absolute, clean, compose
from notifications.rendering.marks import MalformedTemplate, marked, pieces
from notifications.rendering.outside import html, plain, text_message

NOW = datetime(2026, 2, 6, 1, 0, tzinfo=UTC)
TEMPLATE = """
你报上了：{{ starts_at|when }} {{ title }}
sms: {{ starts_at|when }} {{ title|cut:6 }}，位子是你的了。{{ url|link }}
# {{ name }}，位子是你的了
今晚还缺 8 个人，**你补上了一个**。

| 时间 | **{{ starts_at|span:ends_at }}**，{{ starts_at|day }}
| 找谁 | {% if contact %}**{{ contact }}**，[打电话](tel:{{ phone }}){% endif %}
{% if code %}
|| 到岗码 | {{ code }}
{% endif %}
> 看我的班次 | {{ url }}
去不了也没关系，可以[退出]({{ url }})。
-- 你收到这封信，是因为你报了名。
"""
VALUES = {
    "title": "夜间卡口测温登记",
    "name": "桂芳",
    "starts_at": "2026-02-06T10:00:00Z",
    "ends_at": "2026-02-06T14:00:00Z",
    "contact": "林跃",
    "phone": "057788001234",
    "code": "7204",
    "url": "/me/",
}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def letter(template: str = TEMPLATE, language: str = "zh-hans", **values: Any) -> Letter:
    source = "".join(map(marked, template.splitlines()))
    cleaned = {name: clean(value, language) for name, value in {**VALUES, **values}.items()}
    engine = Engine(autoescape=False, builtins=["notifications.rendering.wording"])
    with translation.override(language):
        rendered = engine.from_string(source).render(Context(cleaned, autoescape=False))
        return compose(pieces(rendered), "login_code", language)


def words_of(spans: list[Any]) -> str:
    return "".join(span.text for span in spans)


def test_each_line_becomes_its_part_of_the_letter():
    read = letter()

    assert read.subject == "你报上了：今晚 18:00 夜间卡口测温登记"
    assert read.headline == "桂芳，位子是你的了"
    assert [words_of(p) for p in read.paragraphs] == ["今晚还缺 8 个人，你补上了一个。"]
    assert [(row.label, words_of(row.spans), row.large) for row in read.rows] == [
        ("时间", "今晚 18:00–22:00，2月6日 星期五", False),
        ("找谁", "林跃，打电话", False),
        ("到岗码", "7204", True),
    ]
    assert read.button is not None
    assert (read.button.text, read.button.url) == ("看我的班次", absolute("/me/", "zh-hans"))
    assert [words_of(p) for p in read.way_out] == ["去不了也没关系，可以退出。"]
    assert words_of(read.reason) == "你收到这封信，是因为你报了名。"


def test_a_row_without_a_value_is_left_out():
    assert [row.label for row in letter(contact="", code="").rows] == ["时间"]


def test_the_short_text_is_the_subject_and_the_buttons_address_where_none_is_given(settings):
    settings.SITE_URL = "https://manyhands.example"

    read = letter("事情\n> 看看 | /me/")

    assert read.short == "事情 https://manyhands.example/zh-hans/me/"


def test_a_text_message_names_its_sender_and_shortens_what_is_long(settings):
    settings.SITE_URL = "https://manyhands.example"

    assert (
        text_message(letter())
        == "【众手】今晚 18:00 夜间卡口测…，位子是你的了。https://manyhands.example/me/"
    )


@pytest.mark.parametrize(
    "value",
    [
        "夜\n> 点这里 | https://evil.example",
        "夜\r\n# 假的",
        "\ue010button\ue011点\ue011https://evil.example",
        "[点](https://evil.example)",
        "\ue001点\ue002https://evil.example\ue003",
        "a\u2028b\u202eb",
        "{{ secret }}{% include 'x' %}",
    ],
)
def test_a_value_never_becomes_structure(value):
    sound, read = letter(), letter(title=value)

    assert [row.label for row in read.rows] == [row.label for row in sound.rows]
    assert read.button == sound.button
    assert read.headline == sound.headline
    assert "\n" not in read.subject
    assert 'href="https://evil.example' not in html(read)


def test_a_value_is_escaped_in_html_and_plain_in_text():
    read = letter(name="<script>alert(1)</script>&")

    assert "<script>" not in html(read)
    assert "&lt;script&gt;" in html(read)
    assert "<script>alert(1)</script>&，位子是你的了" in plain(read)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "data:text/html,x", ""])
def test_an_address_of_another_kind_is_no_link(url):
    read = letter(url=url)

    assert read.button is None
    assert "javascript:" not in html(read)


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("/me/", "https://manyhands.example/en/me/"),
        ("/zh-hans/me/", "https://manyhands.example/zh-hans/me/"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
        ("tel:12345", "tel:12345"),
    ],
)
def test_a_path_gets_its_host_and_language(settings, path, whole):
    settings.SITE_URL = "https://manyhands.example"

    assert absolute(path, "en") == whole


def test_the_plain_part_says_all_that_the_html_part_says(settings):
    settings.SITE_URL = "https://manyhands.example"

    text = plain(letter())

    for words in (
        "桂芳，位子是你的了",
        "时间：今晚 18:00–22:00",
        "打电话 057788001234",
        "到岗码：7204",
        "/zh-hans/me/",
        "12345",
    ):
        assert words in text
        assert words.split("：")[-1].split(" ")[-1] in html(letter())


def test_the_html_part_needs_no_image_and_no_script():
    page = html(letter())

    for missing in ("<img", "<script", "@import", "url("):
        assert missing not in page


@pytest.mark.parametrize("template", ["# 只有标题", "", "| a | b"])
def test_a_template_without_a_subject_is_refused(template):
    with pytest.raises(MalformedTemplate, match="first line"):
        letter(template)


def test_a_row_without_two_parts_is_refused():
    with pytest.raises(MalformedTemplate, match="label"):
        marked("| 时间")


def test_of_two_languages_the_one_that_is_read_is_taken():
    both = {"zh": "夜间卡口", "en": "Night checkpoint"}

    assert clean(both, "zh-hans") == "夜间卡口"
    assert clean(both, "en") == "Night checkpoint"
    assert clean({"zh": "夜间卡口", "en": ""}, "en") == "夜间卡口"


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        ("2026-02-06T10:00:00Z", "今晚 18:00", "tonight 18:00"),
        ("2026-02-06T02:00:00Z", "今天 10:00", "today 10:00"),
        ("2026-02-07T02:00:00Z", "明天 10:00", "tomorrow 10:00"),
        ("2026-02-07T11:30:00Z", "明晚 19:30", "tomorrow 19:30"),
        ("2026-02-09T02:00:00Z", "周一 10:00", "on Monday 10:00"),
        ("2026-02-14T02:00:00Z", "2月14日 周六 10:00", "on Saturday 14 February 10:00"),
        ("2027-02-14T02:00:00Z", "2027年2月14日 周日 10:00", "on Sunday 14 February 2027 10:00"),
        (datetime(2026, 2, 6, 10, 0, tzinfo=UTC), "今晚 18:00", "tonight 18:00"),
        ("", "", ""),
    ],
)
def test_moments_are_said_on_the_clock_of_the_place(moment, zh, en):
    template = "x\n{{ starts_at|when }}"

    def said(language):
        return "".join(words_of(p) for p in letter(template, language, starts_at=moment).paragraphs)

    assert said("zh-hans") == zh
    assert said("en") == en


@pytest.mark.parametrize(
    ("end", "zh", "en"),
    [
        ("2026-02-06T14:00:00Z", "18:00–22:00", "18:00–22:00"),
        ("2026-02-06T16:00:00Z", "18:00–24:00", "18:00–24:00"),
        ("2026-02-06T18:00:00Z", "18:00–次日 02:00", "18:00–02:00 next day"),
        ("2026-02-09T01:00:00Z", "18:00–2月9日 09:00", "18:00–09:00 on 9 February"),
    ],
)
def test_hours_name_the_day_of_a_late_end(end, zh, en):
    template = "x\n{{ starts_at|hours:ends_at }}"

    assert words_of(letter(template, "zh-hans", ends_at=end).paragraphs[0]) == zh
    assert words_of(letter(template, "en", ends_at=end).paragraphs[0]) == en


@pytest.mark.parametrize(
    ("start", "end", "zh", "en"),
    [
        (
            "2026-02-06T10:00:00Z",
            "2026-02-06T14:00:00Z",
            "今晚 18:00–22:00，2月6日 星期五",
            "tonight 18:00–22:00, Friday 6 February",
        ),
        (
            "2026-02-14T02:00:00Z",
            "2026-02-14T04:00:00Z",
            "2月14日 周六 10:00–12:00",
            "on Saturday 14 February 10:00–12:00",
        ),
        ("", "", "", ""),
    ],
)
def test_a_date_is_said_once(start, end, zh, en):
    template = "x\n{{ starts_at|span:ends_at }}{{ starts_at|and_day }}"

    for language, said in (("zh-hans", zh), ("en", en)):
        read = letter(template, language, starts_at=start, ends_at=end)
        assert "".join(words_of(p) for p in read.paragraphs) == said


def test_what_is_not_a_moment_is_said_to_be_none():
    with pytest.raises(ValueError, match="not a moment"):
        letter("{{ starts_at|when }}", starts_at="soon")


def test_an_email_has_both_parts_and_a_text_message_has_one(monkeypatch):
    monkeypatch.setattr(outside, "letter_of", lambda message: letter())
    common = {"kind": "login_code", "language": "zh-hans", "context": {}, "event": "e"}

    sms = outside.render(Message(channel="sms", address="+8613900000001", **common))
    email = outside.render(Message(channel="email", address="a@example.org", **common))

    assert sms.html == ""
    assert email.html.startswith("<!doctype html>")
    assert email.text != sms.text
