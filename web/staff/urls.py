"""Addresses of platform staff."""

from django.urls import path

from web.staff.views import audit, health, jobs, organizations, outbox, people, plans

app_name = "staff"
urlpatterns = [
    path("", health.health, name="health"),
    path("messages/", outbox.messages, name="messages"),
    path("messages/of/", outbox.address, name="address"),
    path("messages/<str:code>/", outbox.message, name="message"),
    path("messages/<str:code>/again/", outbox.replay, name="replay"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<str:code>/", jobs.job, name="job"),
    path("jobs/<str:code>/again/", jobs.again, name="again"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<str:run>/", plans.plan, name="plan"),
    path("plans/<str:run>/again/", plans.ask_for_plan, name="ask_for_plan"),
    path("plans/<str:run>/call-off/", plans.call_off_plan, name="call_off_plan"),
    path("record/", audit.audit, name="audit"),
    path("people/", people.people, name="people"),
    path("organizations/", organizations.organizations, name="organizations"),
]
