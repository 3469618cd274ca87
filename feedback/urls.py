"""Addresses of the register."""

from django.urls import URLPattern, URLResolver, path

from feedback import views

app_name = "feedback"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.register, name="register"),
    path("<int:pk>/", views.code, name="code"),
]
