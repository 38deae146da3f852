"""Where the secret addresses of calendars are made and revoked."""

from django.urls import path

from web.calendars import pages

app_name = "own_calendars"
urlpatterns = [
    path("me/calendar/", pages.mine, name="mine"),
    path("org/<str:code>/calendar/", pages.ours, name="ours"),
]
