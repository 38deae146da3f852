"""Below the language: the manifest and the page for being offline. The worker serves all languages."""

from django.urls import path

from web.device import views

app_name = "device"
urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("offline/", views.offline, name="offline"),
]
