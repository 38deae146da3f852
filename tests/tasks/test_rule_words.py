"""The rule of a series in words."""

from datetime import date

import pytest
from django.utils.translation import override

from tasks.rendering.recurrence import rule_in_words


@pytest.mark.parametrize(
    ("rule", "en", "zh"),
    [
        ("FREQ=DAILY", "every day", "每天"),
        ("FREQ=DAILY;INTERVAL=2", "every 2 days", "每 2 天"),
        ("FREQ=WEEKLY", "every Thursday", "每周四"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every Monday to Friday", "每周一至周五"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "every Monday and Thursday", "每周一和周四"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "every 2 weeks on Saturday", "每 2 周的周六"),
        ("FREQ=MONTHLY", "every month on day 26", "每月的 26 日"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,15", "every month on day 15 and the last day", "每月的 15 日和最后一天"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,9,15",
            "every month on day 1, day 9 and day 15",
            "每月的 1 日、9 日和 15 日",
        ),
        ("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday", "每月的第二个周二"),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
            "every 3 months on the last Friday",
            "每 3 个月的最后一个周五",
        ),
    ],
)
def test_a_rule_is_said_in_words(rule: str, en: str, zh: str) -> None:
    with override("en"):
        assert rule_in_words(rule, date(2026, 11, 26)) == en
    with override("zh-hans"):
        assert rule_in_words(rule, date(2026, 11, 26)) == zh
