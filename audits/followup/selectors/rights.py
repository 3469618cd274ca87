"""Who may see, answer and sign what: the people a rule names, those who act for them, and those with a permission."""

from audits.cases.models import Case
from audits.followup.enums import ActionStatus
from audits.followup.models import Action, Confirmation, FollowUp, UrgentConcern
from audits.followup.registry import is_party_to
from audits.followup.selectors.parties import Around, answering, around_case, people_for
from audits.frameworks.enums import Relation
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.tenants.models import Absence, Person
from qaf.tenants.permissions import may, role_keys_of
from qaf.tenants.selectors import line_of


def answering_for(person: Person) -> frozenset[int]:
    """Return the ids of those the person answers for today: themselves, and whoever is away with them as deputy."""
    day = clock.today()
    cached = getattr(person, "_answering_for", None)
    if cached and cached[0] == day:
        return cached[1]
    away = dict(
        Absence.objects.filter(starts_on__lte=day, ends_on__gte=day, deputy__isnull=False).values_list(
            "person_id", "deputy_id"
        )
    )
    found = {person.pk}
    while more := {absent for absent, deputy in away.items() if deputy in found} - found:
        found |= more
    result = frozenset(found)
    person._answering_for = (day, result)  # type: ignore[attr-defined]
    return result


def owns(action: Action, person: Person) -> bool:
    """Say whether the person owns the action, alone or jointly, or acts for who does."""
    return bool({action.owner_id, action.joint_owner_id} & answering_for(person))


def may_confirm(confirmation: Confirmation, person: Person) -> bool:
    """Say whether the person gives the confirmation: asked by name, as a deputy, or following all where nobody was."""
    if confirmation.asked_of_id:
        return confirmation.asked_of_id in answering_for(person)
    return may(person, "followup.see_all")


def signing_steps(case: Case, framework: Framework) -> tuple[tuple[Person, ...], ...]:
    """Return who signs off for the child by the framework, and who stands above them, whoever owns the action."""
    around, day = around_case(case), clock.today()
    return tuple(
        tuple(
            dict.fromkeys(
                person
                for party in parties
                for person in people_for(party, framework=framework, around=around, on=day)
            )
        )
        for parties in (framework.actions.sign_off.by, (Relation.SERVICE_MANAGER,))
    )


def first_signers(action: Action, steps: tuple[tuple[Person, ...], ...]) -> list[Person]:
    """Return the signers of the first step with somebody who neither owns the action nor completed it."""
    never = {action.owner_id, action.done_by_id}
    for people in steps:
        if kept := [person for person in people if person.pk not in never]:
            return kept
    return []


def signers_of(action: Action, framework: Framework) -> list[Person]:
    """Return who may sign the action off by the framework: never its owner, nor whoever completed it (HER-49).

    Where the framework's own signer is the owner, the manager above them takes it. An action of the organisation,
    which belongs to no child, is signed off by whoever put it into the plan.
    """
    if action.case is None:
        return first_signers(action, ((action.proposed_by,),)) if action.proposed_by else []
    return first_signers(action, signing_steps(action.case, framework))


def may_sign_off(action: Action, person: Person) -> bool:
    """Say whether the person may confirm that the action is done: never the owner or who completed it."""
    if person.pk in (action.owner_id, action.done_by_id):
        return False
    if may(person, "followup.sign_off"):
        return True
    acts_for = answering_for(person) - {action.owner_id, action.done_by_id}
    return any(signer.pk in acts_for for signer in signers_of(action, framework_in_force()))


def holds_role(person: Person, role: str) -> bool:
    """Say whether the person holds a role of the framework today, or one of a group's."""
    keys = role_keys_of(person)
    if role in keys:
        return True
    framework = framework_in_force()
    return any(item.key == role and keys & framework.role_keys(role) for item in framework.roles)


def may_answer(follow_up: FollowUp, person: Person) -> bool:
    """Say whether the person was asked: by name, as the absent assignee's deputy, or as a holder of the role."""
    if follow_up.assignee_id:
        return follow_up.assignee_id in answering_for(person)
    return bool(follow_up.assignee_role) and holds_role(person, follow_up.assignee_role)


def first_with(case: Case, framework: Framework) -> list[Person]:
    """Return whom the framework wants spoken with before a concern is sent, with their deputies."""
    around, day = around_case(case), clock.today()
    people = [
        person
        for party in framework.urgent_concern.conversation_first_with
        for person in people_for(party, framework=framework, around=around, on=day)
    ]
    return answering(people, on=day)


def shut_out(case: Case, about: Person | None) -> frozenset[int]:
    """Return who never learns of a concern about staff: the child's own line, whoever it is about, and their line.

    Whoever deputises for one of them is not shut out by that: they answer for another.
    """
    framework, day = framework_in_force(), clock.today()
    arounds = [around_case(case)]
    never = {pk for pk in (case.worker_id, case.manager_id) if pk}
    if about is not None:
        never.add(about.pk)
        units = [post.unit for post in about.posts.select_related("unit__parent") if post.unit]
        arounds += [Around(unit=unit) for unit in units]
    for around in arounds:
        for party in (Relation.TEAM_MANAGER, Relation.SERVICE_MANAGER):
            never |= {one.pk for one in people_for(party, framework=framework, around=around, on=day)}
    return frozenset(never)


def is_shut_out(concern: UrgentConcern, person: Person) -> bool:
    """Say whether a concern about staff is kept from the person, whatever else they may see."""
    if not concern.about_staff or concern.raised_by_id == person.pk:
        return False
    return person.pk in concern.barred or person.pk in shut_out(concern.case, concern.about_person)


def responds(concern: UrgentConcern, person: Person) -> bool:
    """Say whether the person may answer the concern: its responder, their deputy, or the quality assurance lead."""
    if is_shut_out(concern, person):
        return False
    if concern.responder_id in answering_for(person):
        return True
    return may(person, "followup.see_concerns") and concern.raised_by_id != person.pk


def may_close(concern: UrgentConcern, person: Person) -> bool:
    """Say whether the person may close the concern once answered: who raised it, or a lead it is not kept from."""
    if concern.raised_by_id == person.pk:
        return True
    return may(person, "followup.see_concerns") and not is_shut_out(concern, person)


def in_case_line(person: Person, case: Case | None) -> bool:
    """Say whether the person works with or manages the child today."""
    if case is None:
        return False
    if person.pk in (case.worker_id, case.manager_id, case.chair_id):
        return True
    unit = case.team or case.service
    return unit is not None and person.pk in line_of(unit, on=clock.today())


def is_cleared(person: Person, case: Case | None) -> bool:
    """Say whether the person may read about the child: a restricted record needs clearance, or the child's work."""
    if case is None or not case.restricted:
        return True
    return person.cleared_for_restricted or may(person, "cases.see_restricted") or person.pk == case.worker_id


def may_see_action(action: Action, person: Person) -> bool:
    """Say whether the person may read the action.

    A proposal is its proposer's until it is agreed: before, it would tell one auditor what another thinks.
    """
    if action.status == ActionStatus.PROPOSED:
        return action.proposed_by_id == person.pk
    if owns(action, person) or any(
        one.asked_of_id in answering_for(person) for one in action.confirmations.all()
    ):
        return True
    if not is_cleared(person, action.case):
        return False
    if may(person, "followup.see_all") or action.proposed_by_id == person.pk:
        return True
    if is_party_to("action", action.pk, person):
        return True
    return in_case_line(person, action.case) or may_sign_off(action, person)


def may_see_follow_up(follow_up: FollowUp, person: Person) -> bool:
    """Say whether the person may read the follow-up."""
    if may_answer(follow_up, person) or person.pk in (follow_up.about_id, *follow_up.invited):
        return True
    if not is_cleared(person, follow_up.case):
        return False
    if may(person, "followup.see_all"):
        return True
    return is_party_to("follow_up", follow_up.pk, person)


def may_raise_about(case: Case, person: Person) -> bool:
    """Say whether the person has to do with the child, and so may name them in an urgent concern."""
    return in_case_line(person, case) or is_party_to("case", case.pk, person)


def may_see_concern(concern: UrgentConcern, person: Person) -> bool:
    """Say whether the person may read the concern: few may, and never the line of somebody it is about."""
    if is_shut_out(concern, person):
        return False
    return (
        concern.raised_by_id == person.pk or responds(concern, person) or may(person, "followup.see_concerns")
    )
