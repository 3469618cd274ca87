"""The demo app holds no tables and no pages: only the command that fills a council with invented work."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Register the ``demo_data`` management command."""

    name = "qaf.demo"
    label = "demo"
    verbose_name = "Demonstration data"
    default_auto_field = "django.db.models.BigAutoField"
