"""Everything that is held of a person, for themselves: one archive that people and programs can read."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Field, ForeignKey, Model
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy

from accounts.models import User
from core import audit, rates
from core.errors import DomainError
from core.safe_cells import safe_text
from privacy.registry import declaration_of
from privacy.ties import PERSON_IDS, Tie, columns_of, ties
from tasks.models import Assignment, Shift
from volunteers.models import Volunteer

A_DAY = 5
BATCH = 2_000
# Keys to an account: that they are kept is said, what they are is not, for whoever holds the archive could use them.
SECRET = frozenset(
    {
        "accounts.User.password",
        "accounts.LoginCode.token",
        "accounts.LoginCode.digest",
        "accounts.ApiToken.token_hash",
        "core.RequestKey.key",
        "core.RequestKey.body_hash",
        "mfa.Authenticator.data",
        "usersessions.UserSession.session_key",
        "organizations.Invitation.code",
        "volunteers.VolunteerInvitation.code",
        "volunteers.CalendarFeed.secret",
    }
)
PROFILE = f"{Volunteer._meta.label_lower}.user"
ME = "me"
SOMEBODY = "somebody else"
KEPT_SECRET = "(kept, not shown)"  # noqa: S105  what stands in the place of one


class TooManyExports(DomainError):
    code = "too-many-exports"
    text = gettext_lazy("You have fetched your data %(count)s times today. Come back tomorrow")


@transaction.atomic
def export(*, user: User, at: datetime) -> bytes:
    """The archive: `my-data.json`, each table as CSV, and a page that says what is what."""
    if not rates.hit(f"export:{user.pk}", limit=A_DAY, seconds=86_400):
        raise TooManyExports(count=A_DAY)
    audit.record(verb="data.exported", by=user, at=at, subject=user)
    file = io.BytesIO()
    tables = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for tie in ties():
            rows = list(_rows(tie, user))
            if not rows:
                continue
            name = f"{tie.model._meta.label_lower}.{tie.name}"
            archive.writestr(f"{name}.csv", _csv(rows))
            tables.append(_table(tie, name, rows))
        whole = {"made_at": at.isoformat(), "tables": tables}
        archive.writestr("my-data.json", json.dumps(whole, ensure_ascii=False, indent=1))
        archive.writestr(gettext("read-me.txt"), _read_me(tables, at))
    return file.getvalue()


def _table(tie: Tie, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    privacy = declaration_of(tie.model)
    assert privacy is not None
    return {
        "table": name,
        "about_me": tie.is_subject,
        "purpose": gettext(privacy.purpose),
        "kept": gettext(privacy.keep),
        "rows": rows,
    }


def _rows(tie: Tie, user: User) -> Iterator[dict[str, Any]]:
    columns = columns_of(tie)
    keys = [field.name for field in columns if isinstance(field, ForeignKey)]
    found = tie.model._default_manager.filter(tie.rows_of(user)).order_by("pk")
    keys += [
        f"{key}__volunteer" for key in keys if tie.model._meta.get_field(key).related_model is Assignment
    ]
    keys += ["shift__task"] if "shift" in keys else []
    for row in found.select_related(*keys).iterator(chunk_size=BATCH):
        yield {field.name: _value(row, field, user) for field in columns}


def _value(row: Model, field: Field, user: User) -> Any:
    if f"{row._meta.label}.{field.name}" in SECRET:
        return KEPT_SECRET
    if field.many_to_many:
        return [_named(other) for other in getattr(row, field.name).all()]
    value = getattr(row, field.name)
    if field.name in PERSON_IDS:
        return ME if value == user.pk else SOMEBODY
    if isinstance(value, User):
        return ME if value.pk == user.pk else SOMEBODY
    if isinstance(value, Volunteer):
        return ME if value.user_id == user.pk else SOMEBODY
    # The code of a seat is a pass: it is for whoever has the seat.
    if isinstance(value, Assignment) and value.volunteer.user_id != user.pk:
        return SOMEBODY
    if isinstance(value, Model):
        return _named(value)
    if isinstance(value, datetime):
        return localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | str | list | dict | None) else str(value)


def _named(row: Model) -> str:
    """What a person can recognize: the public code, and the name where there is one."""
    if isinstance(row, Shift):
        return f"{row.code} {row.task.display_title}"
    code, name = str(getattr(row, "code", "")), str(row)
    return name if code in ("", name) else f"{code} {name}"


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    # Spreadsheet programs take a file for Unicode only when it says so.
    text.write("\ufeff")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return safe_text(json.dumps(value, ensure_ascii=False))
    return safe_text(value) if isinstance(value, str) else value


def _read_me(tables: list[dict[str, Any]], at: datetime) -> str:
    lines = [
        gettext("Everything that Manyhands holds of you, fetched on %(when)s.")
        % {"when": f"{localtime(at):%Y-%m-%d %H:%M}"},
        gettext("my-data.json holds all of it for programs; each table is also a CSV file for spreadsheets."),
        gettext("Other people appear as “somebody else”: what concerns them is theirs."),
        "",
    ]
    if any(table["table"] == PROFILE for table in tables):
        lines += [
            gettext(
                "What the matching was given for a plan is kept 14 days at most, so that the plan can be checked: the "
                "place, hours, reach and abilities of everybody who could be asked, as numbers without names. Nobody "
                "can tell which of them are yours, so they are not in here."
            ),
            "",
        ]
    for table in tables:
        lines.append(f"{table['table']}.csv ({len(table['rows'])})")
        lines.append(f"  {table['purpose']} {table['kept']}")
    return "\n".join(lines) + "\n"
