"""One request of a program in a process that is killed at a point: `python -m tests.faults.killed_request POINT MARK TOKEN KEY PATH BODY`."""

import os
import sys
from pathlib import Path

import django

from tests.faults.killed_worker import arm

if __name__ == "__main__":
    _, point_name, mark, token, key, path, body = sys.argv
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.test import Client

    arm(point_name, Path(mark))
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    Client().post(path, body, content_type="application/json", headers=headers)
