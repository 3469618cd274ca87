"""Freezing a report: its figures, its commentary and its files, numbered and with a checksum (HER-59, HER-60)."""

import hashlib
import json
from collections.abc import Callable, Collection
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from qaf.jobs.models import Job
from qaf.jobs.services import JobRefused, ask_for, handles, progress
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Authority, Person
from qaf.tenants.permissions import may, require
from qaf.tenants.scope import current_authority_id
from reporting.enums import FileFormat, ReportKind
from reporting.models import ReportDraft, ReportFile, ReportSnapshot
from reporting.services import faces, periods
from reporting.services.contents import at_a_glance, figures_of, source

JOB = "reporting.report"
STEPS = 4
LOCK = 0x52455054
Told = Callable[[int, str], None]


def checksum(figures: dict[str, Any], commentary: dict[str, str]) -> str:
    """Return the SHA-256 of figures and commentary as JSON with sorted keys and no spaces."""
    text = json.dumps([figures, commentary], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def current_figures(kind: str, label: str, chosen: Collection[str] = ()) -> dict[str, Any]:
    """Count a report's figures as they stand today. Raises ``ValueError`` for a period that is none."""
    council = Authority.objects.get(pk=current_authority_id()).name
    period = periods.parse(kind, label)
    return figures_of(kind, source(period, as_of=clock.today(), chosen=chosen), council)


def preview(kind: str, label: str) -> faces.Report:
    """Count what stands at the head of a report, for whoever writes its commentary. Raises ``ValueError``."""
    council = Authority.objects.get(pk=current_authority_id()).name
    period = periods.parse(kind, label)
    made_from = source(period, as_of=clock.today())
    return faces.report_of(figures_of(kind, made_from, council, sections=[at_a_glance(made_from)]), {})


@transaction.atomic
def freeze(
    *,
    kind: str,
    label: str,
    commentary: dict[str, str] | None = None,
    chosen: Collection[str] = (),
    person: Person | None = None,
    told: Told = lambda done, step: None,
) -> ReportSnapshot:
    """Count, number and keep a report with its PDF and spreadsheet; return it.

    Where the newest edition has the same figures and commentary it is returned again: asking twice makes one report.
    Raises ``ValueError`` for a period that is none or lies ahead.
    """
    period = periods.parse(kind, label)
    if period.starts > clock.today():
        raise ValueError(f"{period.title} has not begun: there is nothing to report yet.")
    commentary = {key: text for key, text in (commentary or {}).items() if text}
    told(0, "Counting")
    figures = json.loads(json.dumps(current_figures(kind, label, chosen)))
    digest = checksum(figures, commentary)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, current_authority_id()])
    editions = ReportSnapshot.objects.filter(kind=kind, period=period.label)
    newest = editions.order_by("-number").first()
    if newest and newest.checksum == digest:
        return newest
    snapshot = ReportSnapshot.objects.create(
        kind=kind,
        period=period.label,
        starts_on=period.starts,
        ends_on=period.ends,
        number=(editions.aggregate(last=Max("number"))["last"] or 0) + 1,
        figures=figures,
        commentary=commentary,
        checksum=digest,
        made_by=person,
        made_at=clock.now(),
    )
    _draw(snapshot, told)
    return snapshot


def _draw(snapshot: ReportSnapshot, told: Told) -> None:
    report = faces.frozen_report(snapshot)
    for number, (form, step, draw) in enumerate(
        (
            (FileFormat.PDF, "Drawing the PDF", faces.as_pdf),
            (FileFormat.XLSX, "Writing the spreadsheet", faces.as_xlsx),
        ),
        start=1,
    ):
        told(number, step)
        ReportFile.objects.create(snapshot=snapshot, format=form, content=draw(report))
    told(STEPS, "Made")


# Asked for in the browser --------------------------------------------------------------------------------------------


def ask_for_report(*, kind: str, label: str, person: Person) -> Job:
    """Ask for the report of a draft to be made; asking twice for the same next edition is asking once.

    Raises ``PermissionDenied``, and ``ValueError`` for a period that is none.
    """
    require(person, "reporting.make_reports")
    period = periods.parse(kind, label)
    draft = ReportDraft.objects.filter(kind=kind, period=period.label).first()
    made = ReportSnapshot.objects.filter(kind=kind, period=period.label).count()
    # The moment is part of the key: figures may have moved on since the last edition although nobody wrote anything.
    key = f"{kind}:{period.label}:{made + 1}:{draft.version if draft else 0}:{clock.now():%Y%m%d%H%M}"
    return ask_for(kind=JOB, key=key, payload={"kind": kind, "period": period.label}, person=person)


@handles(JOB, title="Make a report", stops=True, tells=True)
def make_report(job: Job) -> dict[str, Any]:
    """Freeze the report with the draft's words, delete the draft, and tell who asked."""
    if not may(job.started_by, "reporting.make_reports"):
        raise JobRefused("Only somebody who may make reports can make this one.")
    kind, label = job.payload["kind"], job.payload["period"]
    draft = ReportDraft.objects.filter(kind=kind, period=label).first()
    try:
        snapshot = freeze(
            kind=kind,
            label=label,
            commentary=draft.commentary if draft else {},
            chosen=draft.chosen if draft else (),
            person=job.started_by,
            told=lambda done, step: progress(job, done=done, total=STEPS, step=step),
        )
    except ValueError as error:
        raise JobRefused(str(error)) from error
    ReportDraft.objects.filter(kind=kind, period=label).delete()
    _tell(snapshot, job.started_by)
    return {"snapshot": snapshot.pk}


def _tell(snapshot: ReportSnapshot, person: Person | None) -> None:
    if person is None:
        return
    period = periods.parse(snapshot.kind, snapshot.period)
    slug = Authority.objects.values_list("slug", flat=True).get(pk=current_authority_id())
    from django.urls import reverse

    tell(
        people=[person],
        kind="report_made",
        key=f"report-{snapshot.pk}",
        subject=f"{ReportKind(snapshot.kind).label}, {period.title}: made",
        body="Page, PDF and spreadsheet are ready.",
        href=reverse("reporting:report", args=[slug, snapshot.pk]),
    )


# What is written before ----------------------------------------------------------------------------------------------


class DraftConflict(Exception):
    """Somebody else, or another window, saved the draft in between; ``theirs`` is what stands."""

    def __init__(self, theirs: ReportDraft):
        self.theirs = theirs
        super().__init__("The draft was saved elsewhere in the meantime.")


def save_draft(
    *, kind: str, label: str, commentary: dict[str, str], chosen: list[str], version: int, person: Person
) -> ReportDraft:
    """Keep what was written beside a report's figures. ``version`` is the one it was written on.

    Raises ``DraftConflict`` where a newer version stands.
    """
    require(person, "reporting.make_reports")
    period = periods.parse(kind, label)
    words = {"commentary": commentary, "chosen": chosen, "saved_by": person, "saved_at": clock.now()}
    draft, made = ReportDraft.objects.get_or_create(
        kind=kind, period=period.label, defaults={**words, "version": version + 1}
    )
    if made:
        return draft
    same = ReportDraft.objects.filter(pk=draft.pk, version=version)
    if not same.update(**words, version=version + 1):
        draft.refresh_from_db()
        raise DraftConflict(draft)
    draft.refresh_from_db()
    return draft
