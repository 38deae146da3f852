"""The pages, by who walks in."""

from django.conf import settings
from django.urls import include, path

from web.account import views as account

urlpatterns = [
    path("", include("web.public.urls")),
    path("", include("web.account.urls")),
    path("", include("web.device.urls")),
    path("home/", account.home_of_role, name="home_of_role"),
    path("", include("web.calendars.own_urls")),
    path("", include("web.guide.urls")),
    path("me/", include("web.volunteer.urls")),
    path("org/", include("web.organization.urls")),
    path("area/", include("web.authority.urls")),
    path("staff/", include("web.staff.urls")),
    path("account/", include("allauth.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("web.demo.urls")))
