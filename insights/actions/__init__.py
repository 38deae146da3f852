"""What is done with figures: counted again, made public, corrected."""

from insights.actions.causes import rebuild_causes, shift_causes, shift_due
from insights.actions.pictures import rebuild_pictures, redraw, redraw_due
from insights.actions.refresh import rebuild, refresh
from insights.actions.release import correct_release, release_due, release_for

__all__ = [
    "correct_release",
    "rebuild",
    "rebuild_causes",
    "rebuild_pictures",
    "redraw",
    "redraw_due",
    "refresh",
    "release_due",
    "release_for",
    "shift_causes",
    "shift_due",
]
