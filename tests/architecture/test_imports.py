"""The import contract covers the whole house."""

import tomllib
from pathlib import Path

import pytest

from operations.launcher import places

NOT_LAYERED = {"tests"}


@pytest.fixture(scope="module")
def contract() -> dict:
    return tomllib.loads((places.PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]


def packages() -> set[str]:
    return {path.parent.name for path in places.PROJECT.glob("*/__init__.py")} - NOT_LAYERED


def test_every_package_stands_in_the_import_contract(contract):
    layers = contract["contracts"][0]["layers"]

    assert set(contract["root_packages"]) == packages()
    assert {name.strip() for layer in layers for name in layer.split("|")} == packages()


def test_every_domain_app_has_its_rooms_in_the_contract(contract):
    rooms = contract["contracts"][1]
    with_models = {
        path.parent.name
        for path in [*places.PROJECT.glob("*/models.py"), *places.PROJECT.glob("*/models/")]
        if path.parent.name not in {"core", "web", "operations", "privacy"}
    }

    assert set(rooms["containers"]) == with_models


def test_no_module_is_a_junk_drawer():
    names = {"utils", "helpers", "services", "common", "misc"}
    found = [
        path
        for package in packages()
        for path in Path(places.PROJECT / package).rglob("*.py")
        if path.stem in names or path.parent.name in names
    ]
    assert not found


def test_no_file_outgrows_four_hundred_lines():
    long = {
        str(path.relative_to(places.PROJECT)): lines
        for package in packages()
        for path in (places.PROJECT / package).rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 420
    }
    assert not long
