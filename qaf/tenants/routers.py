"""Migrations run as the owner, everything else as the app role."""

from django.conf import settings


class OwnerMigratesRouter:
    """Both aliases are one database; only the role differs, and only the owner may change tables."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        if "owner" in settings.DATABASES:
            return db == "owner"
        return None

    def allow_relation(self, obj1: object, obj2: object, **hints: object) -> bool:
        return True
