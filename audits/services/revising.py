"""Changing grades of record after the outcome: by a session, or where a disagreement ends. Old and new are kept."""

from collections.abc import Mapping

from django.db import transaction

from audits.enums import WITH_FINAL_GRADE, GradeSource, GradeStage
from audits.events import GradesRevised
from audits.models import Audit, GradeOfRecord, RecordedGrade
from qaf.lib import clock
from qaf.tenants.events import publish
from qaf.tenants.models import Person
from qaf.tenants.scope import because


@transaction.atomic
def confirm_or_revise(*, audit: Audit, decided: Mapping[str, tuple[str, str]], person: Person) -> bool:
    """Make grades that somebody confirmed or changed the grades of record; say whether any changed (WSX-97, DUR-88).

    ``decided`` gives grade and reason by domain (empty key: overall). Whoever confirms has looked at the grade on
    their own, so it counts as moderated. Where the outcome was final, the new grade is recorded as final too.
    Publishes ``GradesRevised`` where one changed.
    """
    before = dict(audit.grades.values_list("domain", "grade"))
    now = clock.now()
    stages = [GradeStage.MODERATED]
    if audit.status in WITH_FINAL_GRADE:
        stages.append(GradeStage.FINAL)
    with because("Grades looked at again", person=person):
        for domain, (grade, _) in decided.items():
            GradeOfRecord.objects.update_or_create(
                audit=audit,
                domain=domain,
                defaults={
                    "grade": grade,
                    "source": GradeSource.MODERATED,
                    "decided_by": person,
                    "decided_at": now,
                },
            )
        RecordedGrade.objects.bulk_create(
            RecordedGrade(
                audit=audit,
                domain=domain,
                stage=stage,
                grade=grade,
                reason=reason,
                given_by=person,
                given_at=now,
            )
            for stage in stages
            for domain, (grade, reason) in decided.items()
            if stage == GradeStage.MODERATED or before.get(domain) != grade
        )
    changed = any(before.get(domain) != grade for domain, (grade, _) in decided.items())
    if changed:
        publish(GradesRevised(audit, person))
    return changed
