"""The deployment file names only what the code has."""

import re
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

from operations.launcher import commands, places
from operations.management.commands.serve import PROCESSES

# The variables that belong to other programs' images or to the file itself.
FOREIGN = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((places.PROJECT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def ours(compose) -> dict[str, Any]:
    return {name: service for name, service in compose["services"].items() if service.get("build")}


def declared_variables() -> set[str]:
    text = (places.PROJECT / "config" / "settings.py").read_text()
    return set(re.findall(r"""env\.\w+\(\s*["']([A-Z_]+)["']""", text))


def test_every_command_of_a_service_exists_with_its_arguments(ours):
    for service in ours.values():
        _check_command(service["command"])


def test_every_health_check_of_ours_exists(ours):
    for name, service in ours.items():
        if name == "migrate":
            continue
        kind, *command = service["healthcheck"]["test"]
        assert kind == "CMD"
        if command[:2] == ["python", "-m"]:
            assert (places.PROJECT / (command[2].replace(".", "/") + ".py")).exists()
        else:
            _check_command(command)


def _check_command(command: list[str]) -> None:
    python, manage, verb, *arguments = command
    assert (python, manage) == ("python", "manage.py")
    app = get_commands()[verb]
    parser = (load_command_class(app, verb) if isinstance(app, str) else app).create_parser("manage.py", verb)
    parser.parse_args(arguments)


def test_each_process_runs_exactly_once(ours):
    served = [service["command"][3] for service in ours.values() if service["command"][2] == "serve"]

    assert sorted(served) == sorted(PROCESSES)


def test_every_queue_of_the_settings_has_a_worker(ours):
    assert set(commands.QUEUES) == set(settings.CELERY_QUEUE_NAMES)
    served = {service["command"][3] for service in ours.values() if service["command"][2] == "serve"}
    assert set(settings.CELERY_QUEUE_NAMES) <= served


def test_every_variable_is_read_by_the_settings(ours):
    for service in ours.values():
        assert set(service["environment"]) <= declared_variables()


def test_every_variable_that_the_file_asks_for_is_known(compose):
    asked = set(re.findall(r"\$\{([A-Z_]+)", (places.PROJECT / "docker-compose.yml").read_text()))
    assert asked <= declared_variables() | FOREIGN


def test_no_secret_has_a_default():
    text = (places.PROJECT / "docker-compose.yml").read_text()
    for name in ("POSTGRES_PASSWORD", "SECRET_KEY", "SMS_TOKEN"):
        assert re.findall(rf"\$\{{{name}(..)", text)
        assert set(re.findall(rf"\$\{{{name}(..)", text)) == {":?"}


def test_every_dependency_is_a_service(compose):
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])


def test_the_image_runs_without_root_and_with_an_existing_command():
    lines = (places.PROJECT / "Dockerfile").read_text().splitlines()
    assert "USER manyhands" in lines
    assert any(line.startswith("CMD") and '"serve", "web"' in line for line in lines)


def test_the_broker_keeps_its_messages(compose):
    command = compose["services"]["valkey"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_the_example_of_the_environment_names_exactly_what_is_required():
    required = set(re.findall(r"\$\{([A-Z_]+):\?", (places.PROJECT / "docker-compose.yml").read_text()))
    given = set(re.findall(r"^([A-Z_]+)=", (places.PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert given == required


def test_every_variable_of_the_settings_is_explained():
    text = (places.PROJECT / "docs" / "deploy.md").read_text()
    assert {name for name in declared_variables() if f"`{name}`" not in text} == set()
