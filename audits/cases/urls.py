"""Addresses of the case list, under ``/a/<council>/cases/``."""

from django.urls import path

from audits.cases.views import cases, imports, mapping

app_name = "cases"
urlpatterns = [
    path("", cases.case_list, name="list"),
    path("export/", cases.export, name="export"),
    path("<int:pk>/", cases.case_page, name="case"),
    path("imports/", imports.history, name="imports"),
    path("imports/new/", imports.upload, name="upload"),
    path("imports/<int:pk>/", imports.page, name="import"),
    path("imports/<int:pk>/rows.csv", imports.rows_csv, name="import_rows"),
    path("imports/<int:pk>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<int:pk>/discard/", imports.discard, name="import_discard"),
    path("imports/<int:pk>/undo/", imports.undo, name="import_undo"),
    path("imports/<int:pk>/again/", imports.again, name="import_again"),
    path("mapping/", mapping.overview, name="mapping"),
    path("mapping/teams/<int:pk>/", mapping.team, name="map_team"),
    path("mapping/people/<int:pk>/", mapping.person, name="map_person"),
    path("mapping/roles/", mapping.roles, name="map_roles"),
]
