"""Makes a table refuse UPDATE, DELETE and TRUNCATE: a migration operation."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION core_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def append_only(table: str) -> list[migrations.RunSQL]:
    """Operations that protect `table`; the owner lifts it only by a migration."""
    return [
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION core_append_only();",
            f"DROP TRIGGER {table}_append_only ON {table};",
        ),
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION core_append_only();",
            f"DROP TRIGGER {table}_no_truncate ON {table};",
        ),
    ]
