"""Everything below /api/, without a language in the address: `Accept-Language` says which."""

from django.urls import include, path

urlpatterns = [path("v1/", include("api.v1.urls"))]
