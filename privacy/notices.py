"""What people are told before their account is forgotten unasked."""

from notifications.notices import Kind

KINDS = (Kind("account_unused", {"due_at": "2020-03-07T02:00:00Z", "url": "/enter/"}),)
