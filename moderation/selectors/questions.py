"""What a moderator is asked beside the grades: the discussion that the framework wants, agreement, standards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from audits.frameworks.schema import Conversation
from audits.selectors.facts import framework_for
from audits.selectors.people import concerned_then
from moderation.enums import Agreement, Mode, Standard
from moderation.models import Moderation
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.transitions import Problem

Control = Literal["date", "minutes", "people", "text", "choice"]


@dataclass(frozen=True)
class Asked:
    """One question of the form: its field, its words, what is said where the answer is missing."""

    name: str
    label: str
    control: Control
    missing: str = ""
    """Empty: it may stay unanswered."""
    choices: tuple[tuple[str, str], ...] = ()
    heading: str = ""
    """Where it begins a part of the page."""
    only_if: tuple[str, str] = ("", "")
    """A field and the value that it must have, for this one to be asked."""
    hint: str = ""


def discussion_of(moderation: Moderation) -> Conversation | None:
    """Return the discussion that must be held before the decision, where the framework wants one."""
    framework = framework_for(moderation.audit)
    key = framework.moderation.conversation
    asked = framework.conversation(key) if key else None
    return asked if asked and asked.required == "always" and moderation.mode == Mode.CONSENSUS else None


def asks_whether_talked(moderation: Moderation) -> bool:
    """Say whether the moderator is asked whether a conversation with the auditors was needed (HER-38)."""
    framework = framework_for(moderation.audit)
    key = framework.moderation.conversation
    return bool(key) and framework.conversation(key or "").required == "discretion"


def people_of(moderation: Moderation) -> list[Person]:
    """Return who takes part in the discussion, as the audit has them."""
    asked, framework = discussion_of(moderation), framework_for(moderation.audit)
    found: list[Person] = []
    for party in asked.participants if asked else ():
        found += concerned_then(moderation.audit, party, framework=framework, on=clock.today())
    return list(dict.fromkeys(found))


def questions_of(moderation: Moderation) -> list[Asked]:
    """Return what is asked of the moderator beside the grades, in order (WSX-69 to WSX-72, SLO-75)."""
    framework = framework_for(moderation.audit)
    asked = discussion_of(moderation)
    found = _about_discussion(asked, people_of(moderation)) if asked else []
    if moderation.mode == Mode.CONSENSUS:
        found += _about_agreement()
    if "standards_met" in framework.moderation.decides:
        found += _about_standards()
    return found


def _about_discussion(asked: Conversation, people: list[Person]) -> list[Asked]:
    most = f"At most {asked.minutes_at_most} minutes" if asked.minutes_at_most else ""
    found = [
        Asked(
            "talk_on", "When was it held?", "date", "Enter when the discussion was held", heading=asked.label
        ),
        Asked(
            "talk_minutes", "How many minutes did it take?", "minutes", "Enter how long it took", hint=most
        ),
        Asked(
            "talk_people",
            "Who took part?",
            "people",
            "Select who took part in the discussion",
            tuple((str(one.pk), one.name) for one in people),
        ),
    ]
    found += [
        Asked(f"talk_prompt_{number}", prompt, "text") for number, prompt in enumerate(asked.prompts, 1)
    ]
    found += [
        Asked(f"talk_{one.key}", one.label, "text", f"Answer: {one.label}" if one.required else "")
        for one in asked.questions
    ]
    if asked.learning_of_each:
        found += [
            Asked(
                f"learning_{one.pk}",
                f"What {one.name} takes from it",
                "text",
                f"Enter what {one.name} takes from it",
            )
            for one in people
        ]
    return found


def _about_agreement() -> list[Asked]:
    return [
        Asked(
            "agreement",
            "Do you and the auditor agree on the grades below?",
            "choice",
            "Say whether you and the auditor agree",
            tuple(Agreement.choices),
            heading="Agreement",
            hint="Where you do not, the auditor’s grades stand meanwhile and the disagreement climbs its steps.",
        ),
        Asked(
            "agreement_why",
            "What do you not agree on, and why?",
            "text",
            "Say what you do not agree on, and why",
            only_if=("agreement", Agreement.NOT_AGREED),
        ),
    ]


def _about_standards() -> list[Asked]:
    return [
        Asked(
            "standards_met",
            "Does the audit meet quality standards?",
            "choice",
            "Say whether the audit meets quality standards",
            tuple(Standard.choices),
            heading="Quality standards",
        ),
        Asked("standards_text", "Why?", "text", "Say why the audit meets quality standards or does not"),
    ]


def unanswered(moderation: Moderation, fields: Mapping[str, Any], page: str) -> list[Problem]:
    """Return a problem for each question that still needs its answer, and for a discussion that took too long."""
    found = [
        Problem(one.missing, f"{page}#id_{one.name}{'_0' if one.control == 'date' else ''}")
        for one in questions_of(moderation)
        if one.missing and _is_asked(one, fields) and not _given(fields.get(one.name))
    ]
    asked = discussion_of(moderation)
    minutes = fields.get("talk_minutes")
    if asked and asked.minutes_at_most and minutes and int(minutes) > asked.minutes_at_most:
        found.append(
            Problem(
                f"The discussion takes at most {asked.minutes_at_most} minutes", f"{page}#id_talk_minutes"
            )
        )
    return found


def _is_asked(one: Asked, fields: Mapping[str, Any]) -> bool:
    name, value = one.only_if
    return not name or fields.get(name) == value


def _given(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def agrees(fields: Mapping[str, Any]) -> bool:
    """Say whether the typed decision is one on which moderator and auditor agree."""
    return fields.get("agreement") != Agreement.NOT_AGREED
