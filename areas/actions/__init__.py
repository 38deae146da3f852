"""Loading an administrative tree."""

from areas.actions.errors import AreaRow, RowError, UnreadableFile
from areas.actions.files import read_areas, read_json
from areas.actions.tree import TreeReport, load_tree
from areas.actions.zhejiang import load_zhejiang

__all__ = [
    "AreaRow",
    "RowError",
    "TreeReport",
    "UnreadableFile",
    "load_tree",
    "load_zhejiang",
    "read_areas",
    "read_json",
]
