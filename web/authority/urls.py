"""Addresses of officials, below the area that they answer for."""

from django.urls import path

from web.authority.views import (
    approvals,
    calls,
    helping,
    marks,
    overview,
    qualifications,
    sheets,
    stage,
    stop,
)

app_name = "authority"
urlpatterns = [
    path("<str:area_code>/", overview.overview, name="overview"),
    path("<str:area_code>/table.csv", overview.table_csv, name="table_csv"),
    path("<str:area_code>/calls/", calls.calls, name="calls"),
    path("<str:area_code>/calls/new/", calls.choose_template, name="choose_template"),
    path("<str:area_code>/calls/new/form/", calls.new_call, name="new_call"),
    path("<str:area_code>/calls/<str:task_code>/", calls.call, name="call"),
    path("<str:area_code>/calls/<str:task_code>/edit/", calls.edit, name="edit_call"),
    path("<str:area_code>/calls/<str:task_code>/publish/", calls.publish, name="publish_call"),
    path("<str:area_code>/calls/<str:task_code>/cancel/", calls.cancel, name="cancel_call"),
    path("<str:area_code>/calls/<str:task_code>/close/", calls.close, name="close_call"),
    path("<str:area_code>/ask/", helping.ask_for, name="ask_for"),
    path("<str:area_code>/ask/<str:entered_ref>/", helping.asked, name="asked"),
    path("<str:area_code>/ask/<str:entered_ref>/slip/", helping.slip, name="slip"),
    path("<str:area_code>/stage/", stage.stage, name="stage"),
    path("<str:area_code>/stage/change/", stage.change, name="change_stage"),
    path("<str:area_code>/stage/start/", stage.start, name="start_crisis"),
    path("<str:area_code>/stage/end/", stage.end, name="end_crisis"),
    path("<str:area_code>/stop/", stop.stop, name="stop"),
    path("<str:area_code>/stop/lift/", stop.lift, name="lift_stop"),
    path("<str:area_code>/marks/<str:mark>/", marks.objection, name="objection"),
    path("<str:area_code>/approvals/", approvals.approvals, name="approvals"),
    path("<str:area_code>/approvals/<str:code>/", approvals.approval, name="approval"),
    path("<str:area_code>/qualifications/", qualifications.qualifications, name="qualifications"),
    path(
        "<str:area_code>/qualifications/<str:number>/<slug:paper>/",
        qualifications.qualification,
        name="qualification",
    ),
    path("<str:area_code>/sheets/", sheets.index, name="sheets"),
    path("<str:area_code>/sheets/in/<slug:kind>/", sheets.bring_in, name="sheet_bring_in"),
    path("<str:area_code>/sheets/in/<slug:kind>/sample.<slug:format>", sheets.sample, name="sheet_sample"),
    path("<str:area_code>/sheets/out/", sheets.take_out, name="sheet_take_out"),
    path("<str:area_code>/sheets/<str:sheet>/", sheets.sheet, name="sheet_sheet"),
    path("<str:area_code>/sheets/<str:sheet>/report.csv", sheets.report, name="sheet_report"),
    path("<str:area_code>/sheets/<str:sheet>/file/", sheets.file, name="sheet_file"),
]
