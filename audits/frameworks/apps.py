from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "audits.frameworks"
    label = "frameworks"
