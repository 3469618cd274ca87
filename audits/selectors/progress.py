"""How far an auditor's assessment is, part by part: the task list."""

from dataclasses import dataclass, field

from audits.enums import AssessmentStatus, AuditStatus
from audits.models import Assessment
from audits.selectors.checking import is_offered, is_required, latest_check
from audits.selectors.conversations import Talk, conversations_of, is_open, may_record
from audits.selectors.family import asks_family, family_of
from audits.selectors.findings import immediate_changes, proposed_actions, wider_findings
from audits.selectors.links import assessment_href, audit_href
from audits.selectors.missing import has_action_or_reason, missing_before_submission
from audits.selectors.sections import Section, sections_of
from audits.selectors.standing import Standing, gives_grades, is_self_assessment
from qaf.ui.words import long_date, plural

DONE, BEGIN, UNDER_WAY, LATER, OPTIONAL = (
    ("Completed", ""),
    ("Not started", "blue"),
    ("In progress", "teal"),
    ("Cannot start yet", ""),
    ("Optional", ""),
)


@dataclass(frozen=True)
class Task:
    """One line of the task list, as the kit draws it; no ``href``: it cannot be opened now."""

    title: str
    status: str
    tone: str = ""
    href: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Part:
    """A group of tasks under one heading."""

    title: str
    tasks: list[Task] = field(default_factory=list)
    done: int = 0
    total: int = 0


def parts_of(assessment: Assessment, standing: Standing) -> list[Part]:
    """Return the task list of an auditor's own assessment; the number of queries does not grow with its parts."""
    sections = sections_of(assessment, standing.framework)
    if not gives_grades(standing.framework, assessment.slot):
        return [_own_words(assessment, standing, sections), _handing_in(assessment, sections)]
    parts = (
        _judgement(assessment, sections),
        _people(assessment, standing),
        _what_follows(assessment, standing),
        _finishing(assessment, standing, sections),
    )
    return [part for part in parts if part.tasks]


def _own_words(assessment: Assessment, standing: Standing, sections: list[Section]) -> Part:
    """Return the sections of a part whose grades do not count: nothing in it has to be written."""
    given = assessment.status not in (AssessmentStatus.ALLOCATED, AssessmentStatus.IN_PROGRESS)
    shown = [one for one in sections if one.applies or one.is_begun]
    if not is_self_assessment(standing.framework, assessment.slot):
        shown = [one for one in shown if one.is_overall] or shown
    tasks = []
    for one in shown:
        state = ("Handed in" if given else "Written", "") if one.is_begun else OPTIONAL
        href = "" if given else assessment_href(assessment, "section", one.key)
        tasks.append(Task(one.title, *state, href))
    return Part("Your own words", tasks)


def _handing_in(assessment: Assessment, sections: list[Section]) -> Part:
    if assessment.status == AssessmentStatus.SUBMITTED:
        return Part("Hand in", [Task("Hand in", *DONE)])
    if assessment.status == AssessmentStatus.EXCUSED:
        return Part("Hand in", [Task("Hand in", "Not needed", hint=assessment.excused_reason)])
    ready = ("Ready", "green") if any(one.is_begun for one in sections) else ("Not ready", "grey")
    return Part("Hand in", [Task("Hand in", *ready, assessment_href(assessment, "hand_in"))])


def _judgement(assessment: Assessment, sections: list[Section]) -> Part:
    locked = assessment.locked_at is not None
    tasks = []
    for section in sections:
        href = assessment_href(assessment, "section", section.key)
        if locked:
            href = f"{assessment_href(assessment, 'written')}#{section.key}"
        status, tone = _section_state(section, locked)
        tasks.append(Task(section.title, status, tone, href))
    done = sum(1 for one in sections if locked or (one.is_complete and (one.is_begun or not one.applies)))
    title = "Your answers" if all(one.ungraded for one in sections) else "Your judgement"
    return Part(title, tasks, done, len(sections))


def _section_state(section: Section, locked: bool) -> tuple[str, str]:
    if locked:
        return "Locked", ""
    if not section.applies and not section.is_begun:
        return "Does not apply", ""
    if section.is_complete:
        return DONE
    return UNDER_WAY if section.is_begun else BEGIN


def _people(assessment: Assessment, standing: Standing) -> Part:
    audit = standing.audit
    tasks = [
        _talk(talk, assessment, standing)
        for talk in conversations_of(audit, standing.framework)
        if assessment.slot in talk.slots
    ]
    if asks_family(assessment, standing.framework):
        for one in family_of(audit, standing.framework):
            status, tone = one.state
            tasks.append(Task(one.label, status, tone, audit_href(audit, "family_contact", one.key)))
    family = standing.framework.process.family_feedback is not None
    return Part("Conversations and the family" if family else "Conversations", tasks)


def _talk(talk: Talk, assessment: Assessment, standing: Standing) -> Task:
    href = audit_href(standing.audit, "conversation", talk.key)
    if talk.record:
        editable = may_record(talk, standing) and not talk.is_between_auditors
        return Task(
            talk.label,
            "Completed" if talk.record.status == "held" else "Excused",
            "",
            href if editable else "",
        )
    if not is_open(talk, standing.audit):
        hint = "Opens once all auditors have locked their grades." if talk.is_between_auditors else ""
        return Task(talk.label, *LATER, hint=hint)
    hint = f"Booked for {long_date(talk.appointment.booked_for)}." if talk.appointment else ""
    if talk.needs_booking:
        hint = "Agree a day first, and record it."
    if not talk.is_required:
        return Task(talk.label, *OPTIONAL, href=href, hint=hint)
    return Task(talk.label, *BEGIN, href=href, hint=hint)


def _what_follows(assessment: Assessment, standing: Standing) -> Part:
    audit = standing.audit
    done = assessment.submitted_at is not None
    actions = [one for one in proposed_actions(standing) if one.assessment_id == assessment.pk]
    findings = [one for one in wider_findings(standing) if one.assessment_id == assessment.pk]
    changes = [one for one in immediate_changes(standing) if one.recorded_by_id == standing.person.pk]
    if actions:
        state: tuple[str, str] = (plural(len(actions), "action"), "")
    elif has_action_or_reason(assessment):
        state = ("None from you", "")
    else:
        state = BEGIN
    wider = (plural(len(findings), "finding"), "") if findings else OPTIONAL
    changed = (plural(len(changes), "change"), "") if changes else OPTIONAL
    tasks = [
        Task("Actions", *state, href="" if done else assessment_href(assessment, "actions")),
        Task(
            "Wider finding",
            *wider,
            href="" if done else assessment_href(assessment, "wider_findings"),
            hint="Something that reaches beyond this child and this worker.",
        ),
        Task(
            "Changed at once",
            *changed,
            href="" if done else audit_href(audit, "immediate_change"),
            hint="A change in the management of the case that could not wait for the action plan.",
        ),
    ]
    return Part("What should follow", tasks)


def _finishing(assessment: Assessment, standing: Standing, sections: list[Section]) -> Part:
    audit = standing.audit
    lock_href, submit_href = assessment_href(assessment, "lock"), assessment_href(assessment, "submit")
    what = "answers" if all(one.ungraded for one in sections) else "grades"
    if assessment.locked_at:
        lock = Task(f"Lock your {what}", *DONE)
    elif any(section.missing for section in sections):
        lock = Task(f"Lock your {what}", "Not ready", "grey", lock_href, "Shows what is still missing.")
    else:
        lock = Task(
            f"Lock your {what}",
            "Ready",
            "green",
            lock_href,
            _who_sees(standing),
        )
    shown = audit.status not in (AuditStatus.ALLOCATED, AuditStatus.IN_PROGRESS, AuditStatus.LOCKED)
    grades = Task(
        f"{what.capitalize()} side by side",
        "Shown" if shown else "Not shown yet",
        "",
        audit_href(audit, "grades") if shown else "",
        "" if shown else "Shown when all auditors have locked and their discussion is recorded.",
    )
    alone = len([one for one in standing.assessments if gives_grades(standing.framework, one.slot)]) == 1
    if assessment.status == AssessmentStatus.SUBMITTED:
        submit = Task("Submit", *DONE)
    elif assessment.locked_at is None:
        submit = Task("Submit", *LATER)
    elif missing_before_submission(assessment, standing.framework):
        submit = Task("Submit", "Not ready", "grey", submit_href, "Shows what is still missing.")
    else:
        submit = Task("Submit", "Ready", "green", submit_href)
    check = _check(assessment, standing)
    if alone:
        return Part("Lock and submit", [*check, lock, submit])
    return Part("Lock, compare, submit", [*check, lock, grades, submit])


def _who_sees(standing: Standing) -> str:
    rule = standing.framework.process.reveal.rule
    if rule == "held_together":
        return "The worker sees them at once: you carry out this audit together."
    if rule == "single_auditor":
        return "Nobody else sees them before you submit."
    return "Nobody else sees them until all auditors have locked."


def _check(assessment: Assessment, standing: Standing) -> list[Task]:
    """The look at the audit before it is finalised, where the framework offers one."""
    if not is_offered(assessment, standing.framework):
        return []
    check, href = latest_check(assessment), assessment_href(assessment, "ask_check")
    if check and check.checked_at:
        state = ("Feedback is there", "green") if assessment.submitted_at is None else DONE
    elif check:
        state = ("Asked for", "teal")
    elif assessment.submitted_at:
        return []
    else:
        state = BEGIN if is_required(assessment, standing.framework) else OPTIONAL
    hint = "Somebody of the quality assurance team gives you feedback."
    return [Task("A check before you finalise", *state, href=href, hint=hint)]
