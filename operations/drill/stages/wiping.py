"""Drops the database of a drill: whatever is synthetic goes as a whole."""

import shutil

import psycopg2
from django.db import connection

from operations.drill.stages import ground
from operations.launcher import places
from operations.launcher.console import Console
from operations.launcher.postgres import Postgres


def wipe_given(console: Console) -> None:
    """Drop the synthetic database that DATABASE_URL names; whoever is connected to it is cut off."""
    name = ground.database_name()
    if ground.look() != ground.Kind.SYNTHETIC:
        raise ground.Refused(f"The database {name} is not synthetic: there is nothing to drop.")
    parameters = ground.maintenance()
    connection.close()
    link = psycopg2.connect(**parameters)
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
            (others,) = cursor.fetchone()
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)} WITH (FORCE)")
    finally:
        link.close()
    console.line(f"The database {name} was dropped; {others} connections to it were ended.")


def wipe_own(console: Console) -> None:
    """Remove the folder of the drills' own servers, with everything in it."""
    folder = ground.folder()
    if not places.postgres_data().exists():
        raise ground.Refused(f"No drill was played in {folder}: there is nothing to drop.")
    # A server that a killed drill left behind still writes there: begun once more, it is ours to end.
    server = Postgres(places.postgres_data(), places.sockets(), places.logs() / "postgres.log")
    server.start()
    try:
        connection.close()
        kind = ground.look()
        connection.close()
    finally:
        server.stop()
    shutil.rmtree(folder)
    console.line(f"The database in {folder} was dropped ({kind}), and the folder with it.")
