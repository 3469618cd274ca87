from django.urls import URLPattern, URLResolver, path

from audits.frameworks import views

app_name = "frameworks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.document, name="document"),
    path("versions/<int:number>/text/", views.text, name="text"),
    path("<slug:key>/", views.section, name="section"),
]
