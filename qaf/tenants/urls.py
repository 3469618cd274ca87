from django.urls import URLPattern, URLResolver, path

from qaf.tenants.views import people, trail

app_name = "tenants"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", people.people, name="people"),
    path("add/", people.add_person, name="add_person"),
    path("away/", people.my_absence, name="my_absence"),
    path("structure/", people.structure, name="structure"),
    path("structure/add/", people.new_team, name="add_team"),
    path("trail/", trail.trail, name="trail"),
    path("settings/", people.settings, name="settings"),
    path("posts/<int:pk>/end/", people.remove_post, name="end_post"),
    path("<int:pk>/", people.person, name="person"),
    path("<int:pk>/change/", people.edit_person, name="edit_person"),
    path("<int:pk>/roles/add/", people.add_post, name="add_post"),
    path("<int:pk>/absences/add/", people.add_absence, name="add_absence"),
    path("<int:pk>/leaves/", people.leaver, name="leaver"),
]
