"""What the calendar tells its neighbours; receivers run in the same transaction."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.programme.models import Occurrence


@dataclass(frozen=True)
class DateMoved:
    """Somebody moved a date; what hangs on it follows."""

    occurrence: "Occurrence"
    before: date
    after: date
