from django.urls import path
from django.views.generic import RedirectView

from web.access import public
from web.account.views import contact, data, enter, home, inbox, profile, recovery

app_name = "account"
urlpatterns = [
    path("join/", enter.join, name="join"),
    path("enter/", enter.sign_in_by_code, name="enter"),
    path("enter/code/", enter.code, name="code"),
    path("enter/code/again/", enter.code_again, name="code_again"),
    path("enter/who/", enter.who, name="who"),
    path("recover/", recovery.recover, name="recover"),
    path("recover/second-factor/", recovery.lost_factor, name="lost_factor"),
    path("recover/phone/", recovery.lost_phone, name="lost_phone"),
    path("recover/phone/code/", recovery.lost_phone_code, name="lost_phone_code"),
    path("recover/sent/", recovery.recover_sent, name="recover_sent"),
    path("me/start/", home.start, name="start"),
    path("me/volunteer/", home.volunteer, name="volunteer"),
    path("me/acting/", home.act_for, name="act_for"),
    path("me/mine/", contact.me, name="me"),
    path("me/contact/", contact.contact, name="contact"),
    path("me/contact/change/", contact.contact_change, name="contact_change"),
    path("me/contact/code/", contact.contact_code, name="contact_code"),
    path("me/security/", contact.security, name="security"),
    path("me/second-factor/", contact.second_factor_page, name="second_factor"),
    path("me/profile/", profile.profile, name="profile"),
    path("me/birth/", profile.birth, name="birth"),
    path("me/availability/", profile.availability, name="availability"),
    path("me/availability/days/", profile.exception, name="exception"),
    path("me/availability/days/<str:day>/end/", profile.exception_end, name="exception_end"),
    path("me/proxies/", profile.proxies, name="proxies"),
    path("me/proxies/<str:code>/end/", profile.proxy_end, name="proxy_end"),
    path("me/messages/", inbox.inbox, name="inbox"),
    path("me/messages/read/", inbox.read, name="read"),
    path("me/messages/<str:code>/", inbox.message, name="message"),
    path("me/data/", data.data, name="data"),
    path("me/data/consent/", data.consent, name="consent"),
    path("me/data/looks/", data.looks, name="looks"),
    path("me/data/held/", data.held, name="held"),
    path("me/data/erase/", data.erase, name="erase"),
    path("me/data/erase/cancel/", data.erase_cancel, name="erase_cancel"),
    path("me/recoveries/", recovery.recoveries, name="recoveries"),
    path("me/recoveries/<str:code>/", recovery.decide, name="decide"),
    # Contacts change by our own pages, with a code and a word to the old one; people join by a code.
    path("account/email/", public(RedirectView.as_view(pattern_name="account:contact"))),
    path("account/signup/", public(RedirectView.as_view(pattern_name="account:join"))),
]
