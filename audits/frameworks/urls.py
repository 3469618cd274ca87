from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path

app_name = "frameworks"
# In place until the page lands (replace this whole file).
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lambda request, council: HttpResponse(""), name="document")
]
