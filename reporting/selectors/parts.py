"""What hangs on audits, by audit: grades at every stage, moderation, words' codes, actions, follow-ups, family."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Model
from django.db.models.fields.json import KeyTextTransform

from audits.enums import OVERALL, AssessmentStatus, ConversationStatus, GradeStage
from audits.followup.models import Action, FollowUp
from audits.models import (
    Assessment,
    AuditAction,
    AuditConcern,
    AuditFollowUp,
    Conversation,
    FamilyContact,
    GradeOfRecord,
    ImmediateChange,
    Judgement,
    RecordedGrade,
    WiderFinding,
)
from audits.selectors.continuity import domain_keys
from feedback.models import CodedWords, Quotation
from moderation.enums import ModerationStatus
from moderation.models import Decision, Moderation, ModerationReason
from reporting.models import CodedFinding

Grades = Mapping[str, str]


@dataclass(frozen=True)
class JudgementRow:
    """The codes that one auditor gave one domain; never the words."""

    slot: str
    domain: str
    grade: str
    codes: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class ModerationRow:
    """A moderation: where it stands, its days, and every reason for it."""

    status: str
    due_on: date
    decided_at: datetime | None
    reasons: tuple[tuple[str, str], ...] = ()
    """Kind and domain of each reason."""
    moderator: int | None = None
    decided: frozenset[str] = frozenset()
    """The domains that were decided (empty key: overall); none where a ladder settled the overall grade instead."""

    def judged(self, domain: str) -> bool:
        """Whether the grade in a domain was looked at; what moderation never decided says nothing about it."""
        return domain in self.decided or (not self.decided and domain == OVERALL)


@dataclass(frozen=True)
class ActionRow:
    """An action of an audit."""

    status: str
    due_on: date
    text: str
    done_at: datetime | None
    signed_off_at: datetime | None
    change: str


@dataclass(frozen=True)
class FollowUpRow:
    """Something a rule asked of somebody after an audit."""

    kind: str
    status: str
    due_on: date | None
    done_at: datetime | None
    answers: Mapping[str, Any]
    outcome: str


@dataclass(frozen=True)
class ContactRow:
    """Whom of the family an auditor spoke to, or why not; never the words themselves."""

    pk: int
    target: str
    spoken_on: date | None
    reason: str


class Parts:
    """Everything by the number of its audit. Each part is read when it is first asked for, once, in a query or two."""

    def __init__(self, audits: list[int]) -> None:
        self._audits = audits
        self._answers: dict[tuple[str, ...], Mapping[int, Mapping[str, str]]] = {}

    @cached_property
    def _record(self) -> tuple[dict[int, dict[str, str]], dict[int, str]]:
        return _of_record(self._audits)

    @property
    def of_record(self) -> Mapping[int, Grades]:
        """Each audit's grades of record by domain."""
        return self._record[0]

    @property
    def source(self) -> Mapping[int, str]:
        """Where each overall grade of record came from."""
        return self._record[1]

    @cached_property
    def _slots(self) -> dict[int, tuple[int, str]]:
        """By assessment: its audit and slot. Read apart, because joined to thousands of grades it is slow."""
        rows = Assessment.objects.filter(audit__in=self._audits).exclude(status=AssessmentStatus.REASSIGNED)
        return {pk: (audit, slot) for pk, audit, slot in rows.values_list("pk", "audit_id", "slot")}

    @cached_property
    def _recorded(self) -> tuple[dict[int, Any], dict[int, Any]]:
        return _recorded(self._audits, self._slots)

    @property
    def provisional(self) -> Mapping[int, Mapping[str, Grades]]:
        """The grades locked unseen, by slot."""
        return self._recorded[0]

    @property
    def submitted(self) -> Mapping[int, Mapping[str, Grades]]:
        """The grades submitted, by slot."""
        return self._recorded[1]

    @cached_property
    def judgements(self) -> Mapping[int, list[JudgementRow]]:
        """The codes given in submitted audits."""
        return _judgements(self._slots)

    def answers(self, keys: tuple[str, ...]) -> Mapping[int, Mapping[str, str]]:
        """The answers that submitted audits chose under these keys of the tool's fields; never words."""
        if keys not in self._answers:
            self._answers[keys] = _answers(self._slots, keys)
        return self._answers[keys]

    @cached_property
    def moderations(self) -> Mapping[int, ModerationRow]:
        """Each audit's moderation with its reasons."""
        return _moderations(self._audits)

    @cached_property
    def actions(self) -> Mapping[int, list[ActionRow]]:
        """The actions raised."""
        return _actions(self._audits)

    @cached_property
    def follow_ups(self) -> Mapping[int, list[FollowUpRow]]:
        """What rules asked for afterwards."""
        return _follow_ups(self._audits)

    @cached_property
    def contacts(self) -> Mapping[int, list[ContactRow]]:
        """Whom of the family auditors spoke to, in submitted audits."""
        return _contacts(self._audits)

    @cached_property
    def agreement(self) -> Mapping[int, list[bool | None]]:
        """Whether the worker agreed with the overall grade, where they said."""
        return _agreement(self._audits)

    @cached_property
    def wider(self) -> Mapping[int, int]:
        """How many wider findings each audit has."""
        return _number_of(WiderFinding, self._audits)

    @cached_property
    def changes(self) -> Mapping[int, int]:
        """How many immediate changes each audit led to."""
        return _number_of(ImmediateChange, self._audits)

    @cached_property
    def coded(self) -> Mapping[int, list[tuple[str, tuple[str, ...]]]]:
        """What the quality assurance team heard in each audit's texts: the mark, and the themes."""
        rows = CodedFinding.objects.filter(audit__in=self._audits).order_by("pk")
        return _grouped(
            (pk, (mark, tuple(themes))) for pk, mark, themes in rows.values_list("audit_id", "mark", "themes")
        )

    @cached_property
    def auditors(self) -> Mapping[int, dict[str, int]]:
        """Who gave grades in each audit, by slot."""
        rows = Assessment.objects.filter(audit__in=self._audits, assessor__isnull=False)
        found: dict[int, dict[str, int]] = defaultdict(dict)
        columns = rows.exclude(status=AssessmentStatus.REASSIGNED).values_list(
            "audit_id", "slot", "assessor_id"
        )
        for audit, slot, assessor in columns:
            found[audit][slot] = assessor
        return found

    @cached_property
    def concerns(self) -> Mapping[int, int]:
        """How many urgent concerns each audit raised."""
        return _number_of(AuditConcern, self._audits)

    @cached_property
    def _spoken(self) -> list[int]:
        return [contact.pk for rows in self.contacts.values() for contact in rows if contact.spoken_on]

    @cached_property
    def themes(self) -> Mapping[int, list[tuple[str, bool]]]:
        """By family contact: each theme heard, and whether it was said in praise."""
        rows = CodedWords.objects.filter(contact__in=self._spoken)
        columns = rows.values_list("contact_id", "theme", "positive")
        return _grouped((pk, (theme, positive)) for pk, theme, positive in columns)

    @cached_property
    def quotations(self) -> Mapping[int, str]:
        """By family contact: the words chosen for reports."""
        return dict(Quotation.objects.filter(contact__in=self._spoken).values_list("contact_id", "text"))


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)


def _of_record(audits: list[int]) -> tuple[dict[int, dict[str, str]], dict[int, str]]:
    grades: dict[int, dict[str, str]] = defaultdict(dict)
    source: dict[int, str] = {}
    rows = GradeOfRecord.objects.filter(audit__in=audits).values_list(
        "audit_id", "domain", "grade", "source", "audit__framework_version_id", "audit__tool"
    )
    # A domain that was renamed since is one series with what it was called before.
    key_now = domain_keys()
    for pk, domain, grade, came_from, version, tool in rows:
        grades[pk][key_now(version, tool, domain)] = grade
        if not domain:
            source[pk] = came_from
    return dict(grades), source


def _recorded(
    audits: list[int], slots: Mapping[int, tuple[int, str]]
) -> tuple[dict[int, Any], dict[int, Any]]:
    found: dict[str, dict[int, dict[str, dict[str, str]]]] = {
        stage: defaultdict(lambda: defaultdict(dict))
        for stage in (GradeStage.PROVISIONAL, GradeStage.SUBMITTED)
    }
    rows = RecordedGrade.objects.filter(audit__in=audits, stage__in=found).order_by("id")
    for stage, assessment, domain, grade in rows.values_list("stage", "assessment_id", "domain", "grade"):
        if assessment in slots:
            audit, slot = slots[assessment]
            given = found[stage][audit][slot]
            # What was locked first is what was given unseen; of what was submitted the last counts.
            if stage == GradeStage.SUBMITTED or domain not in given:
                given[domain] = grade
    return found[GradeStage.PROVISIONAL], found[GradeStage.SUBMITTED]


def _judgements(slots: Mapping[int, tuple[int, str]]) -> dict[int, list[JudgementRow]]:
    """Only of audits that everybody has submitted: nothing may be read out of a count before grades are shown."""
    rows = Judgement.objects.filter(assessment__in=list(slots), assessment__audit__submitted_at__isnull=False)
    columns = rows.order_by("id").values_list("assessment_id", "domain", "grade", "development_codes", "tags")
    return _grouped(
        (slots[pk][0], JudgementRow(slots[pk][1], domain, grade, tuple(codes), tuple(tags)))
        for pk, domain, grade, codes, tags in columns
    )


def _answers(slots: Mapping[int, tuple[int, str]], keys: tuple[str, ...]) -> dict[int, dict[str, str]]:
    rows = Judgement.objects.filter(
        assessment__in=list(slots), domain=OVERALL, assessment__audit__submitted_at__isnull=False
    )
    found: dict[int, dict[str, str]] = defaultdict(dict)
    chosen = [KeyTextTransform(key, "extra") for key in keys]
    for pk, *given in rows.order_by("id").values_list("assessment_id", *chosen):
        found[slots[pk][0]] |= {key: str(one) for key, one in zip(keys, given, strict=True) if one}
    return found


def _moderations(audits: list[int]) -> dict[int, ModerationRow]:
    reasons = _grouped(
        (pk, (kind, domain))
        for pk, kind, domain in ModerationReason.objects.filter(moderation__audit__in=audits)
        .order_by("id")
        .values_list("moderation__audit_id", "kind", "domain")
    )
    # A domain that was renamed since is one series with what it was called before.
    key_now = domain_keys()
    decisions = Decision.objects.filter(moderation__audit__in=audits).values_list(
        "moderation_id", "domain", "moderation__audit__framework_version_id", "moderation__audit__tool"
    )
    decided = _grouped((pk, key_now(version, tool, domain)) for pk, domain, version, tool in decisions)
    # A later round stands for the audit; a moderator who is only named has nothing to decide yet.
    begun = Moderation.objects.filter(audit__in=audits).exclude(status=ModerationStatus.NAMED)
    rows: Iterable[Any] = begun.order_by("round").values_list(
        "pk", "audit_id", "status", "due_on", "decided_at", "moderator_id"
    )
    return {
        audit: ModerationRow(
            status,
            due_on,
            decided_at,
            tuple(reasons.get(audit, ())),
            moderator,
            frozenset(decided.get(pk, ())),
        )
        for pk, audit, status, due_on, decided_at, moderator in rows
    }


def _actions(audits: list[int]) -> dict[int, list[ActionRow]]:
    of = dict(AuditAction.objects.filter(audit__in=audits).values_list("action_id", "audit_id"))
    names = ("status", "due_on", "text", "done_at", "signed_off_at", "change_for_child")
    rows: Iterable[Any] = Action.objects.filter(pk__in=of).order_by("pk").values_list("pk", *names)
    return _grouped((of[pk], ActionRow(*rest)) for pk, *rest in rows)


def _follow_ups(audits: list[int]) -> dict[int, list[FollowUpRow]]:
    of = dict(AuditFollowUp.objects.filter(audit__in=audits).values_list("follow_up_id", "audit_id"))
    names = ("kind", "status", "due_on", "done_at", "answers", "outcome")
    rows: Iterable[Any] = FollowUp.objects.filter(pk__in=of).order_by("pk").values_list("pk", *names)
    return _grouped((of[pk], FollowUpRow(*rest)) for pk, *rest in rows)


def _contacts(audits: list[int]) -> dict[int, list[ContactRow]]:
    rows = FamilyContact.objects.filter(audit__in=audits, audit__submitted_at__isnull=False).order_by("id")
    columns: Iterable[Any] = rows.values_list("audit_id", "pk", "target", "spoken_on", "no_contact_reason")
    return _grouped((pk, ContactRow(*rest)) for pk, *rest in columns)


def _agreement(audits: list[int]) -> dict[int, list[bool | None]]:
    rows = Conversation.objects.filter(
        audit__in=audits, status=ConversationStatus.HELD, worker_agrees__isnull=False
    )
    return _grouped(rows.order_by("id").values_list("audit_id", "worker_agrees"))


def _number_of(model: type[Model], audits: list[int]) -> dict[int, int]:
    rows = model._default_manager.filter(audit__in=audits).order_by()
    return dict(rows.values_list("audit_id").annotate(n=Count("pk")))
