"""How many audits people have completed, which tells new auditors from experienced ones (SEF-77)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from audits.models import Assessment, AuditorExperience
from qaf.tenants.models import Person


@dataclass(frozen=True)
class Experience:
    """Somebody's audits: those submitted here, and those they did before the product came."""

    person: Person
    here: int
    before: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.here + self.before


def completed_counts(people: Iterable[int] | None = None) -> Counter[int]:
    """Return how many audits each person has completed, everybody's where nobody is named; two queries."""
    here, before = _submitted(people), _before(people)
    return Counter(here) + Counter(before)


def experience_of(people: Iterable[Person]) -> list[Experience]:
    """Return the experience of each of ``people``, in their order."""
    everyone = list(people)
    ids = [one.pk for one in everyone]
    here, before = _submitted(ids), _before(ids)
    return [Experience(one, here.get(one.pk, 0), before.get(one.pk, 0)) for one in everyone]


def _submitted(people: Iterable[int] | None) -> dict[int, int]:
    # What is handed in without locking grades, such as a look at one's own work, is no audit of somebody else's.
    done = {"submitted_at__isnull": False, "locked_at__isnull": False, "assessor__isnull": False}
    rows = Assessment.objects.filter(**done)
    if people is not None:
        rows = rows.filter(assessor__in=list(people))
    counted = rows.order_by().values("assessor_id").annotate(n=Count("audit_id", distinct=True))
    return dict(counted.values_list("assessor_id", "n"))


def _before(people: Iterable[int] | None) -> dict[int, int]:
    rows = AuditorExperience.objects.all()
    if people is not None:
        rows = rows.filter(person__in=list(people))
    return dict(rows.values_list("person_id", "audits_before"))
