"""What leaves the parser: frozen rows that hold only what audit needs, and the refusals."""

from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

STATUSES = (
    "looked_after",
    "child_protection",
    "child_in_need",
    "open_assessment",
    "care_leaver",
    "early_help",
    "front_door",
)
"""Most protective first: the first that applies to a child wins."""

LISTS_OF_STATUS = {
    "looked_after": ("6",),
    "child_protection": ("6",),
    "child_in_need": ("6",),
    "open_assessment": ("6",),
    "care_leaver": ("9",),
    "early_help": ("2",),
    "front_door": ("1", "3"),
}
"""Which lists would hold a child of this status: only they can say that the child has left."""

SUPPLEMENT = "supplement"
DATE_FIELDS = (
    "opened_on",
    "status_from",
    "closed_on",
    "last_seen_on",
    "last_review_on",
    "last_supervision_on",
)


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """Which contacts and referrals are open cases: they have no closing date of their own."""

    days: int = 31
    """For so many days after it was made."""
    without_further_action: bool = True
    """Also a referral that needed no further action, and a contact that led to no referral."""


@dataclass(frozen=True, slots=True)
class Involvement:
    """One open involvement of a worker in the Standard Safeguarding Dataset; ``role`` is a local code."""

    role: str
    worker: str
    team: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One child as the files state them. ``None`` means "not stated", so what is known stays.

    ``worker`` and ``team`` are the empty text when the list says that nobody is allocated.
    """

    local_id: str
    initials: str | None = None
    birth_year: int | None = None
    birth_month: int | None = None
    gender: str | None = None
    ethnicity: str | None = None
    disability: str | None = None
    status: str | None = None
    open: bool | None = None
    opened_on: date | None = None
    status_from: date | None = None
    closed_on: date | None = None
    last_seen_on: date | None = None
    last_review_on: date | None = None
    last_supervision_on: date | None = None
    worker: str | None = None
    team: str | None = None
    iro: str | None = None
    manager: str | None = None
    family_id: str | None = None
    restricted: bool | None = None
    involvements: tuple[Involvement, ...] = ()
    lists: tuple[str, ...] = ()
    file: str = ""
    row: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return only what is stated, dates as text."""
        out: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None or value == () or (item.name == "file" and not value):
                continue
            if isinstance(value, date):
                value = value.isoformat()
            elif item.name == "involvements":
                value = [[one.role, one.worker, one.team] for one in value]
            elif isinstance(value, tuple):
                value = list(value)
            out[item.name] = value
        return out

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "CaseRow":
        """Rebuild a row from ``to_json``."""
        values = dict(data)
        for name in DATE_FIELDS:
            if values.get(name):
                values[name] = date.fromisoformat(values[name])
        values["involvements"] = tuple(Involvement(*one) for one in values.get("involvements", ()))
        values["lists"] = tuple(values.get("lists", ()))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row left out, in words a QA lead can act on. ``local_id`` is the child's, where it was readable."""

    file: str
    list: str
    row: int | None
    column: str
    value: str
    expected: str
    local_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the published form: without the child's id, which only keeps the case from closing."""
        data = asdict(self)
        del data["local_id"]
        return data


@dataclass(frozen=True, slots=True)
class Notice:
    """Something odd that was taken in stride, told so that the council can put it right."""

    file: str
    list: str
    row: int | None
    text: str


@dataclass(frozen=True, slots=True)
class ListSeen:
    """A list that was found, where, and how many rows it held."""

    file: str
    sheet: str
    list: str
    rows: int


class FileFault(Exception):
    """The whole file cannot be used; the message says what happened and what to do."""

    def __init__(self, file: str, message: str):
        super().__init__(message)
        self.file, self.message = file, message


@dataclass(slots=True)
class Reading:
    """Everything one upload said."""

    rows: list[CaseRow] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    lists: list[ListSeen] = field(default_factory=list)

    @property
    def complete_lists(self) -> frozenset[str]:
        """Lists that may close a child by leaving them out.

        A list that holds no row says nothing about anybody; one with a row whose child cannot be told
        may have meant any child, so it closes none.
        """
        filled = {seen.list for seen in self.lists if seen.rows}
        unsure = {refusal.list for refusal in self.refused if not refusal.local_id}
        return frozenset(filled - unsure)

    def to_json(self) -> dict[str, Any]:
        """Return the form that crosses the process boundary."""
        return {
            "rows": [row.to_json() for row in self.rows],
            "refused": [asdict(refusal) for refusal in self.refused],
            "notices": [asdict(notice) for notice in self.notices],
            "lists": [asdict(seen) for seen in self.lists],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Reading":
        """Rebuild a reading from ``to_json``."""
        return cls(
            rows=[CaseRow.from_json(row) for row in data["rows"]],
            refused=[Refusal(**refusal) for refusal in data["refused"]],
            notices=[Notice(**notice) for notice in data["notices"]],
            lists=[ListSeen(**seen) for seen in data["lists"]],
        )
