"""PostgreSQL and Valkey of this test run, started before the settings are read; DATABASE_URL and REDIS_URL win."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from operations.launcher import places
from operations.launcher.postgres import Postgres
from operations.launcher.valkey import Valkey

# Set by the first process of a run, inherited by its xdist workers.
RUN = "MANYHANDS_TEST_RUN"
_started: list[Postgres | Valkey] = []


def ensure() -> None:
    """Start what is not given by address. In an xdist worker everything is there already."""
    os.environ["MANYHANDS_TESTING"] = "1"
    os.environ.pop("MANYHANDS_DEMO", None)
    # A variable of the shell must not decide which settings the tests see.
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    if RUN in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="manyhands-test-"))
    os.environ[RUN] = str(folder)
    atexit.register(end)
    sockets = places.sockets(folder)
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(folder / "postgres", sockets, folder / "logs" / "postgres.log", durable=False)
        _started.append(postgres)
        postgres.begin()
        os.environ["DATABASE_URL"] = postgres.url()
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(folder / "valkey", sockets, folder / "logs" / "valkey.log")
        _started.append(valkey)
        valkey.begin()
        os.environ["REDIS_URL"] = valkey.url()
    for server in _started:
        server.wait()


def end() -> None:
    """Stop what this process started."""
    if not _started and os.environ.get(RUN) is None:
        return
    for server in reversed(_started):
        server.stop()
    _started.clear()
    if os.environ.get("PYTEST_XDIST_WORKER") is None:
        shutil.rmtree(os.environ.pop(RUN), ignore_errors=True)


def own_broker_number() -> None:
    """Give each xdist worker a numbered Redis database of its own, so that no test hears another's messages."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        os.environ["REDIS_URL"] = numbered(os.environ["REDIS_URL"], 1 + int(worker.removeprefix("gw")))


def numbered(url: str, number: int) -> str:
    """The address of another numbered database of the same server."""
    parts = urlsplit(url)
    if parts.scheme in {"redis", "rediss"}:
        return urlunsplit(parts._replace(path=f"/{number}"))
    # Put together by hand: urlunsplit would drop the two slashes before an empty host.
    query = dict(parse_qsl(parts.query)) | {"virtual_host": str(number)}
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(query, safe='/')}"
