"""Pages of one's own account."""

from web.account.views.home import home_of_role

__all__ = ["home_of_role"]
