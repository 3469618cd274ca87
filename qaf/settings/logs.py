"""One line of JSON a log event, with the request id; never a child's data (tests hold a canary to it)."""

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

FRAMES = 12


def without_words(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell of an exception what it was and where, never what it said.

    A database's message quotes the row that it refused, a parser's the cell that it could not read.
    """
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if not isinstance(error, BaseException):
        return event
    for said in (repr(error), str(error)):
        if said:
            event["event"] = str(event["event"]).replace(said, type(error).__name__)
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < FRAMES:
        chain.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    event["exception"] = chain
    event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_words,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": SHARED,
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # WeasyPrint and fontTools narrate every page; only their faults matter here.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
