"""Everything that was audited, however it was chosen, in one table (SEF-138)."""

from audits.enums import AuditStatus, Origin
from reporting.selectors.records import Records
from reporting.services.figures.model import Column, Table


def activity(records: Records) -> Table:
    """Return every audit by how it was chosen: allocated, submitted, final. Only chance feeds grades and trends."""
    rows = []
    for origin in Origin:
        own = [row for row in records.audits if row.origin == origin and row.status != AuditStatus.WITHDRAWN]
        if own:
            submitted = sum(bool(row.submitted_at) for row in own)
            rows.append((origin.label, len(own), submitted, sum(row.is_final for row in own)))
    return Table(
        key="activity_origin",
        title="All audits, however they were chosen",
        definition="Every audit of the months. Those not drawn at random stand in no grade figure and in no trend.",
        population="all audits of the period, without those withdrawn",
        columns=(Column("How chosen", "text"), Column("Allocated"), Column("Submitted"), Column("Final")),
        rows=tuple(rows),
        empty="No audit was allocated.",
    )
