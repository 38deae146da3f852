"""Django's admin for reference data, behind the same door as every page of staff."""

from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from core.admin import ReferenceAdmin
from web.access import staff_only

# Signing in and out, and passwords, have pages of their own; nothing here has a page on the site.
LEFT_OUT = {"login", "logout", "password_change", "password_change_done", "view_on_site", "autocomplete"}


class ReferenceSite(admin.AdminSite):
    """Each view asks for staff with a second factor, and hides from others that it is there.

    `web.second_factor` reads `access` of a view, which `staff_only` sets, and asks for the second factor.
    """

    site_header = _("Reference data")
    site_title = _("Reference data")
    index_title = _("What everybody chooses from")
    index_template = "staff/reference.html"
    enable_nav_sidebar = False
    empty_value_display = "–"
    final_catch_all_view = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take what is declared as reference data. Libraries register tables of persons too: those stay outside."""
        if admin_class is not None and issubclass(admin_class, ReferenceAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return staff_only(secure_admin_login(super().admin_view(view, cacheable)))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        kept = [
            pattern
            for pattern in super().get_urls()
            if not (isinstance(pattern, URLPattern) and pattern.name in LEFT_OUT)
        ]
        _say_access(kept)
        return kept


def _say_access(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Django wraps each view once more, at the call; what it gives to the resolver must say who may enter, too."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _say_access(pattern.url_patterns)
        else:
            pattern.callback.access = "staff"  # type: ignore[attr-defined]
