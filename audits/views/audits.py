"""The page of an audit, the auditors' grades side by side, and somebody's own audits."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from audits.enums import AuditStatus
from audits.forms.conversations import MODES
from audits.frameworks.enums import CaseStatus
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary.wording import join
from audits.models import Assessment, Conversation
from audits.registry import panels_for
from audits.selectors.audits import OPEN_ASSESSMENT, assessments_of, audits_of_work, course
from audits.selectors.conversations import (
    Talk,
    asked_to_join,
    contribution_of,
    holder_of,
    may_record,
    may_write,
    sees_record,
    talks_of,
    took_part,
)
from audits.selectors.family import asks_family, caller_of, family_of, lacks_consent, no_contact_reasons
from audits.selectors.findings import immediate_changes, proposed_actions, wider_findings
from audits.selectors.grades import changes_of, side_by_side, word_for, words_of
from audits.selectors.links import OVERALL_SECTION, assessment_href, audit_href
from audits.selectors.outcome import outcome_seen
from audits.selectors.progress import Task
from audits.selectors.responsibility import responsibility_of
from audits.selectors.standing import Standing, audit_words, grading, is_self_assessment, state_words
from audits.selectors.together import may_look_on
from audits.services.assessments import WORKING, problems_with_revising
from audits.services.conversations import AREAS, DEPARTURE, DISCUSSED_GRADE, DOMAINS, STRENGTHS
from audits.views.common import audit_page, show
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.words import long_date

PER_PAGE = 25


@council_view("audits.audit", "audits.take_part")
def mine(request: CouncilRequest) -> HttpResponse:
    """List what the person audits, and the audits of their own work."""
    page = Paginator(assessments_of(request.person), PER_PAGE).get_page(request.GET.get("page"))
    of_work = [
        {
            "reference": one.reference,
            "href": audit_href(one),
            "status": audit_words(one, framework_of(one.framework_version)),
            "allocated_on": one.allocated_on,
        }
        for one in audits_of_work(request.person)[:PER_PAGE]
    ]
    rows = [_row(one) for one in page]
    return render(request, "audits/mine.html", {"page_obj": page, "rows": rows, "of_work": of_work})


def _row(assessment: Assessment) -> dict[str, Any]:
    audit = assessment.audit
    under_way = assessment.status in OPEN_ASSESSMENT
    return {
        "reference": audit.reference,
        "href": assessment_href(assessment) if under_way else audit_href(audit),
        "slot": framework_of(audit.framework_version).names.slot(assessment.slot),
        "where": " · ".join(str(one) for one in (audit.service, audit.team) if one),
        "status": state_words(assessment, framework_of(audit.framework_version)),
        "tone": "blue" if under_way else "grey",
        "open": under_way,
        "due_on": assessment.due_on,
    }


@audit_page
def overview(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Show what the audit is, who takes part, where it stands, and what the person may see and do."""
    audit = standing.audit
    context = {
        "status": audit_words(audit, standing.framework),
        "tasks": _tasks(standing),
        "people": _people(standing),
        "facts": _facts(standing),
        "outcome": outcome_seen(standing) if standing.sees_grades else None,
        "responsibility": responsibility_of(audit).sentences if standing.sees_grades else (),
        "comparison": side_by_side(standing),
        "is_checklist": standing.framework.tool(audit.tool).is_checklist,
        "conversations": _conversations(standing),
        "actions": proposed_actions(standing),
        "findings": wider_findings(standing),
        "changes": immediate_changes(standing),
        "family": _family(standing),
        "family_url": audit_href(audit, "family") if caller_of(audit, standing.framework) else "",
        "may_record_change": standing.may_record_change,
        "change_url": audit_href(audit, "immediate_change"),
        "course": course(standing),
        "panels": panels_for(standing),
        "hidden_reason": _why_hidden(standing),
    }
    return show(request, "audits/audit.html", standing, context)


@audit_page
def grades(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Show the auditors' grades and words side by side; before the reveal only say when that will be."""
    comparison = side_by_side(standing)
    if comparison is None:
        messages.info(request, _why_hidden(standing))
        return redirect(audit_href(standing.audit))
    revisable = [one for one in standing.own if not problems_with_revising(one, standing.framework)]
    titles = {row.domain: row.label for row in comparison.rows}
    context: dict[str, Any] = {
        "comparison": comparison,
        "rows": [(row, words_of(row)) for row in comparison.rows],
        "outcome": outcome_seen(standing),
        "responsibility": responsibility_of(standing.audit).sentences,
        "is_compared": len(grading(standing.framework, standing.assessments)) > 1,
        "changes": [
            (one, titles.get(one.domain, one.domain), word_for(standing.framework, one.grade))
            for one in changes_of(standing)
        ],
        "change_links": [
            (row, assessment_href(one, "change_grade", row.domain or OVERALL_SECTION))
            for one in revisable
            for row in comparison.graded
        ],
        "is_checklist": not comparison.graded,
        "own_url": assessment_href(standing.own[0]) if standing.own else "",
        "submit_url": assessment_href(revisable[0], "submit") if revisable else "",
    }
    return show(request, "audits/grades.html", standing, context)


def _tasks(standing: Standing) -> list[Task]:
    """Return what the person themselves can do with this audit now."""
    audit, names = standing.audit, standing.framework.names
    tasks = []
    for one in standing.own:
        if one.status in OPEN_ASSESSMENT and audit.status != AuditStatus.WITHDRAWN:
            title = f"Your part: {names.slot(one.slot).lower()}"
            tasks.append(Task(title, state_words(one, standing.framework), "blue", assessment_href(one)))
        else:
            state = state_words(one, standing.framework)
            tasks.append(Task("Your assessment", state, "", assessment_href(one)))
    for one in standing.assessments:
        waits = is_self_assessment(standing.framework, one.slot) and one.status in WORKING
        if waits and standing.is_auditor and one.assessor:
            hint = f"{one.assessor.name} gives it before you meet. You can go on without it, with a reason."
            tasks.append(
                Task(
                    names.slot(one.slot),
                    "Not given yet",
                    "grey",
                    audit_href(audit, "excuse_part", one.slot),
                    hint,
                )
            )
    if standing.may_record_consent and lacks_consent(audit, standing.framework):
        hint = "Ask the family before the auditor rings them, and say what makes a call safe."
        tasks.append(
            Task("Record the family’s answer", "Not started", "blue", audit_href(audit, "family"), hint)
        )
    return tasks + _conversation_tasks(standing)


def _conversation_tasks(standing: Standing) -> list[Task]:
    """Return what the person takes part in: to be held, to be written in their own words, to look on."""
    audit, tasks = standing.audit, []
    for talk in asked_to_join(standing):
        holder = holder_of(audit, talk)
        by = holder.assessor.name if holder and holder.assessor else "The auditor"
        hint, state = f"{by} arranges it with you and writes the record.", "To be held"
        if talk.appointment:
            state = f"Booked for {long_date(talk.appointment.booked_for)}"
        tasks.append(Task(talk.label, state, "", "", hint))
    for talk in talks_of(standing):
        if not may_write(talk, audit, standing.person):
            continue
        written = contribution_of(talk, standing.person)
        done = written is not None and written.written_by_id == standing.person.pk
        words, tone = ("Written", "") if done else ("Optional", "blue")
        title = f"In your own words: {talk.sentence}"
        tasks.append(Task(title, words, tone, audit_href(audit, "own_words", talk.key)))
    if may_look_on(standing):
        hint = "You carry it out together: read what is written so far."
        tasks.append(Task("The audit as it stands", "Open", "teal", audit_href(audit, "together"), hint))
    return tasks


def _people(standing: Standing) -> list[dict[str, Any]]:
    audit, names = standing.audit, standing.framework.names
    rows = [
        {"key": "Allocated worker", "value": audit.worker.name if audit.worker else "Nobody: unallocated"}
    ]
    for one in standing.assessments:
        value = one.assessor.name if one.assessor else f"Nobody yet. {one.problem}".strip()
        said = f"\n{one.excused_reason}" if one.excused_reason else ""
        rows.append(
            {"key": names.slot(one.slot), "value": f"{value}\n{state_words(one, standing.framework)}{said}"}
        )
    if audit.manager:
        rows.append({"key": "Team manager", "value": audit.manager.name})
    if audit.chair:
        rows.append({"key": "IRO or chair", "value": audit.chair.name})
    return rows


def _facts(standing: Standing) -> list[dict[str, Any]]:
    audit = standing.audit
    child = " · ".join(part for part in (audit.case.local_id, audit.case.initials) if part)
    return [
        {"key": "Child’s record", "value": child},
        {"key": "Status when drawn", "value": _status_words(audit.case_status)},
        {
            "key": "Service and team",
            "value": " · ".join(str(one) for one in (audit.service, audit.team) if one),
        },
        {"key": "How it was chosen", "value": audit.get_origin_display()},
    ]


def _status_words(key: str) -> str:
    words = {one.value: one.label for one in CaseStatus}
    return words.get(key) or key.replace("_", " ").capitalize()


def _conversations(standing: Standing) -> list[dict[str, Any]]:
    found = []
    for talk in talks_of(standing):
        record = talk.record
        excuses = {one.key: one.label for one in talk.framework.excused_reasons}
        seen = record is not None and sees_record(talk, standing)
        discussed = record.answers.get(DISCUSSED_GRADE) if record and seen else None
        found.append(
            {
                "talk": talk,
                "record": record,
                "seen": seen,
                "excused": excuses.get(record.excused_reason, "") if record else "",
                "mode": dict(MODES).get(record.mode, "") if record else "",
                "with": join(one.name for one in took_part(record)) if record and seen else "",
                "answers": _answers(standing, talk, record) if record and seen else [],
                "agreement": _agreement(record) if record and seen and not discussed else "",
                "contributions": [one for one in talk.contributions if one.view or one.learning]
                if seen or standing.is_worker
                else [],
                "book_url": audit_href(standing.audit, "book", talk.key)
                if may_record(talk, standing) and not talk.is_between_auditors and not talk.record
                else "",
                "grade": word_for(standing.framework, discussed) if discussed else "",
                "href": audit_href(standing.audit, "conversation", talk.key)
                if may_record(talk, standing)
                else "",
            }
        )
    return found


def _answers(standing: Standing, talk: Talk, record: Conversation) -> list[tuple[str, str]]:
    domains = {one.key: one.title for one in standing.framework.tool(standing.audit.tool).domains}
    covered = join(domains.get(key, key) for key in record.answers.get(DOMAINS, ()))
    asked = {str(number): text for number, text in enumerate(talk.framework.prompts, 1)}
    asked |= {one.key: one.label for one in talk.framework.questions}
    asked |= {
        STRENGTHS: "Strengths",
        AREAS: "Areas that need attention",
        DEPARTURE: "What was not as it should be, and why",
    }
    found = [(text, record.answers[key]) for key, text in asked.items() if record.answers.get(key)]
    return [*([("Talked about", covered)] if covered else []), *found]


def _agreement(record: Conversation) -> str:
    """Say whether the worker agrees with what was written down; empty where they were not asked."""
    if record.worker_agrees is None:
        return ""
    verb = "agrees" if record.worker_agrees else "does not agree"
    return f"The worker {verb} with the strengths and areas written down."


def _family(standing: Standing) -> list[dict[str, Any]]:
    """Return whom the framework wants heard; what they said only where the auditor's words are shown."""
    audit = standing.audit
    if caller_of(audit, standing.framework) is None:
        return []
    calls = any(asks_family(one, standing.framework) for one in standing.own)
    seen = standing.sees_grades or calls
    reasons = no_contact_reasons(standing.framework)
    return [
        {
            "relative": one,
            "words": [contact for contact in one.spoken_to if contact.words] if seen else [],
            "reason": reasons.get(one.reason.no_contact_reason, "") if seen and one.reason else "",
        }
        for one in family_of(audit, standing.framework)
    ]


def _why_hidden(standing: Standing) -> str:
    """Say when the grades will be seen, in words that tell nothing of them."""
    if standing.sees_grades or standing.audit.status == AuditStatus.WITHDRAWN:
        return ""
    what = "answers" if standing.framework.tool(standing.audit.tool).is_checklist else "grades"
    if standing.is_auditor or standing.sees_all:
        alone = standing.framework.process.reveal.rule != "own_only_until_locked_and_discussed"
        if alone:
            return f"{what.capitalize()} are shown once the auditor has submitted."
        once = "all auditors have locked their own and their discussion is recorded"
        return f"{what.capitalize()} are shown once {once}."
    if standing.is_worker and standing.is_held_together:
        return f"You see what the auditor writes from the day of your session on, and the {what} once they are locked."
    if standing.has_case_now and not (standing.is_worker or standing.is_manager or standing.is_chair):
        return f"You see the {what} once they are final."
    return f"You see the {what} once all auditors have submitted."
