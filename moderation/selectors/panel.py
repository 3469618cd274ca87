"""The panel of moderation on the audit page."""

from collections.abc import Iterable

from django.urls import reverse

from audits.cases.models import Case
from audits.cases.registry import Panel as CasePanel
from audits.enums import AuditStatus
from audits.registry import Panel
from audits.selectors.disagreements import disagreements_of, may_disagree
from audits.selectors.facts import framework_for
from audits.selectors.people import auditors_ever
from audits.selectors.standing import Standing
from moderation.enums import OPEN, ModerationStatus
from moderation.paths import dispute_href, moderation_href
from moderation.selectors.disputes import (
    current_step,
    dispute_list,
    disputes_about,
    may_see_dispute,
    no_ladder_about_grades,
    rule_of,
    rules_about_practice,
    rules_to_raise,
)
from moderation.selectors.lists import moderation_of
from qaf.tenants.models import Person
from qaf.tenants.permissions import may


def moderation_panel(standing: Standing) -> Iterable[Panel]:
    """Return why the audit is moderated and by when, for everybody who sees its grades.

    Those who allocate find the way to the moderation, or to ask for one; an auditor never does.
    """
    audit, person = standing.audit, standing.person
    found = moderation_of(audit.pk)
    if found is not None and found.status == ModerationStatus.NAMED:
        # Its auditor tells the moderator when the first stage is done, so the name is known from the beginning.
        if standing.is_auditor or standing.sees_all or standing.is_manager or standing.is_worker:
            yield Panel("Moderation", "moderation/_panel.html", {"moderation": found}, order=20)
        return
    if not standing.sees_grades:
        return
    outsider = person.pk not in auditors_ever(audit)
    allocates = outsider and may(person, "moderation.allocate")
    if found is None:
        if allocates and audit.status == AuditStatus.OUTCOME:
            ask_url = reverse("moderation:ask", args=[audit.authority.slug, audit.reference])
            yield Panel("Moderation", "moderation/_panel.html", {"ask_url": ask_url}, order=20)
        return
    sits = found.members.filter(person=person).exists()
    opens = allocates or found.moderator_id == person.pk or sits
    context = {
        "moderation": found,
        "reasons": found.reasons.all(),
        "open": found.status in OPEN,
        "href": moderation_href(found) if opens else "",
    }
    yield Panel("Moderation", "moderation/_panel.html", context, order=20)


def dispute_panel(standing: Standing) -> Iterable[Panel]:
    """Return what is disputed about the audit, what the person may raise, and where there is no further step."""
    audit, person = standing.audit, standing.person
    if not standing.sees_grades and not standing.is_auditor and not standing.is_worker:
        return
    framework = framework_for(audit)
    shown = [one for one in disputes_about(audit) if may_see_dispute(one, person)]
    rules = rules_to_raise(audit, person)
    context = {
        "disputes": [(one, rule_of(one).label, dispute_href(one), current_step(one)) for one in shown],
        "rules": rules,
        "raise_url": reverse("moderation:raise", args=[audit.authority.slug, audit.reference]),
        "disagree_url": reverse("moderation:disagree", args=[audit.authority.slug, audit.reference])
        if may_disagree(audit, person)
        else "",
        "disagreements": [(one, framework.names.party(one.party)) for one in disagreements_of(audit)]
        if standing.sees_grades
        else [],
        "none": no_ladder_about_grades(audit) if standing.sees_grades else "",
    }
    if any(context[name] for name in ("disputes", "rules", "disagree_url", "disagreements", "none")):
        yield Panel("Disagreement", "moderation/_disputes.html", context, order=25)


def disputes_of_case(case: Case, person: Person) -> Iterable[CasePanel]:
    """Yield what was raised about practice with the child, and the way to raise something."""
    shown = [one for one in dispute_list().filter(case=case, audit=None) if may_see_dispute(one, person)]
    rules = rules_about_practice(case, person)
    if shown or rules:
        yield CasePanel(
            template="moderation/_disputes_of_case.html",
            context={
                "disputes": [(one, rule_of(one).label, dispute_href(one)) for one in shown],
                "raise_url": reverse("moderation:raise_for_child", args=[case.authority.slug, case.pk])
                if rules
                else "",
            },
        )
