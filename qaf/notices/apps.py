from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "qaf.notices"
    label = "notices"
