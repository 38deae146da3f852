"""Addresses that calendars read, without a language in front."""

from django.urls import path

from web.calendars import views

app_name = "calendars"
urlpatterns = [path("<str:secret>.ics", views.feed, name="feed")]
