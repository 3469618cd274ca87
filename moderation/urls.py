from django.urls import path

from moderation.views import deciding, disputes, meetings, pages, panels

app_name = "moderation"
urlpatterns = [
    path("", pages.moderations, name="list"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/invite/", meetings.invite_people, name="invite"),
    path("meetings/<int:pk>/theme/", meetings.theme, name="theme"),
    path("meetings/<int:pk>/record/", meetings.record, name="record"),
    path("meetings/<int:pk>/feedback/", meetings.feedback, name="feedback"),
    path("disagreement/", disputes.disputes, name="disputes"),
    path("disagreement/<int:pk>/", disputes.dispute, name="dispute"),
    path("disagreement/child/<int:case_id>/", disputes.raise_about_child, name="raise_for_child"),
    path("<slug:reference>/", pages.overview, name="moderation"),
    path("<slug:reference>/ask/", pages.ask, name="ask"),
    path("<slug:reference>/disagree/", disputes.disagree, name="disagree"),
    path("<slug:reference>/raise/", disputes.raise_about_audit, name="raise"),
    path("<slug:reference>/allocate/", pages.allocate, name="allocate"),
    path("<slug:reference>/view/", panels.view, name="view"),
    path("<slug:reference>/join/", panels.join, name="join"),
    path("<slug:reference>/decide/", deciding.decide, name="decide"),
    path("<slug:reference>/decide/save/", deciding.save, name="save"),
    path("<slug:reference>/plan/", deciding.plan, name="plan"),
    path("<slug:reference>/plan/<int:pk>/", deciding.edit, name="edit"),
    path("<slug:reference>/plan/<int:pk>/leave-out/", deciding.leave_out, name="leave_out"),
    path("<slug:reference>/check/", deciding.check, name="check"),
]
