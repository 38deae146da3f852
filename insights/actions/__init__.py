"""What is done with figures: counted again, made public, corrected."""

from insights.actions.refresh import refresh
from insights.actions.release import correct_release, release_due

__all__ = ["correct_release", "refresh", "release_due"]
