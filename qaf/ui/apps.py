"""The UI kit as a Django app: it holds tags and no models."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "qaf.ui"
    label = "ui"
    verbose_name = "UI kit"
