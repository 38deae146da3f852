"""Lines of organizations: entered by officials of their area, their owners invited by contact."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actions.contacts import normalize_contact
from areas.models import Area
from core.errors import DomainError
from organizations.actions import enrol_organization
from sheets.actions.faults import Fault, Reading, Row, refused
from sheets.files import cells
from sheets.files.cells import BadCell, Cell
from sheets.models import Sheet
from sheets.queries.names import AreaNames

# How kinds are written in tables, beside their codes.
KINDS = {
    "community": ("社区群团", "社区团体", "群众团体", "邻里互助", "互助会", "community group", "community"),
    "cbo": ("社会组织", "社区社会组织", "民间组织", "community-based organization", "cbo", "ngo"),
    "enterprise": ("企业", "公司", "enterprise", "company"),
    "school": ("学校", "school", "university"),
    "government": ("政府", "机关", "government body", "government"),
}
CBO_TYPES = {
    "emergency": ("应急", "救援", "应急救援", "emergency"),
    "charity": ("慈善", "公益", "公益慈善", "charity"),
    "professional": ("专业服务", "专业", "professional service", "professional"),
    "economic": ("经济", "行业", "economic"),
    "mental_health": ("心理", "心理健康", "心理援助", "mental health"),
}
FIELDS = {"home_area": "area", "contact": "owner_contact", "contact_phone": "telephone"}


def _choice(field: str, known: dict[str, tuple[str, ...]]) -> Any:
    def read(cell: Cell) -> str:
        words = cells.text(cell).casefold()
        for code, names in known.items():
            if words in (code, code.replace("_", " "), *names):
                return code
        if not words:
            return ""
        raise BadCell(
            "unknown-kind",
            value=words[:40],
            choices={
                "zh": "、".join(names[0] for names in known.values()),
                "en": ", ".join(code.replace("_", " ") for code in known),
            },
        )

    return read


class Organizations:
    """Reads organizations, and enters them fifty at a time."""

    BATCH = 50

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.area: Area = sheet.area or sheet.organization.home_area
        self.areas = AreaNames([self.area])
        self.first_lines: dict[tuple[str, int], int] = {}

    def read(self, row: Row) -> tuple[dict[str, Any] | None, list[Fault]]:
        """What a line says of an organization, and what is wrong with it."""
        reading = Reading(row)

        def short(field: str, most: int) -> str:
            return reading.take(field, lambda cell: cells.text(cell, most=most), "")

        values: dict[str, Any] = {
            "name": reading.need("name", lambda cell: cells.text(cell, most=120), ""),
            "name_en": short("name_en", 160),
            "kind": reading.need("kind", _choice("kind", KINDS), ""),
            "cbo_type": reading.take("cbo_type", _choice("cbo_type", CBO_TYPES), ""),
            "evidence": reading.need("evidence", lambda cell: cells.paragraphs(cell, most=2_000), ""),
            "registration_number": short("registration_number", 40),
            "contact_phone": short("telephone", 20),
            "summary": reading.take("summary", lambda cell: cells.paragraphs(cell, most=1_000), ""),
            "owner_contact": reading.need("owner_contact", _contact, ""),
            "home_area": reading.need("area", self._area, None),
            "service_areas": reading.take("service_areas", self._areas, []),
        }
        if not reading.is_good:
            return None, reading.faults
        first = self.first_lines.setdefault((values["name"], values["home_area"].pk), row.line)
        if first != row.line:
            reading.say("name", "same-as-line", line=first)
            return None, reading.faults
        return values, reading.faults

    def _area(self, cell: Cell) -> Area | None:
        words = cells.text(cell)
        return self.areas.find(words) if words else None

    def _areas(self, cell: Cell) -> list[Area]:
        return [self.areas.find(name) for name in cells.listed(cell)]

    @transaction.atomic
    def keep(
        self, items: list[tuple[int, dict[str, Any]]], *, at: datetime, keep: bool, planned: int
    ) -> tuple[int, list[Fault]]:
        """Enter them, or only try; how many, and what was refused."""
        faults: list[Fault] = []
        language = self.sheet.options.get("language", self.sheet.language)
        for line, values in items:
            try:
                enrol_organization(by=self.sheet.by, at=at, language=language, **values)
            except DomainError as error:
                faults.append(refused(line, error, FIELDS.get(error.field or "", error.field or "")))
        if not keep:
            transaction.set_rollback(True)
        return len(items) - len(faults), faults


def _contact(cell: Cell) -> str:
    words = cells.contact(cell)
    return normalize_contact(words) if words else ""
