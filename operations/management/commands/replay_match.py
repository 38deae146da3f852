"""Makes the plan of a past run of the matching once more and compares it, bit by bit, with what came out then."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from core.errors import DomainError
from matching.actions.replaying import (
    InputDamaged,
    InputGone,
    InputTooLarge,
    NoPlan,
    NoSuchRun,
    OtherVersion,
    PartReplayed,
    Replayed,
    replay,
)
from matching.actions.solving import ProblemRefused, SolverFailed

DIFFERS, ENGINE_FAILED = 1, 6
EXIT_CODES: dict[type[DomainError], int] = {
    NoSuchRun: 2,
    NoPlan: 2,
    InputGone: 3,
    InputTooLarge: 3,
    OtherVersion: 4,
    InputDamaged: 5,
}
# So many differences of a kind are written out; with --json all of them.
LISTED = 10


class Command(BaseCommand):
    help = (
        "Make the plan of a run again from what the engine was given. Exit code 0: the same bit by bit, 1: it differs, "
        "2: no such run or plan, 3: the input is gone, 4: another version of the engine, 5: the input is damaged, "
        "6: the engine failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", help="the code of the run")
        parser.add_argument("--json", action="store_true", help="everything as one JSON object")

    def handle(self, *args: Any, run: str, **options: Any) -> None:
        try:
            with override("en"):
                found = replay(code=run)
        except DomainError as error:
            with override("en"):
                raise CommandError(f"{error.message}.", returncode=EXIT_CODES[type(error)]) from error
        except (ProblemRefused, SolverFailed) as error:
            raise CommandError(f"The engine failed: {error}.", returncode=ENGINE_FAILED) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found) | {"is_same": found.is_same}))
        else:
            self.stdout.write("\n".join(_told(found)))
        if not found.is_same:
            raise CommandError("The plan is not the one of then.", returncode=DIFFERS)


def _told(found: Replayed) -> list[str]:
    lines = []
    for number, part in enumerate(found.parts, start=1):
        lines.append(
            f"Part {number}: {part.volunteers} volunteers, {part.roles} roles, {part.pairs} pairs; "
            + ("the same." if _is_same(part) else "it differs:")
        )
        for said, pairs in (("only then", part.only_then), ("only now", part.only_now)):
            lines += [
                f"  {said}: volunteer {row} of the input for role {role}" for row, role in pairs[:LISTED]
            ]
            lines += _more(len(pairs))
        lines += [f"  price of role {role}: {was!r}, now {now!r}" for role, was, now in part.prices[:LISTED]]
        lines += _more(len(part.prices))
    if found.is_same:
        lines.append(f"Run {found.run}: identical, SHA-256 {found.digest_now}.")
    else:
        lines.append(f"Run {found.run}: SHA-256 was {found.digest_then}, is {found.digest_now}.")
    return lines


def _is_same(part: PartReplayed) -> bool:
    return not (part.only_then or part.only_now or part.prices)


def _more(count: int) -> list[str]:
    return [f"  … and {count - LISTED} more"] if count > LISTED else []
