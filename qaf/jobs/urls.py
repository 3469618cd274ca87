from django.urls import URLPattern, URLResolver, path

from qaf.jobs import views

app_name = "jobs"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.queue, name="queue"),
    path("<int:pk>/", views.job, name="job"),
]
