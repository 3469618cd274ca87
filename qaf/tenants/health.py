"""Whether this process can serve, for a proxy or whatever restarts it."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

PATH = "/health/"
GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answer ``/health/`` with 200 while the database answers, else 503, and say no more to anybody.

    Stands before everything that asks for a host name, https or a session: who asks knows none of them. Redis may be
    away, QAF serves without it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH:
            return self.get_response(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error:
            return self._answer("The database does not answer.", 503)
        return self._answer("Well.", 200)

    @staticmethod
    def _answer(words: str, status: int) -> HttpResponse:
        headers = {"Cache-Control": "no-store"}
        return HttpResponse(f"{words}\n", status=status, content_type="text/plain", headers=headers)
