"""What a consequence does."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import Key, Kind, Model, PartyKey, Text
from audits.frameworks.vocabulary.dues import Due
from audits.frameworks.vocabulary.wording import Names, join

Parties = Annotated[tuple[PartyKey, ...], Field(min_length=1)]


class EffectKind(Kind):
    """One thing that is done."""

    def in_words(self, names: Names) -> str:
        """What is done, as a clause."""
        raise NotImplementedError


def _parties(names: Names, parties: tuple[str, ...]) -> str:
    return join(names.party(party) for party in parties)


class Notify(EffectKind):
    """Tells people at once."""

    title: ClassVar[str] = "a notice"
    kind: Literal["notify"]
    to: Parties

    def in_words(self, names: Names) -> str:
        return (
            f"{_parties(names, self.to)} is told at once"
            if len(self.to) == 1
            else f"{_parties(names, self.to)} are told at once"
        )


class AskOversight(EffectKind):
    """Asks somebody to record their oversight and a comment; stays open until they have."""

    title: ClassVar[str] = "a request for oversight"
    kind: Literal["ask_oversight"]
    of: PartyKey
    due: Due

    def in_words(self, names: Names) -> str:
        return f"{names.party(self.of)} records oversight and a comment {self.due.in_words(names)}"


class ScheduleReview(EffectKind):
    """Opens a follow-up review of the case."""

    title: ClassVar[str] = "a follow-up review"
    kind: Literal["schedule_review"]
    by: PartyKey
    due: Due
    label: Text

    def in_words(self, names: Names) -> str:
        return f"{names.party(self.by)} carries out the {self.label.lower()} {self.due.in_words(names)}"


class Question(Model):
    """A question a re-audit must answer with yes or no and a comment."""

    key: Key
    text: Text


class ScheduleReAudit(EffectKind):
    """Opens a second audit of the same case, linked to the first, by somebody who did not audit it."""

    title: ClassVar[str] = "a re-audit"
    kind: Literal["schedule_re_audit"]
    by: PartyKey
    due: Due
    exclude_earlier_auditors: bool = True
    questions: tuple[Question, ...] = ()
    compare_domains: bool = True
    "Whether each domain is judged improved, the same or worse"

    def in_words(self, names: Names) -> str:
        who = names.party(self.by) + (
            ", who was not one of the auditors," if self.exclude_earlier_auditors else ""
        )
        text = f"{who} audits the case again {self.due.in_words(names)}"
        if self.questions:
            text += f" and answers: {' '.join(question.text for question in self.questions)}"
        return text


class HoldConversation(EffectKind):
    """Asks somebody to hold a supportive conversation and say when it was held."""

    title: ClassVar[str] = "a conversation"
    kind: Literal["hold_conversation"]
    by: PartyKey
    with_party: PartyKey
    due: Due

    def in_words(self, names: Names) -> str:
        by, whom = names.party(self.by), names.party(self.with_party)
        return f"{by} holds a supportive conversation with {whom} {self.due.in_words(names)}"


class FlagGoodPractice(EffectKind):
    """Marks the audit as good practice worth sharing."""

    title: ClassVar[str] = "a mark of good practice"
    kind: Literal["flag_good_practice"]

    def in_words(self, names: Names) -> str:
        return "the audit is marked as good practice"


class ShortenActions(EffectKind):
    """Gives every action of the audit a shorter limit."""

    title: ClassVar[str] = "a shorter limit for actions"
    kind: Literal["shorten_actions"]
    due: Due

    def in_words(self, names: Names) -> str:
        return f"every action is due {self.due.in_words(names)}"


class RequireDatedAction(EffectKind):
    """The audit needs at least one action with a date."""

    title: ClassVar[str] = "a dated action that must stand"
    kind: Literal["require_dated_action"]

    def in_words(self, names: Names) -> str:
        return "at least one action with a date must stand"


class ReportPosition(EffectKind):
    """The position on the audit's actions is tracked and reported upwards."""

    title: ClassVar[str] = "a report of the position on actions"
    kind: Literal["report_position"]
    tracked_by: Parties
    to: Parties

    def in_words(self, names: Names) -> str:
        by, to = _parties(names, self.tracked_by), _parties(names, self.to)
        return f"{by} tracks the actions and the position is reported to {to}"


class OpenScrutiny(EffectKind):
    """Opens a discussion of what contributed; never a ranking of people."""

    title: ClassVar[str] = "scrutiny of a pattern"
    kind: Literal["open_scrutiny"]
    by: PartyKey
    with_parties: tuple[PartyKey, ...] = ()
    due: Due

    def in_words(self, names: Names) -> str:
        others = f" with {_parties(names, self.with_parties)}" if self.with_parties else ""
        return f"{names.party(self.by)} looks into what contributed{others} {self.due.in_words(names)}"


class OpenUrgentConcern(EffectKind):
    """Opens an urgent concern."""

    title: ClassVar[str] = "an urgent concern opened by a rule"
    kind: Literal["open_urgent_concern"]

    def in_words(self, names: Names) -> str:
        return "an urgent concern is opened"


class DiscussInSupervision(EffectKind):
    """The audit is taken to the next supervision."""

    title: ClassVar[str] = "a discussion in the next supervision"
    kind: Literal["discuss_in_supervision"]

    def in_words(self, names: Names) -> str:
        return "the audit is discussed in the next supervision"


class WriteSummary(EffectKind):
    """Asks for a short piece on what went well."""

    title: ClassVar[str] = "a summary of what went well"
    kind: Literal["write_summary"]
    label: Text
    by: PartyKey
    due: Due

    def in_words(self, names: Names) -> str:
        return f"{names.party(self.by)} writes a {self.label} {self.due.in_words(names)}"


class ScrutiniseProvider(EffectKind):
    """Opens scrutiny of the provider with whom a child is placed: whether the child moves or stays, and with what plan.

    It follows a child, not an audit: the only effect of a provider that is judged.
    """

    title: ClassVar[str] = "scrutiny of a provider"
    kind: Literal["scrutinise_provider"]
    by: PartyKey
    due: Due

    def in_words(self, names: Names) -> str:
        return (
            f"{names.party(self.by)} decides {self.due.in_words(names)} whether the child moves or stays, "
            "with a plan of action where they stay"
        )


Effect = Annotated[
    Notify
    | AskOversight
    | ScheduleReview
    | ScheduleReAudit
    | HoldConversation
    | FlagGoodPractice
    | ShortenActions
    | RequireDatedAction
    | ReportPosition
    | OpenScrutiny
    | OpenUrgentConcern
    | DiscussInSupervision
    | WriteSummary
    | ScrutiniseProvider,
    Field(discriminator="kind"),
]
"""Any effect of a consequence."""
