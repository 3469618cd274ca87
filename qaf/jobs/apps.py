from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "qaf.jobs"
    label = "jobs"
