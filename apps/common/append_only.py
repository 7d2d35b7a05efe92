"""Migration operation that makes a table append-only in the database itself, not only in our code.

A trigger refuses UPDATE (and on PostgreSQL DELETE): decisions, revisions and audit events are evidence (invariant I15).
SQLite keeps DELETE, because its test runner empties tables with it.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

POSTGRES = """
CREATE OR REPLACE FUNCTION portico_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION portico_append_only();
"""
SQLITE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""


def append_only(table: str) -> migrations.RunPython:
    """The operation for `table`; to be listed after the operation that creates it."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        template = POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE
        schema_editor.execute(template.format(table=table), params=None)

    def backwards(apps: Any, schema_editor: Any) -> None:
        on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only{on_table}", params=None)

    return migrations.RunPython(forwards, backwards)
