"""The columns of each kind of table, the headers under which people write them, and finding the line of headers."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheets.files.cells import Cell, Mark
from sheets.files.limits import Unreadable
from sheets.files.table import Table

# Titles and notes often stand above the headers.
HEADERS_WITHIN = 15
# （必填）, (optional): a word about the header, no part of it.
ASIDE = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
IGNORED = re.compile(r"[\s_\-:：*＊()（）\[\]【】/、.·]+")


@dataclass(frozen=True)
class Column:
    """A field, whether every line needs it, and the headers that mean it: the first in each language is ours."""

    name: str
    zh: str
    en: str
    needed: bool = False
    also: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        return (self.zh, self.en, self.name, *self.also)


PEOPLE = (
    Column("name", "姓名", "Name", True, ("名字", "称呼", "志愿者", "志愿者姓名", "full name", "volunteer")),
    Column(
        "phone",
        "手机",
        "Mobile",
        also=("电话", "手机号", "手机号码", "电话号码", "联系电话", "联系方式", "联系手机", "移动电话", "phone",
              "phone number", "mobile number", "mobile phone", "telephone", "tel", "cell"),
    ),
    Column("email", "邮箱", "E-mail", also=("电子邮箱", "电子邮件", "邮件", "邮箱地址", "mail", "email address")),
    Column(
        "area",
        "乡镇街道",
        "Area",
        also=("街道", "乡镇", "镇街", "街镇", "所在街道", "所在区域", "区域", "地区", "区县", "居住地", "住址街道",
              "township", "subdistrict", "street or town", "street", "town", "district", "county"),
    ),
    Column("skills", "技能", "Skills", also=("特长", "专长", "会做什么", "skill")),
    Column("languages", "语言", "Languages", also=("方言", "语种", "会说", "language")),
    Column("note", "备注", "Note", also=("说明", "附注", "notes", "remark", "remarks", "comment")),
)  # fmt: skip
SHIFTS = (
    # Needed but for work without a time, which has its deadline instead.
    Column("date", "日期", "Date", also=("哪天", "day", "时间日期", "班次日期")),
    Column("starts", "开始", "Start", also=("开始时间", "几点开始", "上岗时间", "起", "start time", "begins", "from")),
    Column("ends", "结束", "End", also=("结束时间", "几点结束", "下岗时间", "止", "end time", "ends", "until", "to")),
    Column("due", "截止", "Deadline", also=("截止时间", "截止日期", "完成期限", "due", "due date", "until when")),
    Column("place", "地点", "Place", also=("集合地点", "服务地点", "岗位地点", "location", "where")),
    Column("address", "详细地址", "Address", also=("地址", "门牌", "exact address")),
    Column("area", "区域", "Area", also=("乡镇街道", "街道", "township", "subdistrict")),
    Column("seats_min", "最少人数", "Least people", also=("最少", "至少", "起步人数", "minimum", "min", "least")),
    Column(
        "seats",
        "最多人数",
        "Most people",
        True,
        ("人数", "需要人数", "名额", "最多", "座位", "seats", "people", "maximum", "max", "most"),
    ),
    Column("role", "岗位", "Role", also=("做什么", "工作", "职责", "工作内容", "job", "work")),
    Column("requirements", "要求", "Requirements", also=("技能要求", "需要技能", "条件", "needs", "skills")),
    Column("min_age", "最低年龄", "Youngest age", also=("年龄", "min age", "minimum age")),
    Column("contact", "联系人", "Contact", also=("负责人", "带班", "现场负责人", "contact person", "contact name")),
    Column(
        "contact_phone",
        "联系电话",
        "Contact telephone",
        also=("电话", "手机", "联系人电话", "负责人电话", "contact phone", "phone", "telephone"),
    ),
    Column("bring", "带什么", "Bring", also=("携带物品", "自带", "what to bring")),
    Column("opens_at", "开放报名", "Sign-up opens", also=("报名开始", "报名开放时间", "opens", "opens at")),
    Column("notice", "提前小时", "Hours of notice", also=("提前几小时报名", "报名提前小时", "notice", "notice hours")),
    Column("party_most", "每人最多名额", "Most seats a person", also=("结伴人数", "最多同行", "party", "party size")),
    Column("needs_approval", "需审核", "Approval", also=("报名审核", "是否审核", "needs approval", "approve")),
    Column("private", "内部说明", "Private", also=("私密说明", "仅报名者可见", "注意事项", "private details", "notes")),
)  # fmt: skip
ORGANIZATIONS = (
    Column("name", "名称", "Name", True, ("组织名称", "机构名称", "单位名称", "团体名称", "organization", "organisation")),
    Column("name_en", "英文名称", "English name", also=("英文名", "name in english")),
    Column("kind", "类型", "Kind", True, ("组织类型", "类别", "性质", "type")),
    Column("cbo_type", "社会组织类别", "Type of CBO", also=("社区社会组织类别", "cbo type", "业务类别")),
    Column("area", "所在区域", "Area", True, ("区域", "地区", "乡镇街道", "街道", "区县", "所在地", "home area", "county")),
    Column("owner_contact", "负责人联系方式", "Owner's contact", True,
           ("负责人手机", "负责人电话", "负责人邮箱", "联系电话", "手机", "owner contact", "owner phone", "owner e-mail",
            "contact")),
    Column("evidence", "依据", "Evidence", True, ("证明", "审核依据", "核实情况", "proof")),
    Column("registration_number", "登记号", "Register number",
           also=("统一社会信用代码", "登记证号", "信用代码", "registration number")),
    Column("telephone", "机构电话", "Telephone", also=("办公电话", "对外电话", "phone")),
    Column("summary", "简介", "Summary", also=("业务范围", "介绍", "about")),
    Column("service_areas", "服务区域", "Other areas", also=("服务范围", "service areas")),
)  # fmt: skip
COLUMNS: Mapping[str, Sequence[Column]] = {
    "people": PEOPLE,
    "shifts": SHIFTS,
    "organizations": ORGANIZATIONS,
}


@dataclass(frozen=True)
class Headers:
    """The line of headers, what each of its cells says, and which column of the file (from 0) holds which field."""

    line: int
    titles: list[str]
    mapping: dict[str, int]


def key(header: str) -> str:
    """A header without blanks, marks and what stands in brackets, in small letters."""
    return IGNORED.sub("", unicodedata.normalize("NFKC", ASIDE.sub("", header))).casefold()


def title(cell: Cell) -> str:
    return "" if cell is None or isinstance(cell, Mark) else " ".join(str(cell).split())[:80]


def recognize(titles: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Which field stands in which column, by the headers; the first that fits counts, a better name before others."""
    keys = [key(each) for each in titles]
    found: dict[str, int] = {}
    for rank in range(max(len(column.headers) for column in columns)):
        for column in columns:
            if column.name in found or rank >= len(column.headers):
                continue
            wanted = key(column.headers[rank])
            for at, given in enumerate(keys):
                if given == wanted and at not in found.values():
                    found[column.name] = at
                    break
    return found


def find_headers(table: Table, columns: Sequence[Column]) -> Headers:
    """The line among the first ones with the most known headers; the first line with two cells where none is known."""
    best: Headers | None = None
    first: Headers | None = None
    for line in table.head(HEADERS_WITHIN):
        titles = [title(cell) for cell in line.cells]
        headers = Headers(line.number, titles, recognize(titles, columns))
        if best is None or len(headers.mapping) > len(best.mapping):
            best = headers
        if first is None and sum(map(bool, titles)) > 1:
            first = headers
    if best is None:
        raise Unreadable("empty-file")
    return best if best.mapping else first or best


def map_by(titles: Sequence[str], wanted: Mapping[str, str]) -> dict[str, int]:
    """A mapping from field to column by header, letter (C) or number (3); Unreadable names what is not there."""
    keys = [key(each) for each in titles]
    mapping = {}
    for field, said in wanted.items():
        if not said:
            continue
        if key(said) in keys:
            mapping[field] = keys.index(key(said))
        elif said.isdigit() and 1 <= int(said) <= max(len(titles), 1):
            mapping[field] = int(said) - 1
        elif re.fullmatch("[A-Za-z]", said) and ord(said.upper()) - 65 < len(titles):
            mapping[field] = ord(said.upper()) - 65
        else:
            raise Unreadable("no-such-column", name=said, field=field)
    return mapping
