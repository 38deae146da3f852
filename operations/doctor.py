"""Examines a running deployment. Each check says in plain words what it found and, where it fails, what to do."""

import smtplib
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from kombu import Connection

from core import clock, signatures
from operations import heartbeat
from operations.health import BROKER_S, broker_answers, unapplied_migrations
from operations.launcher import commands, watchdog

OLDEST_POSTGRES = 15
EXTENSIONS = ("btree_gist", "pg_trgm")
SKEW_S = 2.0
REACH_S = 5.0
SHORTEST_KEY = 50


@dataclass(frozen=True)
class Finding:
    """One examined part. `advice` is empty where nothing needs doing."""

    part: str
    said: str
    advice: str = ""

    @property
    def healthy(self) -> bool:
        return not self.advice


def examine() -> Iterable[Finding]:
    """Every check in turn; one that needs the database is left out when that is away."""
    database = check_database()
    yield database
    for check in CHECKS:
        if database.healthy or check not in NEED_DATABASE:
            yield from check()


def check_database() -> Finding:
    where = address_of_database()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
            cursor.execute("SHOW server_version_num")
            major = int(cursor.fetchone()[0]) // 10000
            cursor.execute("SHOW server_encoding")
            encoding = cursor.fetchone()[0]
    except DatabaseError as error:
        return Finding(
            "database",
            f"{where} does not answer: {first_line(error)}",
            "Start PostgreSQL, or correct DATABASE_URL: postgresql://user:password@host:port/name.",
        )
    said = f"PostgreSQL {version} at {where}"
    if major < OLDEST_POSTGRES:
        return Finding("database", said, f"Use PostgreSQL {OLDEST_POSTGRES} or newer.")
    if encoding != "UTF8":
        return Finding(
            "database", f"{said}, encoding {encoding}", "Create the database anew with ENCODING 'UTF8'."
        )
    return Finding("database", said)


def check_extensions() -> Iterable[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        present = {row[0] for row in cursor.fetchall()}
        missing = [name for name in EXTENSIONS if name not in present]
        if missing:
            advice = "As the owner of the database run: " + " ".join(
                f"CREATE EXTENSION {name};" for name in missing
            )
            yield Finding("extensions", "missing: " + ", ".join(missing), advice)
            return
        cursor.execute("SELECT cardinality(show_trgm('志愿者'))")
        letters = cursor.fetchone()[0]
    if letters:
        yield Finding("extensions", ", ".join(EXTENSIONS) + "; Chinese is searchable")
    else:
        yield Finding(
            "extensions",
            "the database's locale drops Chinese letters, so a search in Chinese finds nothing",
            "Create the database anew with LC_CTYPE 'C.UTF-8' (from version 17 with LOCALE_PROVIDER builtin "
            "BUILTIN_LOCALE 'C.UTF-8').",
        )


def check_migrations() -> Iterable[Finding]:
    waiting = unapplied_migrations()
    if waiting:
        yield Finding(
            "migrations", f"{waiting} not applied", "Run `manage.py migrate` as the owner of the database."
        )
    else:
        yield Finding("migrations", "all applied")


def check_clock() -> Iterable[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        skew = abs((cursor.fetchone()[0] - clock.machine_now()).total_seconds())
    said = f"application and database are {skew:.1f} s apart"
    advice = "Let both machines keep time by NTP: offers and codes end at the wrong moment otherwise."
    yield Finding("clock", said, advice if skew > SKEW_S else "")


def check_broker() -> Iterable[Finding]:
    where = settings.CELERY_BROKER_URL.split("@")[-1]
    if not broker_answers():
        yield Finding(
            "broker",
            f"{where} does not answer",
            "Start Valkey or Redis, or correct REDIS_URL: redis://:password@host:port/0. Until then sign-ups work, "
            "but messages wait.",
        )
        for queue in commands.QUEUES:
            yield Finding(f"worker {queue}", "cannot be asked without the broker", "First see to the broker.")
        return
    policy = eviction_policy()
    if policy not in {"noeviction", ""}:
        yield Finding("broker", f"{where} throws keys away ({policy})", "Set maxmemory-policy noeviction.")
    else:
        yield Finding("broker", f"{where} answers")
    present = watchdog.present()
    for queue in commands.QUEUES:
        if queue in present:
            yield Finding(f"worker {queue}", "answers")
        else:
            yield Finding(
                f"worker {queue}",
                "does not answer",
                f"Start it: `manage.py serve {queue}`, or look at its log.",
            )


def eviction_policy() -> str:
    """Empty where the server does not tell."""
    options = {"socket_timeout": BROKER_S, "socket_connect_timeout": BROKER_S}
    with Connection(settings.CELERY_BROKER_URL, transport_options=options) as link:
        try:
            client = link.default_channel.client  # type: ignore[attr-defined]
            return str(client.config_get("maxmemory-policy").get("maxmemory-policy", ""))
        except Exception:  # noqa: BLE001  hosted servers refuse CONFIG in their own ways
            return ""


def check_beat() -> Iterable[Finding]:
    last = heartbeat.last()
    if heartbeat.is_alive() and last is not None:
        yield Finding("beat", f"last rang at {last:%H:%M:%S} UTC")
        return
    said = f"last rang at {last:%Y-%m-%d %H:%M:%S} UTC" if last else "has never rung"
    yield Finding(
        "beat", said, "Start exactly one: `manage.py serve beat`. Its ring also needs the worker `default`."
    )


def check_storage() -> Iterable[Finding]:
    name = ""
    try:
        name = default_storage.save("doctor.txt", ContentFile(b"written by doctor"))
        default_storage.delete(name)
    except OSError as error:
        yield Finding(
            "storage", f"cannot be written: {error}", "Give the process's user the right to write there."
        )
        return
    yield Finding("storage", "can be written")


def check_mail() -> Iterable[Finding]:
    where = f"{settings.MAIL_HOST}:{settings.MAIL_PORT}"
    try:
        with smtplib.SMTP(settings.MAIL_HOST, settings.MAIL_PORT, timeout=REACH_S) as server:
            if settings.MAIL_STARTTLS:
                server.starttls()
            if settings.MAIL_USER:
                server.login(settings.MAIL_USER, settings.MAIL_PASSWORD)
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield Finding(
            "mail",
            f"{where} does not take e-mail: {first_line(error)}",
            "Correct MAIL_HOST, MAIL_PORT, MAIL_USER, MAIL_PASSWORD or MAIL_STARTTLS. E-mails wait until then.",
        )
        return
    yield Finding("mail", f"{where} takes e-mail")


def check_text_messages() -> Iterable[Finding]:
    parts = urlsplit(settings.SMS_URL)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=REACH_S).close()
    except OSError as error:
        yield Finding(
            "text messages",
            f"{parts.hostname}:{port} does not answer: {first_line(error)}",
            "Correct SMS_URL, or open the way to the gateway. Text messages wait until then.",
        )
        return
    if not settings.SMS_TOKEN:
        yield Finding("text messages", "the gateway answers, but SMS_TOKEN is empty", "Set SMS_TOKEN.")
    else:
        yield Finding("text messages", f"{parts.hostname}:{port} answers")


def check_secrets() -> Iterable[Finding]:
    if settings.DEBUG:
        yield Finding("secrets", "MANYHANDS_DEBUG shows the code to visitors", "Unset MANYHANDS_DEBUG.")
    elif settings.LOCAL_ONLY:
        yield Finding("secrets", "the demo's own key, kept in .local")
    elif len(settings.SECRET_KEY) < SHORTEST_KEY or len(set(settings.SECRET_KEY)) < 10:
        yield Finding(
            "secrets",
            "SECRET_KEY is too easy to guess",
            "Set it to the output of: python -c 'import secrets; print(secrets.token_urlsafe(64))'",
        )
    else:
        yield Finding("secrets", f"SECRET_KEY has {len(settings.SECRET_KEY)} characters")


def check_signing() -> Iterable[Finding]:
    key = signatures.own_key()
    before = len(settings.SIGNING_KEYS_BEFORE)
    if not key:
        yield Finding(
            "signing",
            "what the platform says was destroyed goes out unsigned",
            "Set SIGNING_KEY to the output of: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    elif settings.LOCAL_ONLY:
        yield Finding("signing", f"the demo's own key {key}, kept in .local")
    else:
        yield Finding("signing", f"key {key}, and {before} before it" if before else f"key {key}")


def check_tls() -> Iterable[Finding]:
    if settings.LOCAL_ONLY:
        yield Finding("TLS", "plain HTTP, as the demo on one machine needs it")
        return
    wrong = [
        what
        for what, is_wrong in (
            ("Set SECURE_TLS to 1, or unset it.", not settings.SECURE_TLS),
            (
                "Set SITE_URL to the public address, which begins with https://.",
                not settings.SITE_URL.startswith("https://"),
            ),
            (
                "Set ALLOWED_HOSTS to the public names, without *.",
                not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
            ),
            (
                "Set TRUSTED_PROXY_COUNT to the number of proxies before the web process: it speaks plain HTTP itself.",
                not settings.TRUSTED_PROXY_COUNT,
            ),
        )
        if is_wrong
    ]
    if wrong:
        yield Finding("TLS", "visitors are not safe yet", " ".join(wrong))
    else:
        yield Finding("TLS", f"{settings.SITE_URL}, HSTS for {settings.SECURE_HSTS_SECONDS // 86400} days")


def address_of_database() -> str:
    found = connection.settings_dict
    return (
        f"{found['HOST'] or 'localhost'}{':' + str(found['PORT']) if found['PORT'] else ''}/{found['NAME']}"
    )


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


Check = Callable[[], Iterable[Finding]]
NEED_DATABASE: tuple[Check, ...] = (check_extensions, check_migrations, check_clock, check_beat)
CHECKS: tuple[Check, ...] = (
    check_extensions,
    check_migrations,
    check_clock,
    check_broker,
    check_beat,
    check_storage,
    check_mail,
    check_text_messages,
    check_secrets,
    check_signing,
    check_tls,
)
