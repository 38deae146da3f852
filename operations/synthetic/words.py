"""Invented names: common characters put together at random, and streets and groups that exist in no city."""

from dataclasses import dataclass

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢傅钟"
GIVEN = "明华丽芳英敏静秀兰强军平伟文斌玲娟霞桂萍建国红梅燕涛鹏宇浩然欣怡佳慧琳晓东海波宁春雪云飞洁颖峰雷志勇晨阳悦婷博"


@dataclass(frozen=True)
class Street:
    zh: str
    en: str


STREETS = (
    Street("信河街", "Xinhe Street"),
    Street("晴雪巷", "Qingxue Lane"),
    Street("荷塘路", "Hetang Road"),
    Street("石桥弄", "Shiqiao Alley"),
    Street("桂语路", "Guiyu Road"),
    Street("南埠街", "Nanbu Street"),
    Street("竹里路", "Zhuli Road"),
    Street("月明桥路", "Yuemingqiao Road"),
    Street("东篱巷", "Dongli Lane"),
    Street("渔渡街", "Yudu Street"),
)


@dataclass(frozen=True)
class Group:
    """Name patterns of an organization; `{place}` is a county's or a township's short name."""

    kind: str
    cbo_type: str
    zh: str
    en: str


GROUPS = (
    Group("community", "", "{place}邻里互助会", "{place} Neighbours' Aid"),
    Group("cbo", "emergency", "{place}蓝马甲应急队", "{place} Blue Vest Responders"),
    Group("cbo", "charity", "{place}暖手公益社", "{place} Warm Hands Charity"),
    Group("cbo", "professional", "{place}社工服务站", "{place} Social Work Station"),
    Group("cbo", "mental_health", "{place}心理援助站", "{place} Counselling Aid"),
    Group("cbo", "economic", "{place}商会志愿队", "{place} Chamber Volunteers"),
    Group("enterprise", "", "{place}便民超市车队", "{place} Corner Shop Drivers"),
    Group("school", "", "{place}职业学院青年队", "{place} College Youth Team"),
)


# In large counties, beside those above.
TOWNSHIP_GROUP = Group("community", "", "{place}邻里守望队", "{place} Neighbourhood Watch")
SUFFIXES = (" District", " County", " Subdistrict", " Township", " Town")


def short_english(name: str) -> str:
    """A place's English name without what kind of place it is."""
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name


@dataclass(frozen=True)
class Request:
    """What residents ask for: the kind of work, how often beside others, in which words."""

    type: str
    weight: float
    words: tuple[str, ...]


REQUESTS = (
    Request(
        "delivery",
        0.30,
        (
            "家里隔离，米和菜快没有了，请送到楼下",
            "两位老人走不动，想要一袋米、一桶油和一些青菜",
            "孩子奶粉只够今天，超市不送到我们这里",
        ),
    ),
    Request(
        "errands",
        0.24,
        (
            "降压药吃完了，请代配一盒",
            "请人帮忙去银行旁边的药店拿预约好的口罩",
            "行动不便，水电费交不了，请代办",
        ),
    ),
    Request(
        "transport",
        0.12,
        ("母亲每周二、五要去做透析，公交停了", "需要送到医院复查，轮椅", "产检没有车，早上八点出发"),
    ),
    Request(
        "counselling", 0.08, ("一个人隔离十天，晚上睡不着，想找人说说话", "孩子一直哭闹，大人也快撑不住了")
    ),
    Request("tele-clinic", 0.08, ("慢性病想问问药能不能减", "低烧两天，想先问问要不要去医院")),
    Request("elder-digital", 0.11, ("健康码弄不出来，出不了小区", "老人机没有二维码，怎么进菜场")),
    Request("elder-visits", 0.04, ("父亲独居，电话没人接，请去看一眼",)),
    Request("translation", 0.03, ("外国邻居看不懂通知，需要英语翻译",)),
)
