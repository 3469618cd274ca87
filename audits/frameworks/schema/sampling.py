"""Which cases are audited in a month, and how they are handed out."""

from typing import Annotated, Literal

from pydantic import Field

from audits.frameworks.base import Choice, PartyKey, RoleKey, Sourced, Text
from audits.frameworks.enums import CaseStatus, Frequency, Origin
from audits.frameworks.vocabulary import Due, Strategy


class Exclusions(Sourced):
    """Who is left out of the draw, and who may decide so."""

    audited_within_months: Annotated[int, Field(ge=0, le=60)]
    reasons: Annotated[tuple[Choice, ...], Field(min_length=1)]
    "Coded reasons for leaving a case out by hand"
    approved_by: RoleKey


class Replacement(Sourced):
    """When a drawn case may be exchanged for another."""

    reasons: Annotated[tuple[Choice, ...], Field(min_length=1)]
    approved_by: RoleKey


class ExtraCases(Sourced):
    """Cases audited beside the draw."""

    origin: Origin
    by: RoleKey
    text: Text


class Themes(Sourced):
    """Themes of months and of programmes beside the monthly draw: who plans them, how often, for which reasons."""

    owner: RoleKey
    frequency: Frequency
    reasons: Annotated[tuple[Choice, ...], Field(min_length=1)]
    "Why a theme may be chosen"
    size: Annotated[int, Field(ge=1, le=200)] = 10
    "Records that a programme audits, unless it says otherwise"
    due_working_days: Annotated[int, Field(ge=1, le=60)] = 20
    "Working days from the opening of a programme by which its audits are submitted"


class FrontDoor(Sourced):
    """Which contacts and referrals of the case list are open cases: they have no closing date of their own."""

    days: Annotated[int, Field(ge=1, le=366)]
    "For so many days after it was made"
    without_further_action: bool
    "Also a referral that needed no further action, and a contact that led to no referral"


class Sampling(Sourced):
    """The month's draw."""

    owner: RoleKey
    frequency: Frequency
    strategy: Strategy
    statuses: tuple[CaseStatus, ...] = ()
    "Statuses in the population; all, where empty"
    front_door: FrontDoor | None = None
    "None where every contact and referral of 31 days is one"
    exclusions: Exclusions
    replacement: Replacement
    extra: tuple[ExtraCases, ...] = ()
    themes: Themes | None = None
    "None where audits follow no theme"


class Reminders(Sourced):
    """When people are reminded, in days before and after the due day."""

    days_before: tuple[Annotated[int, Field(ge=0, le=60)], ...]
    days_after: tuple[Annotated[int, Field(ge=1, le=60)], ...]


class Allocation(Sourced):
    """Handing the month's audits to people."""

    issued_on: Due
    issued_by: RoleKey
    tell: Annotated[tuple[PartyKey, ...], Field(min_length=1)]
    balance: tuple[Literal["load", "absence"], ...] = ("load", "absence")
    load_within: Annotated[int, Field(ge=1, le=10)] = 1
    "The most by which the loads of two people of a pool may differ, where eligibility allows"
    notice_on: Due | None = None
    "When those concerned are told, where that is before the issue"
    moderator_named: bool = False
    "Whether the moderator is named at allocation"
    guidance: Text | None = None
    reminders: Reminders
