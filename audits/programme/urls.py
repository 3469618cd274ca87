from django.urls import URLPattern, URLResolver, path

from audits.programme.views import feeds, pages

app_name = "programme"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.year, name="year"),
    path("opening/", pages.opening, name="opening"),
    path("links/", feeds.feeds, name="feeds"),
    path("links/<int:pk>/revoke/", feeds.revoke, name="revoke"),
    path("<int:pk>/", pages.occurrence, name="occurrence"),
    path("<int:pk>/move/", pages.move, name="move"),
]
