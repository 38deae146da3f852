"""The demo's provider: takes e-mails by SMTP and text messages by HTTP, delivers none, and shows all of them."""
