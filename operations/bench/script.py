"""The statements of one request as a script that other volunteers' requests follow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

# Put where a unique code stood; what a code needs to be unique for one run.
FRESH_CODE = "substr(md5(random()::text || clock_timestamp()::text), 1, 12)"
_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
# What is asked to know who asks.
_KNOWING = ('FROM "django_session"', 'FROM "accounts_user"', "FROM accounts_apitoken")


@dataclass(frozen=True)
class Script:
    """Statements with `:n`, `:user_id`, `:volunteer_id`, and `:id` of the row that the statement `returns` adds."""

    statements: tuple[str, ...]
    returns: int

    @property
    def count(self) -> int:
        """Statements without those that only begin and end a transaction."""
        return sum(not statement.upper().startswith(_CONTROL) for statement in self.statements)

    @property
    def knowing_count(self) -> int:
        """How many of them, before all others, only find out who asks."""
        before = takewhile(lambda statement: any(table in statement for table in _KNOWING), self.statements)
        return sum(1 for _ in before)

    def for_pgbench(self, *, first: int, span: int, user_id: int, volunteer_id: int) -> str:
        """A pgbench script: each client walks through `span` volunteers of its own."""
        lines = [
            "\\set k :k + 1",
            f"\\set n {first} + :client_id * {span} + :k - 1",
            f"\\set user_id {user_id} + :n",
            f"\\set volunteer_id {volunteer_id} + :n",
        ]
        for index, statement in enumerate(self.statements):
            lines.append(statement + (" \\gset" if index == self.returns else ";"))
        return "\n".join(lines) + "\n"

    def filled(self, index: int, values: Mapping[str, int]) -> str:
        """One statement with its values put in, for clients that are not pgbench."""
        return re.sub(
            r"(?<!:):(n|user_id|volunteer_id|id)\b",
            lambda found: str(values[found[1]]),
            self.statements[index],
        )


def script_of(
    captured: Sequence[str],
    *,
    known_by: Mapping[str, str],
    user_id: int,
    volunteer_id: int,
    assignment_id: int,
    codes: Sequence[str],
) -> Script:
    """Put variables in place of what belongs to the one volunteer whose request was captured.

    `known_by`: texts by which that volunteer is known, and what they are of the volunteer of any number `:n`.
    """
    statements = []
    returns = -1
    for index, sql in enumerate(captured):
        text = sql.strip().rstrip(";")
        for own, of_any in known_by.items():
            text = text.replace(own, of_any)
        for number, name in ((user_id, "user_id"), (volunteer_id, "volunteer_id"), (assignment_id, "id")):
            text = re.sub(rf"(?<![\w.]){number}\b", f":{name}", text)
        for code in codes:
            text = text.replace(f"'{code}'", FRESH_CODE)
        if 'INSERT INTO "tasks_assignment"' in text:
            returns = index
        statements.append(text)
    return Script(tuple(statements), returns)
