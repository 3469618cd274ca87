"""Start-up refuses an unsafe database role."""

from typing import Any

from django.core.checks import CheckMessage, Critical, Tags, register
from django.db import OperationalError, connections


@register(Tags.database)
def app_role_is_bound_by_row_level_security(
    app_configs: Any, databases: Any = None, **kwargs: Any
) -> list[CheckMessage]:
    """The web and worker role must own nothing, be no superuser and not bypass row-level security."""
    if not databases or "default" not in databases:
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            name, is_super, bypasses = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
            )
            (owned,) = cursor.fetchone()
    except OperationalError:
        return []
    if not (is_super or bypasses or owned):
        return []
    hint = "Point DATABASE_URL at a role made by script/database, and DATABASE_OWNER_URL at the owner."
    return [
        Critical(f"The database role {name} is not bound by row-level security.", hint=hint, id="qaf.E001")
    ]
