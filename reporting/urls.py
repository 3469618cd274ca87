"""Addresses of dashboard, analysis and reports."""

from django.urls import URLPattern, URLResolver, path, re_path

from reporting.views import analysis, criteria, dashboard, drafts, learning, lists, mine, reports, sessions

app_name = "reporting"
urlpatterns: list[URLPattern | URLResolver] = [
    path("editions/", reports.reports, name="reports"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("audits/", lists.audits, name="audits"),
    path("issues/", lists.issues, name="issues"),
    path("criteria/", criteria.criteria, name="criteria"),
    path("analysis/", analysis.analysis, name="analysis"),
    path("mine/", mine.mine, name="mine"),
    path("findings/", learning.coding, name="findings"),
    path("findings/<slug:column>/<int:pk>/", learning.code, name="code"),
    path("cases/<slug:label>/", learning.cases, name="cases"),
    path("cases/chosen/<int:pk>/", learning.case, name="case"),
    path("cases/chosen/<int:pk>/leave-out/", learning.drop_case, name="drop_case"),
    path("plan/", learning.plan, name="plan"),
    path("plan/add/", learning.add, name="add_to_plan"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/new/<slug:kind>/<slug:label>/", sessions.new, name="plan_session"),
    path("sessions/<int:pk>/", sessions.session, name="session"),
    path("sessions/<int:pk>/record/", sessions.record, name="record_session"),
    path("practitioners/", lists.practitioners, name="practitioners"),
    path("editions/new/", drafts.new, name="new"),
    path("editions/draft/<slug:kind>/<slug:label>/", drafts.draft, name="draft"),
    path("editions/draft/<slug:kind>/<slug:label>/save/", drafts.save, name="save_draft"),
    path("editions/draft/<slug:kind>/<slug:label>/of/<slug:scope>/", drafts.draft, name="draft_of"),
    path("editions/draft/<slug:kind>/<slug:label>/of/<slug:scope>/save/", drafts.save, name="save_draft_of"),
    path("editions/making/<int:pk>/", drafts.making, name="making"),
    path("editions/<int:pk>/", reports.report, name="report"),
    re_path(r"^editions/(?P<pk>\d+)/report\.(?P<form>pdf|xlsx)$", reports.report_file, name="file"),
]
