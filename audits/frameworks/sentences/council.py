"""Who the council is: calendar, roles, services, grades and tools in words."""

from collections.abc import Iterator

from audits.frameworks.enums import Capability
from audits.frameworks.schema.framework import Framework
from audits.frameworks.schema.grades import GradeSet
from audits.frameworks.schema.identity import Document, Role
from audits.frameworks.schema.tools import ChecklistItem, Domain, ExtraField, Tool
from audits.frameworks.sentences.model import Listing, Section, Sentence, build, listing, say, section_of
from audits.frameworks.vocabulary.wording import count, join


@section_of("council", "The council and its framework")
def council(framework: Framework) -> Iterator[Sentence]:
    """Names, owner, record system, review, calendar."""
    about, names = framework.authority, framework.names
    yield say(f"{about.name} works to its {about.framework_title}", about)
    if about.practice_model:
        yield say(f"The practice model is {about.practice_model}", about, "practice_model")
    owner = names.role(about.owner)
    yield say(f"The {owner} owns this framework", about, "owner")
    yield say(f"Audits are placed on the child's record in {about.record_system.name}", about.record_system)
    if about.strands:
        strands = join(strand.label.lower() for strand in about.strands)
        yield say(f"Evidence is read in {count(len(about.strands), 'strand')}: {strands}", about, "strands")
    review = about.review
    yield say(
        f"The framework is reviewed every {count(review.every_months, 'month')}", review, "every_months"
    )
    if review.next_on:
        yield say(f"Its next review is due on {review.next_on:%-d %B %Y}", review, "next_on")
    settings = framework.calendar
    due, issue = settings.due_on_non_working_day, settings.issue_on_non_working_day
    text = "A date that people must keep and that falls on a weekend or a bank holiday in England"
    yield say(f"{text} {due.label}; a date on which the product sends something {issue.label}", settings)


@section_of("roles", "Roles")
def roles(framework: Framework) -> Iterator[Section]:
    """Each role with what it may do."""
    for role in framework.roles:
        yield build(role.key, role.label, _role(framework, role))


def _role(framework: Framework, role: Role) -> Iterator[Sentence | Listing]:
    reach = "stands outside the council" if role.external else f"answers for {role.level.label}"
    text = f"The {role.label} {reach}"
    if role.members:
        text += f"; it is a group: {join(framework.names.role(key) for key in role.members)}"
    yield say(text + ("; the post is planned" if role.planned else ""), role)
    given = framework.capabilities(role.key)
    capabilities = [capability for capability in Capability if capability in given]
    yield from listing("May", (capability.label for capability in capabilities), role, "capabilities")
    yield from listing("Duties", role.duties, role, "duties")


@section_of("services", "Services")
def services(framework: Framework) -> Iterator[Sentence]:
    """Which services take part, and whose children they are."""
    for service in framework.services:
        part = (
            "takes part in the monthly audit"
            if service.in_audit
            else "does not take part in the monthly audit"
        )
        yield say(f"{service.name} {'is planned and ' if service.planned else ''}{part}", service)
        if service.statuses:
            statuses = join(status.label.lower() for status in service.statuses)
            text = f"Where a team is not mapped, children with the status {statuses} fall to {service.name}"
            yield say(text, service, "statuses")


@section_of("grades", "Grades")
def grades(framework: Framework) -> Iterator[Section]:
    """Each grade set."""
    for grade_set in framework.grade_sets:
        yield build(grade_set.key, grade_set.label, _grade_set(grade_set))


def _grade_set(grade_set: GradeSet) -> Iterator[Sentence | Listing]:
    labels = [grade.label for grade in grade_set.best_first]
    yield say(f"The grades are, from best to worst, {join(labels)}", grade_set, "grades")
    meanings = (f"{grade.label}: {grade.meaning}" for grade in grade_set.best_first if grade.meaning)
    yield from listing("What they mean", meanings, grade_set, "grades")
    rule = grade_set.not_applicable
    reason = " with a reason" if rule.reason_required else ""
    yield say(
        f"A domain may {'' if rule.allowed else 'not '}be left as not applicable{reason if rule.allowed else ''}",
        rule,
    )
    overall = grade_set.overall
    text = "The overall grade is a judgement and is never computed"
    if overall.warn_steps_from_median:
        steps = count(overall.warn_steps_from_median, "step")
        text += f"; the form points out an overall grade {steps} or more from the middle of the domains"
    if overall.warn_above_inadequate_domain:
        worst, second = labels[-1], labels[-2]
        text += f"; it points out an overall grade better than {second} where a domain is {worst}"
    yield say(text, overall)
    if grade_set.former_scale:
        bands = join(
            f"{band.low} to {band.high} as {grade_set.label_of(band.grade)}"
            for band in grade_set.former_scale.bands
        )
        yield say(f"Historic scores are read as grades: {bands}", grade_set.former_scale)


@section_of("tools", "Audit tools")
def tools(framework: Framework) -> Iterator[Section]:
    """Each tool with its domains."""
    for tool in framework.tools:
        yield build(tool.key, f"{tool.name}, version {tool.version}", _tool(framework, tool))
    if framework.documents:
        yield build(
            "documents", "Documents that say what good looks like", map(_document, framework.documents)
        )


def _document(item: Document) -> Sentence:
    return say(f"{item.title}: {item.address or 'no web address given yet'}", item)


def _tool(framework: Framework, tool: Tool) -> Iterator[Sentence | Listing | Section]:
    where = join(framework.names.service(key) for key in tool.services) or "every service that takes part"
    text = f"It is used in {where}" if tool.graded else "It is a checklist and gives no grades"
    yield say("It is planned" if tool.planned else text, tool)
    if tool.graded:
        titles = join(domain.title for domain in tool.domains if domain.graded)
        number = count(sum(domain.graded for domain in tool.domains), "domain")
        yield say(f"It grades {number} and gives an overall grade: {titles}", tool, "domains")
    if tool.look_back:
        longer = ", and longer with a reason" if tool.look_back.extendable_with_reason else ""
        yield say(f"It looks back {count(tool.look_back.months, 'month')}{longer}", tool.look_back)
    if tool.minutes:
        yield say(f"It is meant to take about {tool.minutes} minutes", tool, "minutes")
    if tool.review:
        often = count(tool.review.every_months, "month")
        asked = join(choice.label for choice in tool.review.asks)
        by = framework.names.role(tool.review.by)
        yield say(f"The {by} reviews the tool itself every {often}: {asked}", tool.review)
    if tool.needs_one_of:
        labels = {item.key: item.label for item in tool.fields}
        words = [labels.get(key, key.replace("_", " ")) for key in tool.needs_one_of]
        yield say(f"Every domain needs at least one of: {join(words)}", tool, "needs_one_of")
    for item in tool.fields:
        yield say(_asks(framework, tool, item), item)
    yield from listing("Questions", map(_question, tool.items), tool, "items")
    yield from listing("Issues a finding can be marked with", (tag.label for tag in tool.tags), tool, "tags")
    codes = (code.label for code in tool.development_codes)
    yield from listing("An area to develop can feed into", codes, tool, "development_codes")
    grades = framework.grade_set(tool.grade_set) if tool.grade_set else None
    for domain in tool.domains:
        yield build(domain.key, domain.title, _domain(framework, domain, grades))


def _question(item: ChecklistItem) -> str:
    """A question of a checklist with the ways in which it may be answered."""
    asked = f"{item.question} ({item.timescale})" if item.timescale else item.question
    if item.in_words:
        return f"{asked}: answered in words"
    answers = join((choice.label for choice in item.choices), "or")
    more = [] if item.notes else ["without a note"]
    more += ["or not applicable, with a reason"] if item.not_applicable else []
    return ", ".join([f"{asked}: {answers}", *more])


def _asks(framework: Framework, tool: Tool, item: ExtraField) -> str:
    """What the form asks, when it has to be answered, and what becomes of the answer."""
    text = f"The form asks for “{item.label}” {_SCOPES[item.scope]}"
    flag = tool.further(item.needed_when) if item.needed_when else None
    if item.required:
        text += "; it has to be answered"
    elif flag:
        text += f"; it has to be answered where “{flag.label}” is answered with yes"
    if item.meaning == "not_of_worker":
        text += "; an audit marked so stays out of the worker's own patterns"
    if item.meaning == "recommends_observation" and item.to and item.due:
        text += f"; the {framework.names.role(item.to)} is asked to arrange it {item.due.in_words(framework.names)}"
    if item.meaning == "last_supervision":
        text += "; rules about supervision count from it rather than from the case list"
    if item.meaning == "no_supervision":
        text += "; with yes, rules about supervision count from the day on which the case was opened"
    if item.mark:
        mark = next((one.label for one in framework.flags if one.key == item.mark), item.mark)
        text += f"; with yes the mark “{mark}” is asked for, with what was seen"
    return text


_SCOPES = {
    "domain": "for each domain",
    "audit": "once for the audit",
    "finding": "for each finding",
    "action": "for each action",
    "conversation": "for each conversation",
    "participant": "from each participant",
}


def _domain(framework: Framework, domain: Domain, grades: GradeSet | None) -> Iterator[Sentence | Listing]:
    yield say(domain.about or f"{domain.title} is {'graded' if domain.graded else 'not graded'}", domain)
    if domain.applies:
        yield say(domain.applies.text, domain.applies)
    yield from listing("Prompts", domain.prompts, domain, "prompts")
    for grade in grades.best_first if grades else ():
        yield from listing(grade.label, domain.descriptor(grade.key), domain, "descriptors")
    criteria = (f"{item.text}{f' ({item.only_when})' if item.only_when else ''}" for item in domain.criteria)
    yield from listing("Criteria", criteria, domain, "criteria")
    checks = (item.text for item in domain.criteria if item.compliance)
    yield from listing("Of these, checks of compliance that have to be marked", checks, domain, "criteria")
    yield from listing("Figures", (item.text for item in domain.thresholds), domain, "thresholds")
    titles = {document.key: document.title for document in framework.documents}
    yield from listing("What good looks like", (titles[key] for key in domain.documents), domain, "documents")
