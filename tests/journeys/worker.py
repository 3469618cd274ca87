"""The Celery application of the journeys: the product's, at the moved moment."""

from contextlib import ExitStack
from typing import Any

from celery.signals import task_postrun, task_prerun

from qaf.celery import app
from tests.journeys.moved import at_the_moment

__all__ = ["app"]
_open: list[ExitStack] = []


@task_prerun.connect
def _travel(**kwargs: Any) -> None:
    stack = ExitStack()
    stack.enter_context(at_the_moment())
    _open.append(stack)


@task_postrun.connect
def _return(**kwargs: Any) -> None:
    _open.pop().close()
