"""Every page that somebody may read, who reads it, and in which state it is looked at."""

from dataclasses import dataclass

from django.urls import reverse

from tests.architecture.routes import Route, routes
from tests.architecture.world import World

# Pages of the library in our look; none of them needs more than an account.
ALLAUTH = {
    "account_login": "anonymous",
    "account_reset_password": "anonymous",
    "account_logout": "volunteer",
    "account_set_password": "owner",
    "mfa_index": "owner",
    "mfa_activate_totp": "desk",
    "usersessions_list": "volunteer",
}
# Files, addresses that only lead on or only take forms, and pages of a state that the world of the tests is not in:
# those of signing in and of a lifted stop are walked through by the journeys.
NO_PAGES = {
    "account:act_for",
    "account:code",
    "account:code_again",
    "account:consent",
    "account:contact_code",
    "account:erase_cancel",
    "account:exception_end",
    "account:lost_phone_code",
    "account:paper_remove",
    "account:point",
    "account:point_forget",
    "account:proxy_end",
    "account:thanks_down",
    "account:token_revoke",
    "account:read",
    "account:to_contact",
    "account:volunteer",
    "account:watch",
    "account:who",
    "authority:ask_for_plan",
    "authority:lift_stop",
    "authority:look_after",
    "calendars:feed",
    "device:manifest",
    "authority:playbook_file",
    "authority:report_pdf",
    "authority:requests_csv",
    "authority:restore_playbook",
    "authority:sheet_file",
    "authority:sheet_report",
    "authority:sheet_sample",
    "authority:start_crisis",
    "authority:table_csv",
    "authority:table_of",
    "guide:first_steps",
    "home_of_role",
    "organization:again",
    "organization:approve_request",
    "organization:request_desk",
    "organization:request_to_line",
    "organization:resident_apart",
    "organization:residents_place",
    "organization:resident_served",
    "organization:close",
    "organization:departure",
    "organization:post",
    "organization:schedule_cancel",
    "organization:schedule_change",
    "organization:schedule_copy",
    "organization:sheet_file",
    "organization:sheet_report",
    "organization:sheet_sample",
    "organization:undo",
    "organization:withdraw",
    "organization:withdraw_offer",
    "organization:withdraw_volunteer",
    "public:closing_file",
    "public:closing_keys",
    "public:figures_csv",
    "public:help_at",
    "public:need_calendar",
    "public:site",
    "staff:again",
    "staff:ask_for_plan",
    "staff:replay",
    "volunteer:accept_held",
    "volunteer:accept_offer",
    "volunteer:come_with_fewer",
    "volunteer:decline_held",
    "volunteer:join_line",
    "volunteer:leave_line",
    "volunteer:ask",
    "volunteer:begin",
    "volunteer:calendar",
    "volunteer:end_team",
    "volunteer:found_team",
    "volunteer:give_back_place",
    "volunteer:join_team",
    "volunteer:leave_team",
    "volunteer:keep_account",
    "volunteer:keep_fewer",
    "volunteer:take_back",
    "volunteer:take_place",
    "volunteer:on_duty",
    "volunteer:sign_up",
}
# Outside any room; for programs; of the demo alone; Django's admin, which has a test of its own.
NOT_OURS = {"", "api", "demo", "admin"}
# What somebody else than the usual reader of a room sees.
READERS = {
    "public": ("anonymous", "volunteer"),
    "signed_in": ("volunteer", "owner"),
    "volunteer": ("volunteer", "owner"),
    "official": ("official", "official"),
    "staff": ("staff", "staff"),
}
READERS_OF = {
    "account:decide": ("owner", "official"),
    "account:enter": ("anonymous", "anonymous"),
    "account:join": ("anonymous", "anonymous"),
    "account:message": ("volunteer", "volunteer"),
    "account:recoveries": ("official", "owner"),
    "public:guest": ("anonymous", "anonymous"),
    "organization:asked": ("owner", "owner"),
    "organization:role": ("owner", "owner"),
    "organization:slip": ("owner", "owner"),
    "organization:end": ("owner", "owner"),
}
# Pages of a seat belong to the person who has it.
SEATS_OF = "owner"
WIDE_ROOMS = ("organization", "authority", "staff")


@dataclass(frozen=True)
class Look:
    """One way of looking at a page."""

    language: str
    elder: str
    scripts: bool

    @property
    def opposite(self) -> "Look":
        language = "en" if self.language == "zh-hans" else "zh-hans"
        return Look(language, "" if self.elder else "30", not self.scripts)

    def __str__(self) -> str:
        return "-".join((self.language, self.elder or "normal", "js" if self.scripts else "plain"))


# With its opposite each of these holds every value, so a page is seen in both languages, both sizes, with and without
# scripts; over the pages every two values, and every three, meet.
LOOKS = (
    Look("zh-hans", "", True),
    Look("zh-hans", "30", True),
    Look("zh-hans", "", False),
    Look("zh-hans", "30", False),
)


@dataclass(frozen=True)
class Visit:
    """A page, its reader, and how it is looked at."""

    name: str
    role: str
    look: Look
    route: Route | None = None

    def __str__(self) -> str:
        return f"{self.name}-{self.role}-{self.look}"

    @property
    def room(self) -> str:
        return self.name.split(":")[0] if ":" in self.name else ""

    @property
    def is_wide(self) -> bool:
        """Whether the page is made for a desk first, and may weigh more."""
        return self.room in WIDE_ROOMS

    def path(self, world: World) -> str:
        params = self.route.params if self.route else ()
        kwargs = {
            param: world.values.get((self.name, param)) or world.values[self.room, param] for param in params
        }
        return reverse(self.name, kwargs=kwargs)


def visits() -> list[Visit]:
    """Each page twice: by two readers where there are two, and in two opposite ways."""
    found: list[Visit] = []
    for route in routes():
        if route.namespace not in NOT_OURS and route.name and route.full_name not in NO_PAGES:
            found.extend(_both(route.full_name, _readers(route), len(found) // 2, route))
    for name, role in ALLAUTH.items():
        found.extend(_both(name, (role, role), len(found) // 2))
    return found


def _both(name: str, readers: tuple[str, str], number: int, route: Route | None = None) -> list[Visit]:
    look = LOOKS[number % len(LOOKS)]
    return [Visit(name, readers[0], look, route), Visit(name, readers[1], look.opposite, route)]


def _readers(route: Route) -> tuple[str, str]:
    kind, _, roles = route.access.partition(":")
    if kind == "organizer" and route.full_name not in READERS_OF:
        return ("owner", "owner" if roles and "desk" not in roles.split(",") else "desk")
    if route.namespace == "volunteer" and route.params:
        return (SEATS_OF, SEATS_OF)
    return READERS_OF.get(route.full_name) or READERS[kind]
