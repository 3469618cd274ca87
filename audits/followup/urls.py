from django.urls import path

from audits.followup.views import actions, caseload, concerns, follow_ups, giving, providers

app_name = "followup"
urlpatterns = [
    path("", actions.actions, name="actions"),
    path("actions/<int:pk>/", actions.action, name="action"),
    path("confirmations/<int:pk>/", actions.confirm_action, name="confirm"),
    path("summaries/", follow_ups.summaries, name="summaries"),
    path("follow-ups/", follow_ups.follow_ups, name="follow_ups"),
    path("follow-ups/<int:pk>/", follow_ups.follow_up, name="follow_up"),
    path("follow-ups/<int:pk>/give/", giving.give, name="give_follow_up"),
    path("caseload/", caseload.rounds, name="caseload"),
    path("caseload/<int:pk>/", caseload.one_round, name="caseload_round"),
    path("caseload/<int:pk>/save/", caseload.save, name="save_caseload"),
    path("providers/judge/<int:case_id>/", providers.judge, name="judge_provider"),
    path("concerns/", concerns.concerns, name="concerns"),
    path("concerns/raise/<int:case_id>/", concerns.raise_about, name="raise_concern"),
    path("concerns/<int:pk>/", concerns.concern, name="concern"),
    path("concerns/<int:pk>/close/", concerns.close, name="close_concern"),
]
