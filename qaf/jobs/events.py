"""What the queue tells its neighbours; receivers run in the transaction that ends the job."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qaf.jobs.models import Job


@dataclass(frozen=True)
class JobEnded:
    """A job is done, has failed for good, or was cancelled.

    ``told`` says that the work itself has told whoever should know of its success.
    """

    job: "Job"
    title: str
    told: bool
