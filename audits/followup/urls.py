from django.urls import path

from audits.followup.views import actions, concerns, follow_ups

app_name = "followup"
urlpatterns = [
    path("", actions.actions, name="actions"),
    path("actions/<int:pk>/", actions.action, name="action"),
    path("follow-ups/", follow_ups.follow_ups, name="follow_ups"),
    path("follow-ups/<int:pk>/", follow_ups.follow_up, name="follow_up"),
    path("concerns/", concerns.concerns, name="concerns"),
    path("concerns/raise/<int:case_id>/", concerns.raise_about, name="raise_concern"),
    path("concerns/<int:pk>/", concerns.concern, name="concern"),
    path("concerns/<int:pk>/close/", concerns.close, name="close_concern"),
]
