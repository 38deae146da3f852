from django.urls import path

from web.account.views import enter, home

app_name = "account"
urlpatterns = [
    path("join/", enter.join, name="join"),
    path("enter/", enter.sign_in_by_code, name="enter"),
    path("enter/code/", enter.code, name="code"),
    path("enter/code/again/", enter.code_again, name="code_again"),
    path("enter/who/", enter.who, name="who"),
    path("me/start/", home.start, name="start"),
    path("me/volunteer/", home.volunteer, name="volunteer"),
    path("me/acting/", home.act_for, name="act_for"),
]
