"""Addresses of the UI kit: the kitchen sink only."""

from django.urls import path

from qaf.ui.views import kit

app_name = "ui"
urlpatterns = [path("", kit, name="kit")]
