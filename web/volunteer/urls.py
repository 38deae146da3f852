"""Addresses of a volunteer's own pages, below me/."""

from django.urls import path

from web.volunteer import views

app_name = "volunteer"
urlpatterns = [
    path("", views.today, name="today"),
    path("find/", views.find, name="find"),
    path("on-duty/", views.on_duty, name="on_duty"),
    path("hours/", views.hours, name="hours"),
    path("history/", views.history, name="history"),
    path("check-in/", views.check_in, name="check_in"),
    path("needs/<str:code>/sign-up/", views.sign_up, name="sign_up"),
    path("needs/<str:code>/wait/", views.join_line, name="join_line"),
    path("waiting/", views.waiting, name="waiting"),
    path("waiting/<str:code>/", views.waiting_place, name="waiting_place"),
    path("waiting/<str:code>/accept/", views.accept_held, name="accept_held"),
    path("waiting/<str:code>/decline/", views.decline_held, name="decline_held"),
    path("waiting/<str:code>/leave/", views.leave_line, name="leave_line"),
    path("waiting/<str:code>/fewer/", views.come_with_fewer, name="come_with_fewer"),
    path("needs/<str:code>/ask/", views.ask, name="ask"),
    path("requests/<str:code>/", views.own_request, name="request"),
    path("requests/<str:code>/take-back/", views.take_back, name="take_back"),
    path("party/<str:join_code>/take/", views.take_place, name="take_place"),
    path("seats/<str:code>/party/", views.keep_fewer, name="keep_fewer"),
    path("seats/<str:code>/party/leave/", views.give_back_place, name="give_back_place"),
    path("offers/", views.offers, name="offers"),
    path("offers/<str:code>/", views.offer, name="offer"),
    path("offers/<str:code>/accept/", views.accept_offer_page, name="accept_offer"),
    path("offers/<str:code>/decline/", views.decline_offer_page, name="decline_offer"),
    path("seats/<str:code>/", views.seat, name="seat"),
    path("seats/<str:code>/done/", views.done, name="done"),
    path("seats/<str:code>/shift.ics", views.calendar, name="calendar"),
    path("seats/<str:code>/step-back/", views.step_back, name="step_back"),
    path("seats/<str:code>/cannot-come/", views.cannot_come, name="cannot_come"),
    path("seats/<str:code>/find-somebody/", views.find_somebody, name="find_somebody"),
    path("seats/<str:code>/swap/", views.swap, name="swap"),
    path("handovers/<str:code>/", views.handover, name="handover"),
    path("rebook/<str:code>/", views.rebook, name="rebook"),
    path("seats/<str:code>/message/", views.message, name="message"),
    path("seats/<str:code>/incident/", views.incident, name="incident"),
]
