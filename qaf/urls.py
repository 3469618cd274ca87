"""The composition root of the web side."""

from django.urls import include, path

from qaf.tenants.views import home

council = [
    path("", home.home, name="home"),
]

urlpatterns = [
    path("", home.start, name="start"),
    path("account/", include("allauth.urls")),
    path("sign-in-needed/<slug:council>/", home.sign_in_needed, name="sign_in_needed"),
    path("a/<slug:council>/", include(council)),
]
