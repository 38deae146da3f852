"""Every address. Pages carry their language in front; machines' addresses do not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from api import views as api_pages
from operations import demo, health
from web.device import views as device

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/", include("api.urls")),
    path("cal/", include("web.calendars.urls")),
    path("worker.js", device.worker, name="worker"),
    path("robots.txt", device.robots, name="robots"),
]
if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("demo/", demo.start, name="demo_start"), path("drill/", include("operations.drill.web.urls"))
    )
urlpatterns += i18n_patterns(
    path("problems/<slug:code>/", api_pages.problem, name="problem"),
    path("staff/reference/", admin.site.urls),
    path("", include("web.urls")),
)

handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "web.errors.server_error"
