"""The rows of Annex A, Lists 1 to 9, made from the simulated children."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from qaf.demo.world.children import Child, last_visit

SIX_MONTHS = timedelta(days=183)
SOURCES = (
    "a) 1A: Individual", "e) 2A: Schools", "f) 2B: Education services", "g) 3A: Health services",
    "h) 3B: Health services", "m) 4: Housing", "n) 5A: LA services", "q) 6: Police",
    "r) 7: Other legal agency", "t) 9: Anonymous",
)  # fmt: skip
CLOSURES = (
    "RC7 - Services ceased for any other reason, including child no longer in need",
    "RC3 - Child arrangements order",
    "RC5 - Transferred to services of another local authority",
)
CASE_STATUS = {
    "looked_after": "a) Looked after child",
    "child_protection": "b) Child Protection plan",
    "child_in_need": "c) Child in need plan",
    "open_assessment": "d) Open assessment",
}
PLACEMENTS = (
    "U1: Foster placement - relatives - long term",
    "U4: Foster placement - long term",
    "U6: Foster placement - not FFA",
    "K2: Children’s Homes",
    "P1: Placed with own parents",
)
HOMES = ("B: Parents/relatives", "E: Supported lodgings", "K: Ordinary lodgings, without formal support")
ACTIVITIES = (
    "F2: Full time in education other than higher",
    "F3: Full time in training or employment",
    "G5: Not in education, employment or training - other",
)
HOME_AGAIN = "e) E4A: Returned home to live with parents or relatives - part of planning"
Rows = list[list]


@dataclass
class Facts:
    """What a file needs beside the children: its day, its chance and its edition (2019 or 2024)."""

    as_of: date
    rng: random.Random
    edition: int

    @property
    def age_heading(self) -> str:
        """Return the heading of the age column, which the later edition shortened."""
        return "Age" if self.edition >= 2024 else "Age of Child (Years)"

    def recent(self, day: date | None) -> bool:
        """Say whether a day lies within the six months that most lists look back on."""
        return day is not None and self.as_of - SIX_MONTHS <= day <= self.as_of


def _person(facts: Facts, child: Child, *, disability: bool = True) -> list:
    row = [child.reference, child.gender, child.ethnicity, child.born, child.age(facts.as_of)]
    return [*row, "a) Yes" if child.disabled else "b) No"] if disability else row


def _person_headings(facts: Facts, *, disability: bool = True) -> list[str]:
    headings = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", facts.age_heading]
    return [*headings, "Does the Child have a Disability"] if disability else headings


def _allocation(child: Child) -> list[str]:
    return [child.team, child.worker.name if child.worker else ""]


ALLOCATION = ["Allocated Team", "Allocated Worker"]


def contacts(facts: Facts, children: Iterable[Child]) -> tuple[list[str], Rows]:
    """List 1: every contact of the last six months."""
    headings = [*_person_headings(facts, disability=False), "Date of Contact", "Contact Source"]
    return headings, [
        [*_person(facts, child, disability=False), child.contact_on, facts.rng.choice(SOURCES)]
        for child in children
        if facts.recent(child.contact_on) and child.status != "care_leaver"
    ]


def early_help(facts: Facts, children: Iterable[Child]) -> tuple[list[str], Rows]:
    """List 2: early help assessments, with the team in the column for the organisation."""
    headings = [
        *_person_headings(facts, disability=False),
        "Assessment start date",
        "Assessment completion date",
        "Organisation completing assessment",
    ]
    return headings, [
        [*_person(facts, child, disability=False), child.since, child.closed_on, child.team]
        for child in children
        if child.status == "early_help" and (child.is_open() or facts.recent(child.closed_on))
    ]


def referrals(facts: Facts, children: Iterable[Child]) -> tuple[list[str], Rows]:
    """List 3: referrals of the last six months, those with no further action marked."""
    headings = [
        *_person_headings(facts, disability=False),
        "Date of referral",
        "Referral Source",
        "Referral NFA?",
        "Number of Referrals in Last 12 Months",
        *ALLOCATION,
    ]
    return headings, [
        [
            *_person(facts, child, disability=False),
            child.contact_on,
            facts.rng.choice(SOURCES),
            "a) Yes" if child.no_further_action else "b) No",
            facts.rng.choice((0, 0, 0, 0, 1, 1, 2)),
            *_allocation(child),
        ]
        for child in children
        if facts.recent(child.contact_on) and child.status not in ("early_help", "care_leaver")
    ]


def assessments(facts: Facts, children: Iterable[Child]) -> tuple[list[str], Rows]:
    """List 4: assessments open now or authorised in the last six months."""
    headings = [
        *_person_headings(facts),
        "Continuous Assessment Start Date",
        "Child Seen During Continuous Assessment",
        "Continuous Assessment Date of Authorisation",
        "Was the child assessed as requiring LA children’s social care support",
        *ALLOCATION,
    ]
    rows = []
    for child in children:
        if child.status == "open_assessment" and child.is_open():
            seen = "a) Yes" if facts.rng.random() < 0.85 else "b) No"
            rows.append([*_person(facts, child), child.since, seen, None, "", *_allocation(child)])
        elif child.status in ("child_in_need", "child_protection") and facts.recent(child.opened_on):
            row = [child.opened_on, "a) Yes", min(child.since, facts.as_of), "a) Yes"]
            rows.append([*_person(facts, child), *row, *_allocation(child)])
    return headings, rows


def enquiries(facts: Facts, children: Iterable[Child]) -> tuple[list[str], Rows]:
    """List 5: section 47 enquiries of the last six months and their conferences."""
    headings = [
        *_person_headings(facts),
        "Strategy discussion initiating Section 47 Enquiry Start Date",
        "Was an Initial Child Protection Conference deemed unnecessary?",
        "Date of Initial Child Protection Conference",
        "Did the Initial Child Protection Conference Result in a Child Protection Plan",
        "Number of Section 47 Enquiries in the last 12 months",
        "Number of ICPCs in the last 12 months",
        *ALLOCATION,
    ]
    return headings, [
        [
            *_person(facts, child),
            child.plan_start - timedelta(days=facts.rng.randrange(9, 16)),
            "b) No",
            child.plan_start,
            "a) Yes",
            facts.rng.choice((0, 0, 1)),
            0,
            *_allocation(child),
        ]
        for child in children
        if child.plan_start is not None and facts.recent(child.plan_start)
    ]


def in_need(facts: Facts, children: Iterable[Child]) -> tuple[list[str], Rows]:
    """List 6: every child open to social care, and those closed in the last six months."""
    headings = [
        *_person_headings(facts),
        "CIN Start Date",
        "Primary Need Code",
        "Date Child Was Last Seen",
        "CIN Closure Date",
        "Reason for Closure",
        "Case Status" if facts.edition >= 2024 else "Case status",
        *ALLOCATION,
    ]
    rows = []
    for child in children:
        if child.status not in CASE_STATUS or not (child.is_open() or facts.recent(child.closed_on)):
            continue
        closed = not child.is_open()
        rows.append(
            [
                *_person(facts, child),
                child.opened_on,
                child.need,
                last_visit(facts.rng, child, child.closed_on or facts.as_of),
                child.closed_on,
                facts.rng.choice(CLOSURES) if closed else "",
                "e) Closed episode" if closed else CASE_STATUS[child.status],
                *_allocation(child),
            ]
        )
    return headings, rows


def protection(facts: Facts, children: Iterable[Child]) -> tuple[list[str], Rows]:
    """List 7: child protection plans, current or ended in the last six months."""
    headings = [
        *_person_headings(facts),
        "Child Protection Plan Start Date",
        "Initial Category of Abuse",
        "Latest Category of Abuse",
        "Date of the Last Statutory Visit",
        "Was the Child Seen Alone?",
        "Date of latest review conference",
        "Child Protection Plan End Date",
        "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
        "Number of Previous Child Protection Plans",
        *ALLOCATION,
    ]
    return headings, [
        [
            *_person(facts, child),
            child.plan_start,
            child.harm,
            child.harm,
            last_visit(facts.rng, child, child.plan_end or facts.as_of),
            facts.rng.choice(("a) Yes", "a) Yes", "b) No")),
            _review(facts, child.plan_start, 90),
            child.plan_end,
            "a) Yes" if facts.rng.random() < 0.03 else "b) No",
            facts.rng.choice((0, 0, 0, 0, 1)),
            *_allocation(child),
        ]
        for child in children
        if child.plan_start is not None and (child.plan_end is None or facts.recent(child.plan_end))
    ]


def _review(facts: Facts, start: date, every: int) -> date | None:
    """Return the latest review of a plan that is reviewed ``every`` so many days."""
    done = (facts.as_of - start).days // every
    return start + timedelta(days=done * every) if done else None


def in_care(facts: Facts, children: Iterable[Child]) -> tuple[list[str], Rows]:
    """List 8: looked-after children, and those who ceased to be in the last six months."""
    asylum = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"
    headings = [
        *_person_headings(facts, disability=False), asylum, "Does the Child have a Disability",
        "Date Started to be Looked After", "Child's Category of Need",
        "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)",
        "Start date of current legal status", "Child's Legal Status", "Date of Latest Statutory Review",
        "Date of Last Social Work Visit", "What is the permanence plan for this child?",
        "Date of Last IRO Visit / Contact to the Child", "Date of Last Health Assessment",
        "Date of Last Dental Check", "Number of Placements in the Last 12 months",
        "Date Ceased to be Looked After", "Reason Ceased to be Looked After",
        "Start Date of Most Recent Placement", "Placement Type", "Placement Provider", "Placement postcode",
        "URN of Placement", "Placement Location", "LA of Placement",
        "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months",
        "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months",
        "Was the child offered a Return Interview after their last missing episode (Y/N)?",
        "Did the child accept a Return Interview after their last missing episode (Y/N)?", *ALLOCATION,
    ]  # fmt: skip
    return headings, [
        [*_person(facts, child, disability=False), *_care_columns(facts, child), *_allocation(child)]
        for child in children
        if child.care_start is not None and (child.care_end is None or facts.recent(child.care_end))
    ]


def _care_columns(facts: Facts, child: Child) -> list:
    rng, start = facts.rng, child.care_start or child.opened_on
    until = child.care_end or facts.as_of
    legal = (
        "C2: FCO" if (until - start).days > 300 else rng.choice(("C1: ICO", "V2: Single period under S20"))
    )
    return [
        "b) No", "a) Yes" if child.disabled else "b) No", start, child.need, "b) No", start, legal,
        _review(facts, start, 170), last_visit(rng, child, until),
        rng.choice(("f) Long-term fostering", "a) Return to family", "c) SGO/CAO")),
        until - timedelta(days=rng.randrange(5, 60)), until - timedelta(days=rng.randrange(20, 330)),
        until - timedelta(days=rng.randrange(20, 300)), rng.choice((1, 1, 1, 2, 2, 3)), child.care_end,
        HOME_AGAIN if child.care_end else "",
        start + (until - start) // 3, rng.choice(PLACEMENTS), "b) PR1: Own provision", "", "",
        rng.choice(("a) In", "a) In", "b) Out")), "", rng.choice((0, 0, 0, 0, 1, 2)), 0, "b) No", "b) No",
    ]  # fmt: skip


def care_leavers(facts: Facts, children: Iterable[Child]) -> tuple[list[str], Rows]:
    """List 9: care leavers, 13 columns in the earlier edition and 17 in the later."""
    late = facts.edition >= 2024
    asylum = "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)"
    adviser = ["Allocated Personal Advisor", "Eligibility Category", "Latest Pathway Plan Review Date"]
    headings = [
        *_person_headings(facts, disability=False),
        *([asylum] if late else []),
        "Does the Child have a Disability",
        *ALLOCATION,
        *(adviser if late else ["Eligibility Category"]),
        *(["LA in Touch", "Latest Date of Contact"] if late else ["LA In Touch "]),
        "Type of Accommodation",
        "Suitability of Accommodation",
        "Activity Status",
    ]
    return headings, [
        [*_person(facts, child, disability=False), *_leaving_columns(facts, child, late)]
        for child in children
        if child.status == "care_leaver" and child.is_open()
    ]


def _leaving_columns(facts: Facts, child: Child, late: bool) -> list:
    rng = facts.rng
    worker = child.worker.name if child.worker else ""
    reviewed = facts.as_of - timedelta(days=rng.randrange(10, 240))
    seen = max(child.since, facts.as_of - timedelta(days=rng.randrange(3, 70)))
    return [
        *(["b) No"] if late else []),
        "a) Yes" if child.disabled else "b) No",
        child.team,
        worker,
        *([worker, "b) Former relevant child", reviewed] if late else ["b) Former relevant child"]),
        *(["a) Yes", seen] if late else ["a) Yes"]),
        rng.choice(HOMES),
        "a) Suitable",
        rng.choice(ACTIVITIES),
    ]


LISTS: dict[int, Callable[[Facts, Iterable[Child]], tuple[list[str], Rows]]] = {
    1: contacts,
    2: early_help,
    3: referrals,
    4: assessments,
    5: enquiries,
    6: in_need,
    7: protection,
    8: in_care,
    9: care_leavers,
}
