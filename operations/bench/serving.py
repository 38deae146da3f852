"""The real processes of a deployment, for the length of a benchmark."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence

from operations.bench.ground import Ground
from operations.bench.progress import say
from operations.launcher import commands, probe, spawn
from operations.launcher.locks import LaunchFailed

START_S = 60.0


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port


@contextlib.contextmanager
def served(
    ground: Ground, *, workers: int = 2, with_queues: bool = False, warm: bool = True
) -> Iterator[int]:
    """A web server on the ground's database, with one worker per queue where wanted; its port. All end with it."""
    port = free_port()
    env = _environment(ground, port)
    running: list[subprocess.Popen[bytes]] = []
    with contextlib.ExitStack() as stack:
        stack.callback(_end, running)
        argvs: list[Sequence[str]] = [commands.web("127.0.0.1", port, workers=workers)]
        if with_queues:
            argvs += [
                commands.worker(queue, name=f"{queue}@bench-{os.getpid()}") for queue in commands.QUEUES
            ]
            argvs.append(commands.manage("local_provider"))
        for argv in argvs:
            log = stack.enter_context((ground.folder / f"process-{len(running)}.log").open("ab"))
            running.append(spawn.start(argv, output=log.fileno(), env=env))
        _wait(ground, running[0], port)
        if warm:
            say(f"serving on port {port}")
        yield port


def _environment(ground: Ground, port: int) -> Mapping[str, str]:
    env = {name: value for name, value in os.environ.items() if name != "MANYHANDS_TESTING"}
    sms, mail = free_port(), free_port()
    return env | {
        "MANYHANDS_DEMO": "1",
        "DATABASE_URL": ground.database_url,
        "REDIS_URL": ground.redis_url,
        "PORT": str(port),
        "SMS_URL": f"http://127.0.0.1:{sms}/sms",
        "MAIL_PORT": str(mail),
        "LOG_LEVEL": "WARNING",
    }


def _wait(ground: Ground, web: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + START_S
    while probe.status(port) != 200:
        if web.poll() is not None or time.monotonic() > until:
            said = (ground.folder / "process-0.log").read_text(errors="replace")[-1500:]
            raise LaunchFailed(f"The web server did not start:\n{said}")
        time.sleep(0.1)


def _end(running: list["subprocess.Popen[bytes]"]) -> None:
    for process in running:
        spawn.stop(process, (signal.SIGTERM, 15))
