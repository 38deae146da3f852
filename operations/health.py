"""Two questions of a load balancer: is the process up, and can it serve?"""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection

BROKER_S = 0.5


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is up. Touches no database, or a slow one would have every process restarted."""
    return JsonResponse({"status": "up"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 `ready`, 200 `degraded` without the broker, 503 with the failing part without database or migrations."""
    parts = {"database": "up", "migrations": "applied", "broker": "up"}
    try:
        waiting = unapplied_migrations()
    except DatabaseError:
        return JsonResponse(
            {"status": "down", "parts": {**parts, "database": "down", "migrations": "unknown"}}, status=503
        )
    if waiting:
        return JsonResponse(
            {"status": "down", "parts": {**parts, "migrations": f"{waiting} missing"}}, status=503
        )
    if not broker_answers():
        return JsonResponse({"status": "degraded", "parts": {**parts, "broker": "down"}})
    return JsonResponse({"status": "ready", "parts": parts})


def unapplied_migrations() -> int:
    """How many migrations the database lacks. Raises DatabaseError where it cannot be asked."""
    try:
        executor = MigrationExecutor(connection)
    except MigrationSchemaMissing as error:
        raise DatabaseError(str(error)) from error
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def broker_answers() -> bool:
    """True where the broker answers within half a second."""
    options = {"socket_timeout": BROKER_S, "socket_connect_timeout": BROKER_S, "max_retries": 0}
    try:
        with Connection(
            settings.CELERY_BROKER_URL, connect_timeout=BROKER_S, transport_options=options
        ) as link:
            link.ensure_connection(max_retries=1)
            link.default_channel.client.ping()  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001  kombu's transports raise their own clients' errors, each another class
        return False
    return True
