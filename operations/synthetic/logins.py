"""One way in per role, the same in every demo. The secrets are printed: they protect nothing but invented data."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp

from accounts.models import User

PASSWORD = "many-hands-2020"  # noqa: S105  of invented people
TOTP_SECRET = "MANYHANDSDEMOMANYHANDSDEMOMANYHA"  # noqa: S105  of invented people


@dataclass(frozen=True)
class Login:
    role: str
    name: str
    email: str
    has_password: bool
    is_staff: bool = False


OFFICIAL = Login("official", "周敏", "official@demo.example", True)
ORGANIZER = Login("organizer", "赵青", "organizer@demo.example", True)
VOLUNTEER = Login("volunteer", "陈桂芳", "volunteer@demo.example", False)
STAFF = Login("staff", "沈一鸣", "staff@demo.example", True, is_staff=True)
ALL = (OFFICIAL, ORGANIZER, VOLUNTEER, STAFF)


def create(login: Login, *, at: datetime) -> User:
    user = User.objects.create_user(
        name=login.name,
        email=login.email,
        email_confirmed_at=at,
        contact_by=User.ContactBy.EMAIL,
        password=PASSWORD if login.has_password else None,
        is_staff=login.is_staff,
        joined_at=at,
    )
    if login.has_password:
        totp.TOTP.activate(user, TOTP_SECRET)
        RecoveryCodes.activate(user)
        # They are written with the time of the machine.
        Authenticator.objects.filter(user=user).update(created_at=at)
    return user


def current_code(at: datetime) -> str:
    """The six digits of the second factor at that moment (RFC 6238)."""
    counter = int(at.timestamp()) // 30
    return totp.format_hotp_value(totp.hotp_value(TOTP_SECRET, counter))
