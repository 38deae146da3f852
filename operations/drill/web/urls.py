"""Addresses of the live pages of drills; they exist only in a demo."""

from django.urls import path

from operations.drill.web import pages

app_name = "drill"
urlpatterns = [
    path("", pages.drills, name="drills"),
    path("<str:code>/", pages.one, name="one"),
    path("<str:code>/speed/", pages.speed, name="speed"),
    path("<str:code>/stop/", pages.stop, name="stop"),
]
