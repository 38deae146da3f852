"""Which capability implies which, over any number of steps. Values in, values out."""

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

Node = TypeVar("Node", bound=Hashable)


class Ring(ValueError):
    """Something would imply itself. `path` names the ring, its first element again at the end."""

    def __init__(self, path: list[Any]) -> None:
        super().__init__(" > ".join(map(str, path)))
        self.path = path


def all_implied(direct: Iterable[tuple[Node, Node]]) -> dict[Node, set[Node]]:
    """For each that implies something: everything that it implies, directly or over others. Raises `Ring`.

    Depth first, each node once: what a node implies is what the next ones are and imply.
    """
    following: dict[Node, list[Node]] = {}
    for one, other in direct:
        following.setdefault(one, []).append(other)
    found: dict[Node, set[Node]] = {}

    def visit(node: Node, path: list[Node]) -> set[Node]:
        if node in path:
            raise Ring([*path[path.index(node) :], node])
        if node not in found:
            below: set[Node] = set()
            for other in following.get(node, ()):
                below |= {other} | visit(other, [*path, node])
            found[node] = below
        return found[node]

    for node in following:
        visit(node, [])
    return {node: implied for node, implied in found.items() if implied}
