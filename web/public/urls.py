"""Addresses that everybody may open."""

from django.urls import path

from web.public import views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("needs/", views.needs, name="needs"),
    path("needs/<str:code>/", views.need, name="need"),
    path("needs/<str:code>/poster/", views.poster, name="poster"),
    path("needs/<str:code>/shift.ics", views.need_calendar, name="need_calendar"),
    path("needs/<str:code>/guest/", views.guest, name="guest"),
    path("party/<str:join_code>/", views.party, name="party"),
    path("places/<str:code>/", views.place, name="place"),
    path("help/", views.help_form, name="help"),
    path("help/ask/<slug:step>/", views.help_step, name="help_step"),
    path("help/track/", views.help_track, name="help_track"),
    path("help/<str:code>/", views.help_request, name="help_request"),
    path("h/<str:point>/", views.help_at, name="help_at"),
    path("figures/", views.figures, name="figures"),
    path("figures.csv", views.figures_csv, name="figures_csv"),
    path("figures/definitions/", views.definitions, name="definitions"),
    path("figures/definitions/<slug:key>/", views.definition, name="definition"),
    path("stages/", views.stages, name="stages"),
    path("closing/<str:code>/", views.closing, name="closing"),
    path("closing/<str:code>/check/", views.closing_check, name="closing_check"),
    path("closing/<str:code>/destroyed.json", views.closing_file, name="closing_file"),
    path("closing/keys.json", views.closing_keys, name="closing_keys"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("c/<str:site_code>/", views.site, name="site"),
]
