"""Sign-ups against a database that will be killed: `python -m tests.faults.killed_database prepare PEOPLE`, then `… sign FIRST COUNT`."""

import os
import sys

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from tests.faults import rush

    if sys.argv[1] == "prepare":
        rush.prepare(int(sys.argv[2]))
    else:
        rush.sign(int(sys.argv[2]), int(sys.argv[3]))
