"""Numbers about persons become publishable in one module, and in no other."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# What makes a cell of a raw number. `persons` and `over_persons` protect a single one and are for everybody.
INSIDE = {"Raw", "Table", "protect", "protect_together", "rounded", "along", "SMALL_BELOW", "BASE"}
DOOR = "insights.disclosure"
# Where tables of persons are protected.
MAY = {"insights/actions/persons.py", "insights/queries/equity.py", "insights/queries/sources.py"}
# Cells of counts of seats and calls, and cells as they were kept.
BUILDERS = {
    "insights/actions/persons.py",
    "insights/actions/release.py",
    "insights/queries/figures.py",
    "insights/queries/lately.py",
}


def modules() -> list[Path]:
    apps = (
        "api",
        "core",
        "insights",
        "matching",
        "operations",
        "privacy",
        "residents",
        "sheets",
        "tasks",
        "web",
    )
    return [
        path
        for app in apps
        for path in sorted((ROOT / app).rglob("*.py"))
        if path != ROOT / "insights" / "disclosure.py"
    ]


def offences(name: str, text: str) -> Iterator[str]:
    """Imports and calls by which a module would make a raw number publishable by itself."""
    tree = ast.parse(text)
    cell = ""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == DOOR:
            cell = next((alias.asname or alias.name for alias in node.names if alias.name == "Cell"), cell)
            taken = INSIDE & {alias.name for alias in node.names}
            if taken and name not in MAY:
                yield f"{name} takes {', '.join(sorted(taken))} from {DOOR}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and cell and isinstance(node.func, ast.Name) and node.func.id == cell:
            empty = not node.args or (isinstance(node.args[0], ast.Constant) and node.args[0].value is None)
            if not empty and name not in BUILDERS:
                yield f"{name}:{node.lineno} builds a cell of a value"


def test_no_other_module_makes_a_number_publishable() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in modules()}

    assert [found for name, text in texts.items() if DOOR in text for found in offences(name, text)] == []


def test_a_cell_built_elsewhere_is_found() -> None:
    planted = "from insights.disclosure import Cell, rounded\ncell = Cell(rounded(count))\n"

    assert len(list(offences("web/authority/planted.py", planted))) == 2
