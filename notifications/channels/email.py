"""E-mail, by SMTP."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from notifications.channels import Outcome, Outgoing

TIMEOUT_S = 10


class Email:
    def __init__(self) -> None:
        self._backend = EmailBackend(
            host=settings.MAIL_HOST,
            port=settings.MAIL_PORT,
            username=settings.MAIL_USER,
            password=settings.MAIL_PASSWORD,
            use_tls=settings.MAIL_STARTTLS,
            use_ssl=False,
            timeout=TIMEOUT_S,
        )

    def send(self, message: Outgoing) -> Outcome:
        message_id = message_id_of(message.reference)
        letter = EmailMultiAlternatives(
            subject=message.subject,
            body=message.text,
            from_email=settings.MAIL_FROM,
            to=[message.to],
            headers={"Message-ID": f"<{message_id}>", "Auto-Submitted": "auto-generated"},
        )
        letter.attach_alternative(message.html, "text/html")
        try:
            self._backend.open()
            self._backend.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return self._outcome(code, words)
        except smtplib.SMTPDataError as error:
            return self._outcome(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome.unknown(f"{type(error).__name__}: {error}")
        except ValueError as error:
            # A broken address or subject never gets better.
            return Outcome.refused(f"{type(error).__name__}: {error}")
        return Outcome.accepted(message_id)

    def close(self) -> None:
        connection, self._backend.connection = self._backend.connection, None
        if connection is not None:
            # Without QUIT: a server that hangs must not hold up the others.
            connection.close()

    def _outcome(self, code: int, words: bytes | str) -> Outcome:
        self.close()
        said = f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
        return Outcome.refused(said) if 500 <= code < 600 else Outcome.unknown(said)


def message_id_of(reference: str) -> str:
    """The same at every attempt, so that receivers can know a repetition."""
    host = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"
    return f"{reference}@{host}"
