"""A real worker that is killed where a test says: `python -m tests.faults.killed_worker POINT MARK NAME [QUEUE]`.

The first time it comes to the point it leaves the file MARK and kills itself with SIGKILL.
"""

import os
import signal
import sys
from pathlib import Path

from core import faults
from operations.launcher import celery_process


def arm(where: str, mark: Path) -> None:
    def point(name: str) -> None:
        if name == where:
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    faults.point = point


if __name__ == "__main__":
    _, point_name, mark_path, worker_name, *queue = sys.argv
    arm(point_name, Path(mark_path))
    sys.argv = ["worker", "worker", *(queue or ["notifications"]), worker_name]
    celery_process.main()
