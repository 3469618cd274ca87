"""The sections of a report that show what was learned: movement, coded findings, themes, meaning, evaluation, plan."""

from collections import Counter

from audits.enums import NOT_APPLICABLE, OVERALL
from audits.followup.enums import ActionStatus
from qaf.ui import words
from reporting.enums import ReportKind
from reporting.models import ChosenCase
from reporting.selectors.examples import CHANGE, IMPACT, STRENGTH, WIDER
from reporting.selectors.learning import chosen_cases, evaluations_within, plan, sessions_of
from reporting.selectors.programmes import audits_of_theme, themes_between
from reporting.selectors.records import audit_rows
from reporting.services.figures import agreement, areas, family, findings, meaning, movement
from reporting.services.figures.model import (
    Block,
    Column,
    Figure,
    Note,
    Quotes,
    Section,
    Table,
    Tiles,
    Words,
)
from reporting.services.sections import printed
from reporting.services.source import Source


def movement_section(made_from: Source) -> Section | None:
    """What moderation did to the auditors' grades (DUR-87, SEF-104)."""
    records = made_from.records
    own = agreement.own_view(records)
    if not movement.moves(records):
        nothing = Note("No moderated audit of these months is final yet.")
        return Section("movement", "Moderation", (nothing, Tiles(own)) if own else (nothing,))
    units = [movement.by_unit(records, "service")] if made_from.whole else []
    return Section(
        "movement",
        "Moderation",
        (
            Tiles((*movement.movement_figures(records), *own)),
            movement.by_domain(records),
            *units,
            movement.by_unit(records, "team"),
        ),
        intro="Does moderation confirm what auditors see?",
    )


def finding_section(made_from: Source) -> Section | None:
    """Strengths and barriers that were heard in the audits' words, with the texts that were ticked."""
    records = made_from.records
    quotes = printed(made_from, STRENGTH, WIDER) if made_from.wanted.kind != ReportKind.QUARTERLY else ()
    if not any(records.parts.coded.values()):
        return Section("findings", "Strengths and barriers", tuple(quotes))
    return Section(
        "findings",
        "Strengths and barriers",
        (Tiles(findings.finding_figures(records)), findings.finding_table(records), *quotes),
        intro="What works for children, and what gets in the way?",
    )


def themed_section(made_from: Source) -> Section | None:
    """Each theme that audits looked at, with its own numbers: no theme is compared with another (DUR-94)."""
    records, period = made_from.records, made_from.period
    themes = themes_between(period.starts, period.ends)
    if made_from.scope.startswith("theme-"):
        themes = [one for one in themes if f"theme-{one.pk}" == made_from.scope]
    blocks: list[Block] = []
    best = records.framework.main_grades.best_first
    parts = {row.pk: row for row in records.audits}
    for theme in themes:
        own = [row for row in audit_rows(audits_of_theme(theme.pk)) if row.status != "withdrawn"]
        final = Counter(records.grade(parts[row.pk]) for row in own if row.pk in parts and row.is_final)
        blocks += [
            Words(
                theme.title,
                f"{theme.question}\n\nWhy it was chosen: {theme.reason_label}. {theme.triggered_by}",
            ),
            Table(
                key=f"theme_{theme.pk}",
                title=f"{theme.title}: audits and grades",
                definition="Audits that looked at the theme, and the final overall grades among them.",
                population="audits of the theme, without those withdrawn",
                columns=(
                    Column("Theme", "text"),
                    Column("Audits"),
                    Column("Submitted"),
                    *(Column(grade.label) for grade in best),
                ),
                rows=(
                    (
                        theme.title,
                        len(own),
                        sum(bool(row.submitted_at) for row in own),
                        *(final[grade.key] for grade in best),
                    ),
                ),
            ),
        ]
    return Section("themed", "Themed audits", tuple(blocks), intro="What did the themes show?")


def meaning_section(made_from: Source) -> Section | None:
    """What audits have meant for children: stated changes, re-audits, the family's words (DUR-31)."""
    records = made_from.records
    heard = family.themes(records).rows
    themes: list[Block] = [family.theme_chart(records), family.themes_by_service(records)] if heard else []
    return Section(
        "meaning",
        "What it has meant for children",
        (
            Tiles(meaning.meaning(records)),
            *meaning.answers(records),
            *themes,
            *printed(made_from, CHANGE, IMPACT),
            *_family_words(made_from),
        ),
        intro="What is different for children because somebody looked?",
    )


def _family_words(made_from: Source) -> list[Quotes]:
    quotes = family.quotes(made_from.records)
    return [quotes] if quotes.items else []


def evaluation_section(made_from: Source) -> Section | None:
    """The evaluations of these months, word for word as they were frozen (WSX-91)."""
    blocks: list[Block] = []
    for snapshot in evaluations_within(made_from.period.starts, made_from.period.ends):
        title = (
            f"{snapshot.figures['title']}, {snapshot.figures['period']['title']}, edition {snapshot.number}"
        )
        heads = {
            section["commentary"]: section.get("heading") or section["title"]
            for section in snapshot.figures["sections"]
            if section["commentary"]
        }
        by = f"{title}{f', by {snapshot.made_by.name}' if snapshot.made_by else ''}"
        blocks += [
            Words(head, snapshot.commentary[key], by)
            for key, head in heads.items()
            if snapshot.commentary.get(key)
        ]
    return Section(
        "evaluation", "Evaluation", tuple(blocks), intro="What do the audits mean, taken together?"
    )


def chosen_section(made_from: Source) -> Section | None:
    """The audits chosen for senior leaders: in full in their own paper, as a list elsewhere (WSX-92 to 94)."""
    cases = list(chosen_cases(made_from.period.label))
    in_full = made_from.wanted.kind == ReportKind.CASE_PAPER
    labels = made_from.framework.main_grades
    rows, texts = [], []
    for one in cases:
        grade = {row.domain: row.grade for row in one.audit.grades.all()}.get(OVERALL, NOT_APPLICABLE)
        label = labels.label_of(grade) if grade in labels.ranks else "No overall grade"
        service = one.audit.service.name if one.audit.service else "No service known"
        rows.append((one.audit.reference, service, label, len(one.comments.all()), one.reason))
        if in_full:
            texts += _paper_of(one, f"{one.audit.reference}, {service}: {label}", made_from)
    table = Table(
        key="chosen_cases",
        title="Audits chosen for senior leaders",
        definition="Chosen by the quality assurance service among moderated audits, each with its reason.",
        population="audits of the quarter that were moderated and are final",
        columns=(
            Column("Audit", "text"),
            Column("Service", "text"),
            Column("Grade", "text"),
            Column("Comments"),
            Column("Why it was chosen", "text"),
        ),
        rows=tuple(rows),
        empty="No audit has been chosen.",
    )
    return Section("chosen_cases", "Chosen cases", (table, *texts) if cases else ())


def _paper_of(one: ChosenCase, title: str, made_from: Source) -> list[Words]:
    found = [Words(f"{title}. Why it was chosen", one.reason)]
    found += [
        Words(f"{one.audit.reference}: {section.title}", one.paper[section.key])
        for section in made_from.wanted.written
        if section.key and one.paper.get(section.key)
    ]
    for comment in one.comments.all():
        text = f"{comment.overview}\n\n{comment.comments}" if comment.comments else comment.overview
        found.append(Words(f"{one.audit.reference}: what senior leaders say", text, comment.person.name))
    return found


def session_section(made_from: Source) -> Section | None:
    """The sessions in which people learned from these months (SEF-130, SEF-131)."""
    labels = [f"{month:%Y-%m}" for month in made_from.records.months]
    sessions = sessions_of([*labels, made_from.period.label])
    rows = tuple(
        (
            one.title,
            words.short_date(one.held_on),
            one.invited,  # type: ignore[attr-defined]
            one.came,  # type: ignore[attr-defined]
            len(one.improvements.all()),
        )
        for one in sessions
    )
    table = Table(
        key="sessions",
        title="Learning sessions",
        definition="Sessions held, who was invited and came, and the ideas and feedback taken up.",
        population="sessions about the audits of the period",
        columns=(
            Column("Session", "text"),
            Column("Held", "text"),
            Column("Invited"),
            Column("Came"),
            Column("Ideas and feedback"),
        ),
        rows=rows,
    )
    agreed_words = [Words(f"Agreed at {one.title}", one.agreed) for one in sessions if one.agreed]
    return Section(
        "sessions",
        "Learning together",
        (table, *agreed_words) if sessions else (),
        intro="What did people take up?",
    )


def plan_section(made_from: Source) -> Section | None:
    """The organisation's plan: what is open, and what was finished within the period."""
    found = plan(as_of=made_from.records.as_of, since=made_from.period.starts)
    rows = tuple(
        (
            one.action.text,
            one.entry.get_source_display(),
            one.action.owner.name if one.action.owner else "Nobody yet",
            words.short_date(one.action.due_on),
            "Overdue" if one.late else ActionStatus(one.action.status).label,
            one.action.change_for_child or "",
        )
        for one in found
    )
    table = Table(
        key="plan",
        title="Improvement plan of the organisation",
        definition="Actions of the organisation that are open, or were signed off within the period.",
        population="actions that belong to no single child",
        columns=tuple(
            Column(label, "text")
            for label in ("Action", "From", "Owner", "Due", "Where it stands", "What it changed")
        ),
        rows=rows,
    )
    tiles = Tiles(
        (
            Figure("plan_actions", "Actions in the plan", table.definition, table.population, len(found)),
            Figure(
                "plan_late",
                "Overdue",
                "Past their day and not done.",
                table.population,
                sum(one.late for one in found),
                len(found),
                "late" if any(one.late for one in found) else "",
            ),
        )
    )
    return Section("plan", "Improvement plan", (tiles, table) if found else ())


def audit_area_section(made_from: Source) -> Section | None:
    """The scorecard's audit area, from audit results (SLO-40)."""
    period = made_from.period
    return Section(
        "audit_area", "Audit", (Tiles(areas.audit_area(made_from.records, period.starts, period.ends)),)
    )


def supervision_area_section(made_from: Source) -> Section | None:
    """The scorecard's supervision area, from supervision numbers and whole-caseload checks (SLO-40)."""
    records, period = made_from.records, made_from.period
    return Section(
        "supervision_area",
        "Supervision",
        (
            Tiles(areas.supervision_area(records)),
            areas.supervision_table(records),
            areas.caseload_table(records, period.ends),
        ),
    )
