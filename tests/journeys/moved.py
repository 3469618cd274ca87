"""Business time of the site and its worker, moved by the test: a file holds the moment that it is now."""

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

from qaf.lib import clock

PATH = "QAF_JOURNEY_CLOCK"


def set_now(path: Path, moment: datetime) -> None:
    """Make it ``moment`` for the site from now on; time goes on from there."""
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{moment.isoformat()} {time()}", encoding="utf-8")
    fresh.replace(path)


def at_the_moment() -> AbstractContextManager[None]:
    """Travel to what the file says, with the seconds that have passed since."""
    moment, written = Path(os.environ[PATH]).read_text(encoding="utf-8").split()
    return clock.travel(datetime.fromisoformat(moment) + timedelta(seconds=time() - float(written)))


def moved(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Answer every request of a WSGI application at the moved moment."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with at_the_moment():
            return application(environ, start_response)

    return answer
