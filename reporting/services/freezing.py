"""Freezing a report: its figures, its commentary and its files, numbered and with a checksum (HER-59, HER-60)."""

import hashlib
import json
from collections.abc import Callable, Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Max

from audits.frameworks.selectors import framework_in_force
from qaf.jobs.models import Job
from qaf.jobs.services import JobRefused, ask_for, handles, progress
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Authority, Person
from qaf.tenants.paths import council_path
from qaf.tenants.scope import current_authority_id
from reporting import periods
from reporting.enums import FileFormat, ReportKind
from reporting.models import ReportDraft, ReportFile, ReportSnapshot
from reporting.selectors.definitions import definition, makes
from reporting.selectors.learning import chosen_cases
from reporting.services import faces
from reporting.services.contents import figures_of, made
from reporting.services.sections import at_a_glance
from reporting.services.sharing import readers_of, share
from reporting.services.source import source

JOB = "reporting.report"
STEPS = 4
LOCK = 0x52455054
Told = Callable[[int, str], None]


class NotWritten(ValueError):
    """Texts that the framework requires are missing: ``keys`` are their sections, none where they stand at cases."""

    def __init__(self, titles: list[str], keys: Collection[str] = ()) -> None:
        super().__init__(f"Write first: {', '.join(titles)}.")
        self.keys = keys


def checksum(figures: dict[str, Any], commentary: dict[str, str]) -> str:
    """Return the SHA-256 of figures and commentary as JSON with sorted keys and no spaces."""
    text = json.dumps([figures, commentary], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def current_figures(kind: str, label: str, scope: str = "", chosen: Collection[str] = ()) -> dict[str, Any]:
    """Count a report's figures as they stand today. Raises ``ValueError`` for a period that is none."""
    council = Authority.objects.get(pk=current_authority_id()).name
    period = periods.parse(kind, label)
    return figures_of(source(kind, period, as_of=clock.today(), scope=scope, chosen=chosen), council)


def preview(kind: str, label: str, scope: str = "") -> faces.Report:
    """Count what whoever writes a report should see beside it. Raises ``ValueError``.

    The head of the two great reports; of one whose sections somebody writes, all that these show.
    """
    council = Authority.objects.get(pk=current_authority_id()).name
    made_from = source(kind, periods.parse(kind, label), as_of=clock.today(), scope=scope)
    short = kind in (ReportKind.MONTHLY, ReportKind.QUARTERLY)
    sections = [at_a_glance(made_from)] if short else made(made_from)
    return faces.report_of(figures_of(made_from, council, sections=sections), {})


@transaction.atomic
def freeze(
    *,
    kind: str,
    label: str,
    scope: str = "",
    commentary: dict[str, str] | None = None,
    chosen: Collection[str] = (),
    person: Person | None = None,
    told: Told = lambda done, step: None,
) -> ReportSnapshot:
    """Count, number and keep a report with its PDF and spreadsheet, send it to whom the framework names; return it.

    Where the newest edition has the same figures and commentary it is returned again: asking twice makes one report.
    Raises ``ValueError`` for a period that is none or lies ahead, and for a section that must be written and is not.
    """
    period = periods.parse(kind, label)
    check_written(kind, period.label, scope, commentary or {})
    if period.starts > clock.today():
        raise ValueError(f"{period.title} has not begun: there is nothing to report yet.")
    commentary = {key: text for key, text in (commentary or {}).items() if text}
    told(0, "Counting")
    figures = json.loads(json.dumps(current_figures(kind, label, scope, chosen)))
    digest = checksum(figures, commentary)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, current_authority_id()])
    editions = ReportSnapshot.objects.filter(kind=kind, period=period.label, scope=scope)
    newest = editions.order_by("-number").first()
    if newest and newest.checksum == digest:
        return newest
    snapshot = ReportSnapshot.objects.create(
        kind=kind,
        period=period.label,
        scope=scope,
        shared_with=[one.pk for one in readers_of(kind, scope)],
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
    share(snapshot)
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


def may_make(person: Person, kind: str, scope: str = "") -> bool:
    """Say whether somebody may make this report by the framework in force."""
    framework = framework_in_force()
    try:
        wanted = definition(framework, kind, scope)
    except ValueError:
        return False
    return makes(person, framework, wanted, scope)


def _require_maker(person: Person, kind: str, scope: str) -> None:
    if not may_make(person, kind, scope):
        raise PermissionDenied("Only those whom the council’s framework names for it can make this report.")


def check_written(kind: str, label: str, scope: str, commentary: dict[str, str]) -> None:
    """Refuse a report without a text that the framework requires: ``NotWritten`` names every missing section.

    A paper of cases has its texts at the cases.
    """
    wanted = definition(framework_in_force(), kind, scope)
    needed = [one for one in wanted.written if one.required]
    if kind == ReportKind.CASE_PAPER:
        cases = list(chosen_cases(label))
        if not cases:
            raise ValueError("Choose the cases of the paper first.")
        missing = [
            f"{case.audit.reference}: {one.title}"
            for case in cases
            for one in needed
            if not case.paper.get(one.key or "", "").strip()
        ]
        if missing:
            raise NotWritten(missing)
        return
    empty = {one.key or "": one.title for one in needed if not commentary.get(one.key or "", "").strip()}
    if empty:
        raise NotWritten(list(empty.values()), empty)


# Asked for in the browser --------------------------------------------------------------------------------------------


def ask_for_report(*, kind: str, label: str, person: Person, scope: str = "") -> Job:
    """Ask for the report of a draft to be made; asking twice for the same next edition is asking once.

    Raises ``PermissionDenied``, and ``ValueError`` for a period that is none or a section that is still to be written.
    """
    _require_maker(person, kind, scope)
    period = periods.parse(kind, label)
    which = {"kind": kind, "period": period.label, "scope": scope}
    draft = ReportDraft.objects.filter(**which).first()
    check_written(kind, period.label, scope, draft.commentary if draft else {})
    made = ReportSnapshot.objects.filter(**which).count()
    # The moment is part of the key: figures may have moved on since the last edition although nobody wrote anything.
    about = f"{kind}:{period.label}{f':{scope}' if scope else ''}"
    key = f"{about}:{made + 1}:{draft.version if draft else 0}:{clock.now():%Y%m%d%H%M}"
    return ask_for(kind=JOB, key=key, payload=which, person=person)


@handles(JOB, title="Make a report", stops=True, tells=True)
def make_report(job: Job) -> dict[str, Any]:
    """Freeze the report with the draft's words, delete the draft, and tell who asked."""
    kind, label, scope = job.payload["kind"], job.payload["period"], job.payload.get("scope", "")
    if job.started_by is None or not may_make(job.started_by, kind, scope):
        raise JobRefused("Only somebody who may make reports can make this one.")
    draft = ReportDraft.objects.filter(kind=kind, period=label, scope=scope).first()
    try:
        snapshot = freeze(
            kind=kind,
            label=label,
            scope=scope,
            commentary=draft.commentary if draft else {},
            chosen=draft.chosen if draft else (),
            person=job.started_by,
            told=lambda done, step: progress(job, done=done, total=STEPS, step=step),
        )
    except ValueError as error:
        raise JobRefused(str(error)) from error
    ReportDraft.objects.filter(kind=kind, period=label, scope=scope).delete()
    _tell(snapshot, job.started_by)
    return {"snapshot": snapshot.pk}


def _tell(snapshot: ReportSnapshot, person: Person | None) -> None:
    if person is None:
        return
    period = periods.parse(snapshot.kind, snapshot.period)
    tell(
        people=[person],
        kind="report_made",
        key=f"report-{snapshot.pk}",
        subject=f"{snapshot.figures['title']}, {period.title}: made",
        body="Page, PDF and spreadsheet are ready.",
        href=council_path("reporting:report", snapshot.pk),
    )


# What is written before ----------------------------------------------------------------------------------------------


class DraftConflict(Exception):
    """Somebody else, or another window, saved the draft in between; ``theirs`` is what stands."""

    def __init__(self, theirs: ReportDraft):
        self.theirs = theirs
        super().__init__("The draft was saved elsewhere in the meantime.")


def save_draft(
    *,
    kind: str,
    label: str,
    commentary: dict[str, str],
    chosen: list[str],
    version: int,
    person: Person,
    scope: str = "",
) -> ReportDraft:
    """Keep what was written beside a report's figures. ``version`` is the one it was written on.

    Raises ``DraftConflict`` where a newer version stands.
    """
    _require_maker(person, kind, scope)
    period = periods.parse(kind, label)
    words = {"commentary": commentary, "chosen": chosen, "saved_by": person, "saved_at": clock.now()}
    draft, made = ReportDraft.objects.get_or_create(
        kind=kind, period=period.label, scope=scope, defaults={**words, "version": version + 1}
    )
    if made:
        return draft
    same = ReportDraft.objects.filter(pk=draft.pk, version=version)
    if not same.update(**words, version=version + 1):
        draft.refresh_from_db()
        raise DraftConflict(draft)
    draft.refresh_from_db()
    return draft
