"""Addresses of dashboard, analysis and reports."""

from django.urls import URLPattern, URLResolver, path, re_path

from reporting.views import dashboard, lists, reports

app_name = "reporting"
urlpatterns: list[URLPattern | URLResolver] = [
    path("editions/", reports.reports, name="reports"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("audits/", lists.audits, name="audits"),
    path("issues/", lists.issues, name="issues"),
    path("practitioners/", lists.practitioners, name="practitioners"),
    path("editions/new/", reports.new, name="new"),
    path("editions/draft/<slug:kind>/<slug:label>/", reports.draft, name="draft"),
    path("editions/draft/<slug:kind>/<slug:label>/save/", reports.save, name="save_draft"),
    path("editions/making/<int:pk>/", reports.making, name="making"),
    path("editions/<int:pk>/", reports.report, name="report"),
    re_path(r"^editions/(?P<pk>\d+)/report\.(?P<form>pdf|xlsx)$", reports.report_file, name="file"),
]
