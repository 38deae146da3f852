"""The statements of one request as a script that other volunteers' requests follow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Put where a unique code stood; what a code needs to be unique for one run.
FRESH_CODE = "substr(md5(random()::text || clock_timestamp()::text), 1, 12)"
_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Script:
    """Statements with `:n`, `:user_id`, `:volunteer_id`, and `:id` of the row that the statement `returns` adds."""

    statements: tuple[str, ...]
    returns: int

    @property
    def count(self) -> int:
        """Statements without those that only begin and end a transaction."""
        return sum(not statement.upper().startswith(_CONTROL) for statement in self.statements)

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
    key: str,
    user_id: int,
    volunteer_id: int,
    assignment_id: int,
    codes: Sequence[str],
) -> Script:
    """Put variables in place of what belongs to the one volunteer whose request was captured."""
    statements = []
    returns = -1
    for index, sql in enumerate(captured):
        text = sql.strip().rstrip(";")
        text = text.replace(f"'{key}'", "('bench' || lpad((:n)::text, 27, '0'))")
        for number, name in ((user_id, "user_id"), (volunteer_id, "volunteer_id"), (assignment_id, "id")):
            text = re.sub(rf"(?<![\w.]){number}\b", f":{name}", text)
        for code in codes:
            text = text.replace(f"'{code}'", FRESH_CODE)
        if text.startswith('INSERT INTO "tasks_assignment"'):
            returns = index
        statements.append(text)
    return Script(tuple(statements), returns)
