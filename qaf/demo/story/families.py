"""Asking a family's consent, and what they say when somebody rings."""

import random

from audits.cases.enums import CaseStatus
from audits.enums import Consent
from audits.frameworks.schema import Framework
from audits.models import Audit
from audits.selectors.family import Relative, family_of, no_contact_reasons, prefers, questions_of
from audits.services.family import record_consent, record_contact, record_no_contact, record_preference
from qaf.demo.world.words import Writer
from qaf.lib import clock
from qaf.tenants.models import Person

PARENTS = ("mother", "mother", "father", "grandmother", "foster carer", "stepfather")
TOO_YOUNG = 5
# Why nobody was spoken to, in the keys that frameworks use for it.
SAME = {
    "too_young": ("too_young", "not_safe"),
    "consent_refused": ("consent_refused", "declined"),
    "not_safe": ("not_safe",),
    "no_answer": ("no_answer",),
}


def ask_consent(
    audit: Audit, framework: Framework, worker: Person, rng: random.Random, writer: Writer
) -> None:
    """Record the family's answers: most agree, some do not, some could not be asked."""
    for relative in family_of(audit, framework):
        if relative.consent is not None:
            continue
        chance = rng.random()
        consent = Consent.YES if chance < 0.8 else Consent.NO if chance < 0.92 else Consent.NOT_ASKED
        record_consent(
            audit=audit,
            target=relative.key,
            consent=consent,
            person=worker,
            asked_on=None if consent == Consent.NOT_ASKED else clock.today(),
            not_asked_reason=writer.say("family", "not_asked_note") if consent == Consent.NOT_ASKED else "",
            safety=_safety(audit, rng, writer) if consent == Consent.YES else {},
        )


def _safety(audit: Audit, rng: random.Random, writer: Writer) -> dict[str, str]:
    """Return a number that is kept free for fiction, and what makes a call safe."""
    safety = {
        "safe_number": f"07700 900{rng.randrange(1000):03d}",
        "safe_time": writer.say("family", "best_time"),
        "parental_responsibility": writer.say("family", "responsibility"),
    }
    if audit.case_status == CaseStatus.CARE_LEAVER:
        del safety["parental_responsibility"]
    if rng.random() < 0.12:
        safety["must_not_know"] = writer.say("family", "not_know")
    if rng.random() < 0.08:
        safety["police_or_court"] = writer.say("family", "court")
    if rng.random() < 0.1:
        safety["communication_needs"] = f"Interpreter: {writer.slot('language')}"
    return safety


def tell_preferences(
    audit: Audit, framework: Framework, worker: Person, rng: random.Random, writer: Writer
) -> None:
    """Record how the family prefers to be reached, where the framework asks that and no consent."""
    for relative in family_of(audit, framework):
        if not relative.consent_required and relative.consent is None:
            safety = _safety(audit, rng, writer) | {
                "communication_needs": "A call first, then a visit at home."
            }
            record_preference(audit=audit, target=relative.key, person=worker, safety=safety)


def talk_to_family(
    audit: Audit, framework: Framework, auditor: Person, rng: random.Random, writer: Writer
) -> None:
    """Record what each said, the parent and the child apart, or the one reason why not."""
    known = no_contact_reasons(framework)
    for relative in family_of(audit, framework):
        if relative.is_settled:
            continue
        young = relative.key == "child" and _age(audit) < TOO_YOUNG
        if reason := _reason(relative, rng, too_young=young):
            key = next((key for key in SAME[reason] if key in known), next(iter(known), ""))
            text = writer.say("family", "no_reply_note") if reason == "no_answer" else ""
            record_no_contact(audit=audit, target=relative.key, reason=key, person=auditor, text=text)
            continue
        # A care leaver speaks for themselves.
        grown = audit.case_status == CaseStatus.CARE_LEAVER
        parent = not grown and (relative.target.each or relative.key != "child")
        voice = "parent" if parent else "child"
        asked = ("helped", "not_helped", "change")
        numbers = ("1", "2", str(len(questions_of(framework))))
        record_contact(
            audit=audit,
            target=relative.key,
            who=rng.choice(PARENTS) if parent else "young person" if _age(audit) > 11 else "child",
            spoken_on=clock.today(),
            mode="telephone" if parent else rng.choice(("in_person", "video", "telephone")),
            person=auditor,
            answers={
                number: writer.say("family", f"{voice}_{rule}")
                for number, rule in zip(numbers, asked, strict=True)
            },
            words=writer.say("family", f"{voice}_words"),
            help_used="A time that suited them." if prefers(relative) else "",
        )


def _reason(relative: Relative, rng: random.Random, *, too_young: bool) -> str:
    if too_young:
        return "too_young"
    consent = relative.consent.consent if relative.consent else ""
    if relative.consent_required and consent == Consent.NO:
        return "consent_refused"
    if not relative.may_be_contacted:
        return "not_safe"
    return "no_answer" if rng.random() < 0.17 else ""


def _age(audit: Audit) -> int:
    case = audit.case
    if not case.birth_year:
        return 10
    return audit.allocated_on.year - case.birth_year
