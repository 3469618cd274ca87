from django.urls import URLPattern, URLResolver, path

from qaf.notices import views

app_name = "notices"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read_all, name="read_all"),
    path("settings/", views.settings_page, name="settings"),
    path("undelivered/", views.undelivered_page, name="undelivered"),
    path("undelivered/<int:pk>/again/", views.resend, name="resend"),
    path("<int:pk>/open/", views.open_notice, name="open"),
]
