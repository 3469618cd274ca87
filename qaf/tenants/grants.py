"""What the app, backup and purge roles may do to the tables; given again after every migration."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections

from qaf.tenants.models.base import TenantModel


def grant_after_migrate(sender: object, using: str, **kwargs: object) -> None:
    """Give the roles their rights when migrations ran as another role than the app's."""
    app_role = settings.DATABASES["default"].get("USER")
    owner_role = settings.DATABASES.get("owner", {}).get("USER")
    if using != "owner" or not app_role or app_role == owner_role:
        return
    connection = connections[using]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        _grant_all(cursor, quote(app_role))
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_models():
            if issubclass(model, TenantModel) and model.append_only and model._meta.db_table in tables:
                table = quote(model._meta.db_table)
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quote(app_role)}")
        _grant_others(cursor, quote)


def _grant_all(cursor: Any, role: str) -> None:
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
    cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")


def _grant_others(cursor: Any, quote: Callable[[str], str]) -> None:
    """Backup reads everything; purge deletes from the trail and ticks off its orders, nothing else."""
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname IN ('qaf_backup', 'qaf_purge')")
    roles = {role for (role,) in cursor.fetchall()}
    for role in roles:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quote(role)}")
    if "qaf_backup" in roles:
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO qaf_backup")
        cursor.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO qaf_backup")
    cursor.execute("SELECT to_regclass('public.tenants_purgeorder') IS NOT NULL")
    if "qaf_purge" in roles and cursor.fetchone()[0]:
        cursor.execute("GRANT SELECT ON tenants_authority TO qaf_purge")
        cursor.execute("GRANT SELECT, UPDATE ON tenants_purgeorder TO qaf_purge")
        cursor.execute("GRANT SELECT, DELETE ON tenants_trailevent, tenants_readevent TO qaf_purge")
