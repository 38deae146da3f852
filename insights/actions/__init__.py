"""What is done with figures: counted again, made public, corrected."""

from insights.actions.refresh import rebuild, refresh
from insights.actions.release import correct_release, release_due, release_for

__all__ = ["correct_release", "rebuild", "refresh", "release_due", "release_for"]
