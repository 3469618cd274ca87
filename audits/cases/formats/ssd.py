"""The Standard Safeguarding Dataset: tables as CSV files, joined into one row a child.

Field names are matched with and without their later suffixes; any table may be missing but
``ssd_person`` and ``ssd_cin_episodes``. A missing plan or legal status table is told, and then nobody is
closed for being left out, because the children it held cannot be told from those who left.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from audits.cases.formats import values
from audits.cases.formats.rows import (
    CaseRow,
    FileFault,
    FrontDoor,
    Involvement,
    ListSeen,
    Notice,
    Reading,
    Refusal,
)
from audits.cases.formats.tables import Table

CLOSED_DAYS = 184
"""How long a closed episode is still told, as List 6 does: six months."""

NOT_LOOKED_AFTER = frozenset({"V1", "V3", "V4"})
"""Legal statuses of short breaks, which do not make a child looked after."""

PREFIX = {
    "pers": "ssd_person",
    "cine": "ssd_cin_episodes",
    "cina": "ssd_cin_assessments",
    "cinp": "ssd_cin_plans",
    "cppl": "ssd_cp_plans",
    "cppr": "ssd_cp_reviews",
    "clae": "ssd_cla_episodes",
    "clar": "ssd_cla_reviews",
    "lega": "ssd_legal_status",
    "clea": "ssd_care_leavers",
    "earl": "ssd_early_help_episodes",
    "disa": "ssd_disability",
    "invo": "ssd_involvements",
    "prof": "ssd_professionals",
    "dept": "ssd_department",
    "fami": "ssd_family",
    "cont": "ssd_contacts",
}
NEEDED = ("ssd_person", "ssd_cin_episodes")
FOR_STATUS = ("ssd_legal_status", "ssd_cp_plans", "ssd_cin_plans")
Record = dict[str, str]


def table_name(headings: Iterable[object]) -> str | None:
    """Return the table that headings such as ``pers_dob`` belong to; the file's name is never asked."""
    prefixes = [str(heading or "").strip().casefold().split("_")[0] for heading in headings]
    known = [prefix for prefix in prefixes if prefix in PREFIX]
    if len(known) < 2 or len(known) < len([one for one in prefixes if one]) / 2:
        return None
    return PREFIX[max(set(known), key=known.count)]


class SafeguardingDataset:
    """Gathers the tables, then says what each child's row is on a day."""

    def __init__(self, as_of: date, reading: Reading, front_door: FrontDoor | None = None):
        self.as_of, self.reading = as_of, reading
        self.front_door = front_door or FrontDoor()
        self.tables: dict[str, list[Record]] = defaultdict(list)
        self.file = ""

    def add(self, name: str, headings: list[object], table: Table) -> None:
        """Read one table whose headings have been taken off already."""
        self.file = self.file or table.file
        keys = [str(heading or "").strip().casefold() for heading in headings]
        for number, cells in enumerate(table.rows, start=2):
            record = {key: values.stated(cell) for key, cell in zip(keys, cells, strict=False) if key}
            if any(record.values()):
                record["_row"], record["_file"] = str(number), table.file
                self.tables[name].append(record)
        self.tables.setdefault(name, [])

    def finish(self) -> None:
        """Add the children's rows to the reading."""
        missing = [name for name in NEEDED if name not in self.tables]
        if missing:
            raise FileFault(
                self.file, f"The dataset has no {' and no '.join(missing)}: add it and upload again."
            )
        self._index()
        for record in self.tables["ssd_person"]:
            row = self._child(record)
            if row is not None:
                self.reading.rows.append(row)
        self._tell_lists()

    def _tell_lists(self) -> None:
        lacking = [name for name in FOR_STATUS if name not in self.tables]
        if lacking:
            text = f"The dataset has no {', '.join(lacking)}: nobody is closed for being left out of it."
            self.reading.notices.append(Notice(self.file, "ssd", None, text))
        for number, name in (
            ("6", NEEDED[1]),
            ("9", "ssd_care_leavers"),
            ("2", "ssd_early_help_episodes"),
            ("1", "ssd_contacts"),
        ):
            if name in self.tables and not (number == "6" and lacking):
                rows = len(self.tables[name])
                self.reading.lists.append(ListSeen(self.file, name, number, rows))

    def _index(self) -> None:
        self.by_child: dict[str, dict[str, list[Record]]] = {}
        for name, records in self.tables.items():
            grouped: dict[str, list[Record]] = defaultdict(list)
            for record in records:
                key = next((v for k, v in record.items() if k.endswith("_person_id")), "")
                grouped[key].append(record)
            self.by_child[name] = grouped
        self.people = {
            r.get("prof_professional_id", ""): r.get("prof_professional_name", "")
            for r in self.tables.get("ssd_professionals", ())
        }
        self.teams = {
            r.get("dept_team_id", ""): r.get("dept_team_name", "")
            for r in self.tables.get("ssd_department", ())
        }

    def _of(self, name: str, local_id: str) -> list[Record]:
        return self.by_child.get(name, {}).get(local_id, [])

    def _day(self, record: Record, *names: str) -> date | None:
        for name in names:
            if record.get(name):
                try:
                    return values.day(record[name])
                except values.Unreadable:
                    raise _Faulty(record, name) from None
        return None

    def _running(self, records: list[Record], start: str, *ends: str) -> list[tuple[date | None, Record]]:
        """Return the records that run on the day, latest start first."""
        found = []
        for record in records:
            begun, ended = self._day(record, start), self._day(record, *ends)
            if (begun is None or begun <= self.as_of) and (ended is None or ended > self.as_of):
                found.append((begun, record))
        return sorted(found, key=lambda one: one[0] or date.min, reverse=True)

    def _child(self, person: Record) -> CaseRow | None:
        local_id = values.local_id(person.get("pers_person_id", ""))
        if not local_id:
            self._refuse(person, "pers_person_id", values.EXPECTED["local_id"], "")
            return None
        try:
            state = self._state(local_id, person)
            return None if state is None else self._row(local_id, person, state)
        except _Faulty as faulty:
            self._refuse(faulty.record, faulty.column, values.EXPECTED["date"], local_id)
            return None

    def _refuse(self, record: Record, column: str, expected: str, local_id: str) -> None:
        value = record.get(column, "")[:80]
        self.reading.refused.append(
            Refusal(record["_file"], "6", int(record["_row"]), column, value, expected, local_id)
        )

    def _state(self, local_id: str, person: Record) -> dict[str, Any] | None:
        """Return status, openness and dates; ``None`` for people who are no case (parents, long closed)."""
        episodes = self._of("ssd_cin_episodes", local_id)
        current = self._running(episodes, "cine_referral_date", "cine_close_date")
        opened_on = current[0][0] if current else None
        for status, running in self._open_statuses(local_id, person):
            if running:
                since = running[0][0]
                return {"status": status, "open": True, "opened_on": opened_on or since, "status_from": since}
        if current:
            return {"status": "child_in_need", "open": True, "opened_on": opened_on, "status_from": opened_on}
        later = self._later_statuses(local_id)
        return later or self._closed(episodes)

    def _open_statuses(
        self, local_id: str, person: Record
    ) -> Iterable[tuple[str, list[tuple[date | None, Record]]]]:
        yield "looked_after", self._looked_after(local_id, person)
        plans = [
            r
            for r in self._of("ssd_cp_plans", local_id)
            if not r.get("cppl_cp_plan_ola", "").upper().startswith("Y")
        ]
        yield "child_protection", self._running(plans, "cppl_cp_plan_start_date", "cppl_cp_plan_end_date")
        cin = self._of("ssd_cin_plans", local_id)
        yield "child_in_need", self._running(cin, "cinp_cin_plan_start_date", "cinp_cin_plan_end_date")
        assessments = self._of("ssd_cin_assessments", local_id)
        yield (
            "open_assessment",
            self._running(assessments, "cina_assessment_start_date", "cina_assessment_auth_date"),
        )

    def _looked_after(self, local_id: str, person: Record) -> list[tuple[date | None, Record]]:
        born = person.get("pers_dob", "")
        try:
            birthday = values.day(born)
        except values.Unreadable:
            birthday = None
        if birthday and _turns_18(birthday) <= self.as_of:
            return []
        if "ssd_legal_status" in self.tables:
            held = [
                r
                for r in self._of("ssd_legal_status", local_id)
                if r.get("lega_legal_status", "").upper()[:2] not in NOT_LOOKED_AFTER
            ]
            return self._running(held, "lega_legal_status_start_date", "lega_legal_status_end_date")
        episodes = self._of("ssd_cla_episodes", local_id)
        return self._running(
            episodes, "clae_cla_episode_start_date", "clae_cla_episode_ceased_date", "clae_cla_episode_ceased"
        )

    def _later_statuses(self, local_id: str) -> dict[str, Any] | None:
        if self._of("ssd_care_leavers", local_id):
            return {"status": "care_leaver", "open": True}
        early = self._running(
            self._of("ssd_early_help_episodes", local_id), "earl_episode_start_date", "earl_episode_end_date"
        )
        if early:
            return {
                "status": "early_help",
                "open": True,
                "opened_on": early[0][0],
                "status_from": early[0][0],
            }
        if not self.front_door.without_further_action:
            # A contact that was taken further has an episode, which is told above.
            return None
        first = self.as_of - timedelta(days=self.front_door.days)
        contacts = [self._day(r, "cont_contact_date") for r in self._of("ssd_contacts", local_id)]
        recent = [made for made in contacts if made and first < made <= self.as_of]
        if recent:
            return {
                "status": "front_door",
                "open": True,
                "opened_on": max(recent),
                "status_from": max(recent),
            }
        return None

    def _closed(self, episodes: list[Record]) -> dict[str, Any] | None:
        ends = [end for end in (self._day(r, "cine_close_date") for r in episodes) if end]
        if not ends or max(ends) < self.as_of - timedelta(days=CLOSED_DAYS):
            return None
        return {"status": None, "open": False, "closed_on": max(ends)}

    def _row(self, local_id: str, person: Record, state: dict[str, Any]) -> CaseRow:
        year, month = values.birth(person.get("pers_dob") or person.get("pers_expected_dob"))
        initials = "".join(person.get(name, "")[:1] for name in ("pers_forename", "pers_surname")).upper()
        families = [r.get("fami_family_id", "") for r in self._of("ssd_family", local_id)]
        return CaseRow(
            local_id=local_id,
            initials=initials or None,
            birth_year=year,
            birth_month=month,
            gender=values.spelling("gender", person.get("pers_gender") or person.get("pers_sex")),
            ethnicity=values.spelling("ethnicity", person.get("pers_ethnicity")),
            disability=self._disability(local_id),
            family_id=next((family for family in families if family), None),
            last_review_on=self._last_review(local_id),
            involvements=self._involvements(local_id, state),
            lists=("6",)
            if state["status"] not in ("care_leaver", "early_help", "front_door")
            else _LIST[state["status"]],
            file=person["_file"],
            row=int(person["_row"]),
            **state,
        )

    def _disability(self, local_id: str) -> str | None:
        codes = {r.get("disa_disability_code", "").upper() for r in self._of("ssd_disability", local_id)} - {
            ""
        }
        if not codes:
            return None
        return "no" if codes == {"NONE"} else "yes"

    def _last_review(self, local_id: str) -> date | None:
        cla = {r.get("clae_cla_id", "") for r in self._of("ssd_cla_episodes", local_id)} - {""}
        held = [self._day(r, "cppr_cp_review_date") for r in self._of("ssd_cp_reviews", local_id)]
        if cla:
            held += [
                self._day(r, "clar_cla_review_date")
                for r in self.tables.get("ssd_cla_reviews", ())
                if r.get("clar_cla_id") in cla
            ]
        return max((day for day in held if day and day <= self.as_of), default=None)

    def _involvements(self, local_id: str, state: dict[str, Any]) -> tuple[Involvement, ...]:
        running = self._running(
            self._of("ssd_involvements", local_id), "invo_involvement_start_date", "invo_involvement_end_date"
        )
        found = [
            Involvement(
                r.get("invo_professional_role_id", "") or "(no role)",
                self._person(r.get("invo_professional_id", "")),
                self._team(r.get("invo_professional_team", "")),
            )
            for _, r in running
        ]
        if state["status"] == "care_leaver":
            leaver = self._of("ssd_care_leavers", local_id)[0]
            worker = leaver.get("clea_care_leaver_worker_id") or leaver.get(
                "clea_care_leaver_personal_advisor", ""
            )
            team = leaver.get("clea_care_leaver_allocated_team", "")
            found.append(Involvement("", self._person(worker), self._team(team)))
        elif state["status"] == "early_help":
            episode = self._of("ssd_early_help_episodes", local_id)[0]
            worker = self._person(episode.get("earl_episode_worker_id", ""))
            found.append(Involvement("", worker, episode.get("earl_episode_organisation", "")))
        return tuple(found)

    def _person(self, key: str) -> str:
        return (self.people.get(key) or key)[:120]

    def _team(self, key: str) -> str:
        return (self.teams.get(key) or key)[:120]


_LIST = {"care_leaver": ("9",), "early_help": ("2",), "front_door": ("1",)}


class _Faulty(Exception):
    def __init__(self, record: Record, column: str):
        super().__init__(column)
        self.record, self.column = record, column


def _turns_18(born: date) -> date:
    try:
        return born.replace(year=born.year + 18)
    except ValueError:
        return date(born.year + 18, 3, 1)
