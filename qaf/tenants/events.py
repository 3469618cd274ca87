"""How siblings speak: an event is a frozen dataclass, a receiver runs inside the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

_receivers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)
E_ = TypeVar("E_")


def on(event_type: type[E_]) -> Callable[[Callable[[E_], None]], Callable[[E_], None]]:
    """Register the decorated function for ``event_type``; receivers run in the order registered."""

    def register(function: Callable[[E_], None]) -> Callable[[E_], None]:
        if function not in _receivers[event_type]:
            _receivers[event_type].append(function)
        return function

    return register


def publish(event: object) -> None:
    """Hand ``event`` to its receivers now; an exception of one undoes the transaction."""
    for function in _receivers[type(event)]:
        function(event)
