from django.urls import path

from moderation.views import deciding, pages

app_name = "moderation"
urlpatterns = [
    path("", pages.moderations, name="list"),
    path("<slug:reference>/", pages.overview, name="moderation"),
    path("<slug:reference>/ask/", pages.ask, name="ask"),
    path("<slug:reference>/allocate/", pages.allocate, name="allocate"),
    path("<slug:reference>/decide/", deciding.decide, name="decide"),
    path("<slug:reference>/decide/save/", deciding.save, name="save"),
    path("<slug:reference>/plan/", deciding.plan, name="plan"),
    path("<slug:reference>/plan/<int:pk>/", deciding.edit, name="edit"),
    path("<slug:reference>/plan/<int:pk>/leave-out/", deciding.leave_out, name="leave_out"),
    path("<slug:reference>/check/", deciding.check, name="check"),
]
