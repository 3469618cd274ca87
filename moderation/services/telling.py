"""What a decided moderation leaves behind: the discussion on record, everybody told (WSX-69 to WSX-77, SEF-103)."""

from typing import Any

from audits.enums import ConversationStatus
from audits.models import Contribution, Conversation
from audits.selectors.facts import around_audit, framework_for
from audits.selectors.links import audit_href
from audits.selectors.people import concerned_then
from moderation.enums import Agreement
from moderation.models import Moderation
from moderation.selectors.panels import role_holders
from moderation.selectors.questions import discussion_of, people_of
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person


def record_discussion(*, moderation: Moderation, fields: dict[str, Any], person: Person) -> None:
    """Keep the discussion that led to the decision with the audit: who, when, how long, answers, what each takes."""
    asked = discussion_of(moderation)
    if asked is None:
        return
    audit, now = moderation.audit, clock.now()
    answers = {
        str(number): fields.get(f"talk_prompt_{number}", "") for number in range(1, len(asked.prompts) + 1)
    }
    answers |= {one.key: fields.get(f"talk_{one.key}", "") for one in asked.questions}
    Conversation.objects.update_or_create(
        audit=audit,
        kind=asked.key,
        defaults={
            "status": ConversationStatus.HELD,
            "held_on": fields.get("talk_on") or None,
            "minutes": fields.get("talk_minutes") or None,
            "participants": [int(pk) for pk in fields.get("talk_people", ())],
            "answers": {key: text.strip() for key, text in answers.items() if text.strip()},
            "recorded_by": person,
            "recorded_at": now,
        },
    )
    for one in people_of(moderation) if asked.learning_of_each else ():
        if words := str(fields.get(f"learning_{one.pk}", "")).strip():
            Contribution.objects.update_or_create(
                audit=audit,
                kind=asked.key,
                person=one,
                defaults={"learning": words, "written_by": person, "written_at": now},
            )


def tell_decided(*, moderation: Moderation) -> None:
    """Give feedback to the auditors, and send the finished moderation to whom the framework names.

    Those who are told that audit and moderation are finished hear nothing of the grades in the message itself.
    """
    audit, framework = moderation.audit, framework_for(moderation.audit)
    rules, today = framework.moderation, clock.today()
    agreed = moderation.agreement != Agreement.NOT_AGREED
    tell(
        people=around_audit(audit).others["auditors"],
        kind="moderation_feedback",
        key=f"moderation-{moderation.pk}",
        subject=f"{audit.reference}: the moderation of your audit is finished",
        body="Its grades and the reason for each stand beside yours."
        if agreed
        else "You and the moderator do not agree. The disagreement climbs its steps; your grades stand meanwhile.",
        href=audit_href(audit),
    )
    others: list[Person] = role_holders(framework, rules.returns_to)
    for party in rules.tell:
        others += concerned_then(audit, party, framework=framework, on=today)
    tell(
        people=dict.fromkeys(others),
        kind="moderation_finished",
        key=f"moderation-{moderation.pk}",
        subject=f"{audit.reference}: audit and moderation are finished",
        body="Both stages of the audit are done; open it to read the record.",
        href=audit_href(audit),
    )
