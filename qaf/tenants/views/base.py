"""What every view inside a council starts from."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from qaf.tenants.models import Authority, Person
from qaf.tenants.permissions import require

P = ParamSpec("P")


class CouncilRequest(HttpRequest):
    """For type checkers: a request inside a council's scope."""

    id: str
    authority: Authority
    person: Person
    htmx: Any


def council_view(*permissions: str) -> Callable:
    """Declare a view under ``/a/<council>/`` and who may open it.

    Insiders without any of ``permissions`` get 403; none given means everybody of the council.
    The ``council`` slug is taken off the arguments: the middleware has opened the scope with it.
    """

    def decorate(
        view: Callable[Concatenate[CouncilRequest, P], HttpResponse],
    ) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: CouncilRequest, council: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if permissions:
                require(request.person, *permissions)
            return view(request, *args, **kwargs)

        inner.permissions = permissions  # type: ignore[attr-defined]
        return inner

    return decorate
