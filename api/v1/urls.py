"""The addresses of the first version."""

from django.urls import path

from api import views as pages
from api.v1.views import checks, figures, offers, seats, shifts, waiting

app_name = "api"
urlpatterns = [
    path("shifts/", shifts.ShiftListView.as_view(), name="shifts"),
    path("shifts/<slug:code>/", shifts.ShiftView.as_view(), name="shift"),
    path("shifts/<slug:code>/sign-up/", seats.SignUpView.as_view(), name="sign_up"),
    path("shifts/<slug:code>/waiting/", waiting.JoinLineView.as_view(), name="join_line"),
    path("shifts/<slug:code>/ask/", waiting.AskView.as_view(), name="ask"),
    path("assignments/", seats.SeatListView.as_view(), name="assignments"),
    path("assignments/<slug:code>/release/", seats.ReleaseView.as_view(), name="release"),
    path("offers/", offers.OfferListView.as_view(), name="offers"),
    path("offers/<slug:code>/accept/", offers.AcceptView.as_view(), name="accept_offer"),
    path("offers/<slug:code>/decline/", offers.DeclineView.as_view(), name="decline_offer"),
    path("waiting/", waiting.WaitingListView.as_view(), name="waiting"),
    path("waiting/<slug:code>/accept/", waiting.AcceptHeldView.as_view(), name="accept_held"),
    path("waiting/<slug:code>/decline/", waiting.DeclineHeldView.as_view(), name="decline_held"),
    path("waiting/<slug:code>/leave/", waiting.LeaveLineView.as_view(), name="leave_line"),
    path("check-ins/", checks.CheckInView.as_view(), name="check_ins"),
    path("figures/", figures.FiguresView.as_view(), name="figures"),
    path("schema/", pages.schema_file, name="schema"),
    path("docs/", pages.docs, name="docs"),
]
