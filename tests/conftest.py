"""Starts the servers, then Django: before any other conftest or test module is imported."""

import os
from pathlib import Path

import django
from django.conf import settings

from tests.plugin import servers

# The engine is compiled once for all workers of a run, all processes they start, and the next run.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".local" / "numba"))
servers.ensure()
servers.own_broker_number()
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
if settings.configured:
    raise RuntimeError("Django's settings were read before the test servers were up.")
django.setup()
# Left out of the environment: an xdist worker would read the settings before it knows its own broker number.
del os.environ["DJANGO_SETTINGS_MODULE"]

pytest_plugins = [
    "tests.plugin.database",
    "tests.plugin.processes",
    "tests.plugin.browser",
    "tests.plugin.clock",
]


def pytest_unconfigure() -> None:
    servers.end()
