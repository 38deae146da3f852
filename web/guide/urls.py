"""Addresses of the help inside the product."""

from django.urls import path

from web.guide import views
from web.guide.roles import ROLES

app_name = "guide"
urlpatterns = [
    path("guide/", views.guides, name="index"),
    *(path(f"guide/{role.key}/", views.guide, {"role": role}, name=role.key) for role in ROLES),
    path("words/", views.words, name="words"),
    path("first-steps/", views.first_steps, name="first_steps"),
]
