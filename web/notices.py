"""Messages about accounts: codes, changed contacts, recovery."""

from notifications.notices import Kind

KINDS = (
    Kind("login_code", {"secret": "402913"}),
    Kind("contact_changed", {"contact": "138 **** 0044"}),
    Kind("password_reset", {"secret": "/zh-hans/account/password/reset/key/1-abc/"}),
    Kind("password_reset_unknown", {}),
    Kind("account_security", {"change": "totp_activated"}),
    Kind("recovery_decided", {"approved": True, "reason": "", "kind": "second_factor"}),
    Kind("erasure_requested", {"due_at": "2020-02-13T02:00:00Z", "url": "/me/data/"}),
)
