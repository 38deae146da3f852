"""The addresses of organizations' pages, below /org/."""

from django.urls import path

from web.organization.views import (
    board,
    calls,
    desk,
    hours,
    incidents,
    people,
    posting,
    profile,
    registration,
    shifts,
    team,
)

app_name = "organization"
urlpatterns = [
    path("register/", registration.register, name="register"),
    path("invitations/<str:invitation>/", registration.invitation, name="invitation"),
    path("<str:code>/", board.board, name="board"),
    path("<str:code>/profile/", profile.profile, name="profile"),
    path("<str:code>/again/", profile.again, name="again"),
    path("<str:code>/calls/", calls.calls, name="calls"),
    path("<str:code>/calls/new/", posting.new_call, name="new_call"),
    path("<str:code>/calls/<str:task>/", calls.call, name="call"),
    path("<str:code>/calls/<str:task>/leave/", calls.leave, name="leave"),
    path("<str:code>/calls/<str:task>/close/", calls.close, name="close"),
    path("<str:code>/calls/<str:task>/shifts/", posting.post_shifts, name="post_shifts"),
    path("<str:code>/post/", posting.choose_task, name="post"),
    path("<str:code>/rosters/", shifts.rosters, name="rosters"),
    path("<str:code>/shifts/<str:shift>/edit/", shifts.edit, name="edit_shift"),
    path("<str:code>/shifts/<str:shift>/cancel/", shifts.cancel, name="cancel_shift"),
    path("<str:code>/shifts/<str:shift>/share/", shifts.share, name="share"),
    path("<str:code>/shifts/<str:shift>/roster/", people.roster, name="roster"),
    path("<str:code>/shifts/<str:shift>/people/", people.call_list, name="call_list"),
    path("<str:code>/shifts/<str:shift>/people/<str:assignment>/", people.remove, name="remove"),
    path("<str:code>/shifts/<str:shift>/incident/", incidents.report, name="report_incident"),
    path("<str:code>/desk/", desk.desks, name="desks"),
    path("<str:code>/desk/<str:shift>/", desk.desk, name="desk"),
    path("<str:code>/desk/<str:shift>/walk-in/", desk.walk_in, name="walk_in"),
    path("<str:code>/desk/<str:shift>/paper/", desk.paper, name="paper"),
    path("<str:code>/desk/<str:shift>/undo/", desk.undo, name="undo"),
    path("<str:code>/hours/", hours.hours, name="hours"),
    path("<str:code>/hours/<str:assignment>/", hours.departure, name="departure"),
    path("<str:code>/team/", team.team, name="team"),
    path("<str:code>/team/<str:member>/role/", team.role, name="role"),
    path("<str:code>/team/<str:member>/end/", team.end, name="end"),
    path("<str:code>/team/withdraw/", team.withdraw, name="withdraw"),
    path("<str:code>/incidents/", incidents.incidents, name="incidents"),
    path("<str:code>/incidents/<str:incident>/", incidents.handle, name="handle_incident"),
]
