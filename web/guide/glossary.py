"""The product's words and what they mean, in both languages. `python -m web.guide.glossary` prints docs/glossary.md."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word as the pages use it; `key` is its anchor. Both meanings are written, neither is translated."""

    key: str
    chinese: str
    english: str
    meaning_zh: str
    meaning_en: str


TERMS = (
    Term(
        "volunteer",
        "志愿者",
        "Volunteer",
        "用称呼和手机号加入、来出力的人。每人有一个编号，不用身份证号。",
        "Somebody who joins with a name and a phone and lends a hand. Each has a number; no identity number is asked for.",
    ),
    Term(
        "organization",
        "社区组织",
        "Organization",
        "接需求、发布班次、管签到、确认时长的小组、社团、企业或学校。政府部门审核后才能发班。",
        "A group, association, enterprise or school that takes on calls, posts shifts, runs the desk and confirms hours."
        " It is approved by an authority first.",
    ),
    Term(
        "organizer",
        "组织者",
        "Organizer",
        "替组织办事的人。负责人什么都能做，组织者管班次和时长，签到台只管到场和离开。",
        "Somebody who acts for an organization. Owners may do everything, organizers run shifts and hours, the desk checks"
        " people in and out.",
    ),
    Term(
        "authority",
        "主管机构",
        "Authority",
        "一个地区的政府部门，管本地和下面各级。它的工作人员发需求、定阶段、审批、看数字。",
        "The government body of an area and of all below it. Its officials ask for hands, set the stage, approve and read"
        " the figures.",
    ),
    Term(
        "call",
        "需求",
        "Call",
        "一项请人做的事：做什么，哪几天，要多少人。由政府或组织发出，等一家组织接下来。",
        "Work that hands are asked for: what, which days, how many people. An authority or an organization issues it, and"
        " it waits until somebody takes it on.",
    ),
    Term(
        "task",
        "任务",
        "Task",
        "接下来的需求。一项任务下有一班或许多班。",
        "A call once somebody has taken it on. A task has one shift or many.",
    ),
    Term(
        "shift",
        "班次",
        "Shift",
        "任务里的一班：一个时间、一个地点、几个位子。也有只写截止时间的。",
        "One stretch of a task: a time, a place and some seats. Some have only a day until which they must be done.",
    ),
    Term(
        "seat",
        "位子",
        "Seat",
        "一班里一个人的位置。报名成功，位子就是你的；去不了就让出来，给下一位。",
        "One person’s place in a shift. Who signs up has it; who cannot come gives it back, and the next person gets it.",
    ),
    Term(
        "short",
        "缺人",
        "Short",
        "报名的人还不到开班最少的人数。▲旁边的数字是还缺几个。",
        "Fewer people than a shift needs to open. The number beside ▲ says how many are missing.",
    ),
    Term(
        "waiting-list",
        "候补",
        "Waiting list",
        "满员后排的队。空出来的位子按先后留给下一位，到点不答就再往下传。",
        "The line for a full shift. A seat that comes free is held for the next in line, and goes on after the time named.",
    ),
    Term(
        "offer",
        "邀请",
        "Offer",
        "为一个空位子来问你的话，写着为什么问你、几点前回。一天最多两次，不来不用说理由。",
        "A question whether you would take an empty seat, with why you are asked and until when. At most two a day, and a"
        " no needs no reason.",
    ),
    Term(
        "check-in",
        "签到、签退",
        "Check-in and check-out",
        "到场和离开的记录：扫码、四位数字、现场的码、由签到台记，或者先记在纸上。每一条写明是怎么来的。",
        "Arriving and leaving on record: by a scanned code, four digits, the site’s code, the desk, or paper first. Each"
        " entry says how it came about.",
    ),
    Term(
        "hours",
        "时长",
        "Hours",
        "从签到到签退的时间，按一班的长短封顶，由组织者确认。谁也改不了，也没人能确认自己的。",
        "The time from check-in to check-out, no longer than the shift, confirmed by an organizer. Nobody can change it,"
        " and nobody confirms their own.",
    ),
    Term(
        "stage",
        "阶段",
        "Stage",
        "一个地区眼下应急到哪一步，由它的主管机构定。阶段不同，先做的事、能发的需求也不同。",
        "How far the response in an area has come, set by its authority. It decides what comes first and which calls there"
        " are.",
    ),
    Term(
        "mode",
        "参与方式",
        "Mode",
        "政府在一个地区怎么参与：主办、支持、牵线或主导。它定下谁牵头、谁能公开发布、谁能改。",
        "How the authority takes part in an area: as host, sponsor, facilitator or operator. It settles who leads, who"
        " publishes and who may edit.",
    ),
    Term(
        "stop",
        "全部暂停",
        "Stop",
        "有危险时，一个地区里不能报名，也不能签到。位子都留着，恢复后接着来。",
        "In danger, nobody in an area can sign up or check in. All seats stay, and work goes on once the stop is lifted.",
    ),
    Term(
        "request",
        "求助",
        "Request",
        "居民请人帮的忙，不用注册。每件有一个编号，凭编号看进展、说办没办好。",
        "Help that a resident asks for, without an account. Its code shows how far it is and takes the word whether it was"
        " done.",
    ),
    Term(
        "promise",
        "承诺",
        "Promise",
        "最晚什么时候回话、什么时候办。到时没做到，页面会照实写明晚了。",
        "By when there is an answer, and by when help. If it is late, the page says so.",
    ),
    Term(
        "walk-in",
        "临时到场",
        "Walk-in",
        "没报名就来了的人。签到台给位子，当场签到。",
        "Somebody who comes without having signed up. The desk gives a seat and checks them in.",
    ),
    Term(
        "second-factor",
        "验证器",
        "Authenticator",
        "手机上的一个应用，每 30 秒换 6 位数字。替别人办事的人，登录时除了密码还要它。",
        "An app on a phone that shows six new digits every 30 seconds. Whoever acts for others needs them besides the"
        " password.",
    ),
    Term(
        "plan",
        "派人方案",
        "Plan",
        "算出来的建议：谁去哪一班最合适，为什么。人自己答应了才算数，只有愿意被直接派班的人例外。",
        "A computed proposal of who would best go where, and why. It counts once people say yes; only those who wished to"
        " be assigned get a seat at once.",
    ),
    Term(
        "hidden-number",
        "* 和 †",
        "* and †",
        "不公布的人数。* 是人太少，† 是为了不让别的小数字被推算出来。都不是零。",
        "Counts of people that are not shown: * because they are few, † so that another small one cannot be worked out."
        " Neither is zero.",
    ),
)

HEAD = """# Glossary / 词汇表

The words of the pages in both languages, as `/en/words/` and `/zh-hans/words/` show them. Written in
`web/guide/glossary.py`; `python -m web.guide.glossary > docs/glossary.md` makes this page.

| 中文 | English | |
|---|---|---|
"""


def markdown() -> str:
    """Return the page of the docs."""
    return HEAD + "".join(_rows())


def _rows() -> Iterator[str]:
    for term in TERMS:
        yield (
            f'| <a id="{term.key}"></a>{term.chinese} | {term.english} | {term.meaning_zh}<br>{term.meaning_en} |\n'
        )


if __name__ == "__main__":
    print(markdown(), end="")
