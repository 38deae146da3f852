"""Runs a script against PostgreSQL without the product: what the same statements cost by themselves."""

import re
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg2

from operations.bench.client import Times, together
from operations.bench.crowd import Crowd
from operations.bench.script import Script
from operations.launcher import binaries
from operations.launcher.locks import LaunchFailed

_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Reference:
    tps: float
    by: str


def measure(script: Script, crowd: Crowd, *, url: str, first: int, clients: int, folder: Path) -> Reference:
    """Transactions per second of the script, one for each volunteer from number `first` on."""
    span = (crowd.size - first) // clients
    program = binaries.postgres_folder()[0] / "pgbench"
    if not program.is_file():
        return _by_threads(script, crowd, url=url, first=first, clients=clients, span=span)
    path = folder / "sign-up.sql"
    path.write_text(
        script.for_pgbench(
            first=first, span=span, user_id=crowd.first_user_id, volunteer_id=crowd.first_volunteer_id
        )
    )
    ran = subprocess.run(
        [program, "-n", "-M", "simple", "-c", str(clients), "-j", "2", "-D", "k=0", "-t", str(span),
         "-f", str(path), url],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = _TPS.search(ran.stdout)
    if ran.returncode or found is None or "aborted" in ran.stderr:
        raise LaunchFailed(f"pgbench could not run the statements of a sign-up:\n{ran.stderr[-1500:]}")
    return Reference(float(found[1]), "pgbench")


# Of pgbench's own tables: as many branches as clients, so that they do not wait for one another's row.
TPCB_SCALE, TPCB_S = 20, 8


def tpcb(*, url: str, clients: int) -> Reference:
    """Transactions per second of pgbench's "TPC-B (sort of)" on the same server; 0 where there is no pgbench."""
    program = binaries.postgres_folder()[0] / "pgbench"
    if not program.is_file():
        return Reference(0.0, "no pgbench")
    for options in (["-i", "-q", "-s", str(TPCB_SCALE)], ["-c", str(clients), "-j", "2", "-T", str(TPCB_S)]):
        ran = subprocess.run([program, *options, url], capture_output=True, text=True, check=False)
        if ran.returncode:
            raise LaunchFailed(f"pgbench could not run its own transaction:\n{ran.stderr[-1500:]}")
    found = _TPS.search(ran.stdout)
    assert found is not None
    return Reference(float(found[1]), "pgbench")


def _by_threads(script: Script, crowd: Crowd, *, url: str, first: int, clients: int, span: int) -> Reference:
    def work(client: int) -> Times:
        times = Times()
        link = psycopg2.connect(url)
        link.autocommit = True
        with link.cursor() as cursor:
            for number in range(first + client * span, first + (client + 1) * span):
                began = time.monotonic()
                values = {
                    "n": number,
                    "user_id": crowd.first_user_id + number,
                    "volunteer_id": crowd.first_volunteer_id + number,
                    "id": 0,
                }
                for index in range(len(script.statements)):
                    cursor.execute(script.filled(index, values))
                    if index == script.returns:
                        values["id"] = cursor.fetchone()[0]
                times.note(time.monotonic() - began, 200)
        link.close()
        return times

    times = together([partial(work, client) for client in range(clients)])
    return Reference(times.per_s, "psycopg2 threads")
