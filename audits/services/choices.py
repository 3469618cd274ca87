"""Cases that somebody chooses for a quota: an auditor with a reason, or a named post that settles a list."""

from collections.abc import Iterable, Sequence
from datetime import date

from audits.enums import ChoiceStatus, Origin
from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary.strategies import QuotaPerRole, RoleQuota
from audits.models import Audit, CaseChoice, Cycle
from audits.services import notifying
from audits.services.quotas import Share
from qaf.lib import calendar
from qaf.ui.words import month as month_words

BY_POST, BY_AUDITOR = "named_post", "auditor_choice"


def share_key(choice: CaseChoice) -> str:
    """Return the key of the share that the choice is for."""
    return f"{choice.role} {choice.auditor_id} {choice.number}"


def quota_of(framework: Framework, role: str) -> RoleQuota:
    """Return the framework's quota of a role. Raises ``KeyError`` where it has none."""
    strategy = framework.sampling.strategy
    if isinstance(strategy, QuotaPerRole):
        for quota in strategy.quotas:
            if quota.role == role:
                return quota
    raise KeyError(f"the framework has no quota for '{role}'")


# A list that a named post settles before the month is opened ---------------------------------------------------------


def settles_a_list(framework: Framework) -> bool:
    """Say whether a named post settles some of the month's cases before it is opened."""
    strategy = framework.sampling.strategy
    return isinstance(strategy, QuotaPerRole) and strategy.has_list_to_confirm


def list_of(cycle: Cycle) -> list[CaseChoice]:
    """Return the month's list, in the order in which it was proposed."""
    # A month that nobody has prepared is no row yet: looking ahead leaves no trace.
    found = CaseChoice.objects.filter(cycle=cycle.pk, method=BY_POST)
    return list(found.select_related("auditor", "case__team", "case__service", "decided_by").order_by("pk"))


def lists_to_settle(cycle: Cycle, framework: Framework) -> list[str]:
    """Return in sentences what of the month's list still has to be settled; empty where nothing has."""
    if not settles_a_list(framework):
        return []
    who = framework.names.role(framework.sampling.owner)
    rows = list_of(cycle)
    if not rows:
        return [f"The {who} has to settle the list of cases for {month_words(cycle.period)} first."]
    waiting = sum(one.status == ChoiceStatus.WAITING for one in rows)
    if waiting:
        month = month_words(cycle.period)
        return [f"The {who} has to confirm the list of cases for {month}: {waiting} of {len(rows)} wait."]
    return []


def settled_cases(cycle: Cycle) -> dict[str, str]:
    """Return the local ids that the named post settled on, by the key of their share."""
    rows = CaseChoice.objects.filter(
        cycle=cycle, method=BY_POST, status=ChoiceStatus.CHOSEN, case__isnull=False
    )
    return {share_key(one): one.case.local_id for one in rows.select_related("case") if one.case}


def chosen_by_a_post(cycle: Cycle) -> set[int]:
    """Return the ids of the cases that the named post put in place of those that chance proposed."""
    rows = CaseChoice.objects.filter(cycle=cycle, origin=Origin.NAMED_POST, case__isnull=False)
    return set(rows.values_list("case_id", flat=True))


def link_choices(cycle: Cycle, audits: Iterable[Audit]) -> None:
    """Note beside each settled case the audit that came of it."""
    by_case = {audit.case_id: audit for audit in audits}
    rows = list(CaseChoice.objects.filter(cycle=cycle, case__in=by_case, audit=None))
    for one in rows:
        one.audit = by_case[one.case_id or 0]
    CaseChoice.objects.bulk_update(rows, ["audit"])


# A choice that the auditor makes -------------------------------------------------------------------------------------


def ask_for_choices(cycle: Cycle, framework: Framework, shares: Sequence[Share]) -> list[CaseChoice]:
    """Ask each of these holders to choose a case, and tell them until when."""
    if not shares:
        return []
    made = CaseChoice.objects.bulk_create(
        CaseChoice(
            cycle=cycle,
            auditor_id=one.person,
            role=one.role,
            number=one.number,
            method=BY_AUDITOR,
            choose_by=choose_by(cycle, quota_of(framework, one.role)),
        )
        for one in shares
    )
    notifying.choices_asked(cycle=cycle, choices=made)
    return made


def choose_by(cycle: Cycle, quota: RoleQuota) -> date:
    """Return the last day on which an auditor may choose before chance does."""
    return calendar.add_working_days(cycle.allocated_on or cycle.period, quota.choose_within)
