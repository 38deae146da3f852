"""Lines of people become invitations."""

from datetime import datetime

from accounts.actions.contacts import normalize_contact
from sheets.actions.faults import Fault, Reading, Row, refused
from sheets.files import cells
from sheets.files.cells import Cell
from sheets.models import Sheet
from sheets.queries.names import AreaNames, CapabilityNames
from volunteers.actions import Invitee, invite_volunteers
from volunteers.models import Capability

NAME_MOST = 40
NOTE_MOST = 200


def _phone(cell: Cell) -> str:
    """A column of telephones holds an e-mail address where somebody has no telephone."""
    words = cells.contact(cell)
    return normalize_contact(words) if words else ""


def _email(cell: Cell) -> str:
    words = cells.contact(cell)
    return normalize_contact(words if "@" in words else f"{words}@") if words else ""


class People:
    """Reads lines of people, and invites them a thousand at a time. Nobody is looked up by a contact."""

    BATCH = 1_000

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.areas = AreaNames()
        self.capabilities = CapabilityNames()
        self.first_lines: dict[str, int] = {}

    def read(self, row: Row) -> tuple[Invitee | None, list[Fault]]:
        """Whom a line is about, and what is wrong with it."""
        reading = Reading(row)
        name = reading.need("name", lambda cell: cells.text(cell, most=NAME_MOST), "")
        phone = reading.take("phone", _phone, "")
        email = reading.take("email", _email, "")
        words = reading.take("area", cells.text, "")
        area = reading.take("area", lambda cell: self.areas.find(words), None) if words else None
        codes = self._codes(reading)
        note = reading.take("note", lambda cell: cells.text(cell, most=NOTE_MOST), "")
        contact = phone or email
        if not contact and not any(fault.field in ("phone", "email") for fault in reading.faults):
            reading.say("phone", "no-contact")
        if contact:
            first = self.first_lines.setdefault(contact, row.line)
            if first != row.line:
                reading.say("phone" if phone else "email", "same-as-line", line=first)
        if not reading.is_good:
            return None, reading.faults
        invitee = Invitee(contact, name, area.pk if area else None, codes, note)
        return invitee, reading.faults

    def _codes(self, reading: Reading) -> list[str]:
        """Skills and languages of our list; papers are shown by the person, never said by others."""
        codes = []
        for field in ("skills", "languages"):
            names = reading.take(field, cells.listed, [])
            if not names:
                continue
            found, unknown = self.capabilities.find(names)
            papers = [each for each in found if each.kind == Capability.Kind.QUALIFICATION]
            codes += [each.code for each in found if each not in papers]
            if unknown or papers:
                left_out = {
                    "zh": "、".join([*unknown, *(each.name_zh for each in papers)][:10]),
                    "en": ", ".join([*unknown, *(each.name_en for each in papers)][:10]),
                }
                reading.say(field, "unknown-skill", names=left_out)
        return codes

    def keep(
        self, items: list[tuple[int, Invitee]], *, at: datetime, keep: bool, planned: int
    ) -> tuple[int, list[Fault]]:
        """Invite them, or only try; how many, and what was refused."""
        sheet = self.sheet
        done = invite_volunteers(
            organization=sheet.organization,
            invitees=[invitee for _, invitee in items],
            by=sheet.by,
            at=at,
            language=sheet.options.get("language", sheet.language),
            limit=sheet.options.get("limit"),
            keep=keep,
            planned=0 if keep else planned,
        )
        faults = []
        for place, error in done.refused.items():
            line, invitee = items[place]
            faults.append(refused(line, error, "email" if "@" in invitee.contact else "phone"))
        return done.made, faults
