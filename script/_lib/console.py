"""How the scripts speak to the terminal, and how they stop."""

import sys
from collections.abc import Callable


class Stop(Exception):
    """The command cannot go on; the message tells the reader what to do about it."""


def say(text: str = "") -> None:
    print(text, flush=True)


def step(text: str) -> None:
    """Announce a piece of work that may take a while; apart from what the command itself puts out."""
    print(f"==> {text}", file=sys.stderr, flush=True)


def main(command: Callable[[list[str]], int]) -> None:
    """Run ``command(arguments)`` as a program: its return value is the exit status, `Stop` is told plainly."""
    try:
        sys.exit(command(sys.argv[1:]))
    except Stop as reason:
        sys.exit(f"{sys.argv[0]}: {reason}")
    except KeyboardInterrupt:
        sys.exit(130)
