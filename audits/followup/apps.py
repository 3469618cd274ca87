from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "audits.followup"
    label = "followup"
