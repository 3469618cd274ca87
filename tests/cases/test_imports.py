"""What an import does to the case list, and what it never does."""

import re
from datetime import date

import pytest
import yaml
from django.db import IntegrityError

from audits.cases import registry
from audits.cases.enums import AssignmentKind, ImportStatus
from audits.cases.events import CasesImported
from audits.cases.models import Assignment, Case, CaseImport, ImportRow, StatusPeriod
from audits.cases.selectors.lists import held_on
from audits.cases.services import ImportRefused, forget_staged_rows, import_files, undo_import, why_not_undo
from audits.cases.services.imports import uploads_folder
from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Person, TrailEvent, Unit
from qaf.tenants.scope import authority_scope
from tests.cases.conftest import OCTOBER, SEPTEMBER, case, known
from tests.factories import annex_a
from tests.factories.annex_a import child
from tests.factories.people import make_person, make_role

CIN, CP, CLA, CLOSED = (
    "c) Child in need plan",
    "b) Child Protection plan",
    "a) Looked after child",
    "e) Closed episode",
)


def counts(outcome) -> tuple[int, int, int, int, int]:
    told = outcome.to_json()
    return (told["new"], told["changed"], told["closed"], told["unchanged"], len(told["refused"]))


def assignments(local_id: str) -> list[tuple]:
    rows = (
        Assignment.objects.filter(case__local_id=local_id)
        .select_related("person", "unit")
        .order_by("kind", "starts_on")
    )
    return [(row.kind, str(row.person or row.unit), row.starts_on, row.ends_on) for row in rows]


def test_a_first_import_brings_everyone_with_team_worker_and_status_dated(bring):
    outcome = bring(child("001", CP, start=date(2026, 3, 2)), child("002", CLOSED, closed=date(2026, 8, 1)))
    assert counts(outcome) == (2, 0, 0, 0, 0)
    assert known() == {"001": ("child_protection", True), "002": ("child_in_need", False)}
    first = case("001")
    assert (str(first.team), str(first.service), str(first.worker), first.chair) == (
        "Rowan team", "Safeguarding", "Wren Sedge", None,
    )  # fmt: skip
    assert assignments("001") == [
        ("team", "Rowan team", SEPTEMBER, None),
        ("worker", "Wren Sedge", SEPTEMBER, None),
    ]
    periods = StatusPeriod.objects.order_by("case__local_id").values_list("status", "starts_on", "ends_on")
    assert list(periods) == [
        ("child_protection", date(2026, 3, 2), None),
        ("child_in_need", date(2026, 3, 2), date(2026, 8, 1)),
    ]


def test_the_same_file_again_changes_nothing(bring):
    bring(child("1"), child("2"))
    before = TrailEvent.objects.filter(table_name__startswith="cases_case", operation="UPDATE").count()
    assert counts(bring(child("1"), child("2"), as_of=OCTOBER)) == (0, 0, 0, 2, 0)
    assert Assignment.objects.count() == 4
    after = TrailEvent.objects.filter(table_name="cases_case", operation="UPDATE").count()
    assert after == before


def test_a_change_of_worker_and_status_is_dated_and_the_past_can_be_asked(bring):
    bring(child("1", CIN, worker="Wren Sedge"))
    outcome = bring(child("1", CP, worker="Merle Finch"), as_of=OCTOBER)
    assert counts(outcome) == (0, 1, 0, 0, 0)
    assert assignments("1") == [
        ("team", "Rowan team", SEPTEMBER, None),
        ("worker", "Wren Sedge", SEPTEMBER, date(2026, 10, 1)),
        ("worker", "Merle Finch", OCTOBER, None),
    ]
    names = [
        str(held_on(case("1"), AssignmentKind.WORKER, day).person) for day in (date(2026, 10, 1), OCTOBER)
    ]
    assert names == ["Wren Sedge", "Merle Finch"]
    assert held_on(case("1"), AssignmentKind.WORKER, date(2026, 9, 1)) is None
    periods = StatusPeriod.objects.order_by("starts_on").values_list("status", "ends_on")
    assert list(periods) == [("child_in_need", date(2026, 10, 1)), ("child_protection", None)]


def test_a_child_whom_nobody_holds_any_more_stays_in_unallocated(bring):
    bring(child("1"), child("2"))
    bring(child("1", worker="#N/A"), child("2"), as_of=OCTOBER)
    assert (case("1").is_open, case("1").worker, str(case("1").team)) == (True, None, "Rowan team")
    assert held_on(case("1"), AssignmentKind.WORKER, OCTOBER) is None


def test_stepping_down_to_early_help_ends_the_social_worker_and_the_chair(bring, tmp_path):
    line = annex_a.supplement(tmp_path / "s.csv", ("1", "", "", "Robin Thorne"))
    bring(child("1", CP), child("2"), also=(line,))
    early = [
        {
            "Child Unique ID": "1",
            "Assessment start date": OCTOBER,
            "Organisation completing assessment": "Elm hub",
        }
    ]
    sheets = [("2", annex_a.LIST_2, early), ("6", annex_a.LIST_6, [child("1", CLOSED), child("2")])]
    bring(also=(annex_a.workbook(tmp_path / "all.xlsx", *sheets),), as_of=OCTOBER)
    one = case("1")
    assert (one.status, str(one.team), one.worker, one.chair) == ("early_help", "Elm hub", None, None)
    assert assignments("1") == [
        ("chair", "Robin Thorne", SEPTEMBER, date(2026, 10, 1)),
        ("team", "Rowan team", SEPTEMBER, date(2026, 10, 1)),
        ("team", "Elm hub", OCTOBER, None),
        ("worker", "Wren Sedge", SEPTEMBER, date(2026, 10, 1)),
    ]


def test_a_child_who_left_the_list_or_is_closed_in_it_closes_with_all_that_was_running(bring):
    everyone = [child(str(n)) for n in range(1, 12)]
    bring(*everyone)
    outcome = bring(child("1", CLOSED, closed=date(2026, 10, 1)), *everyone[2:], as_of=OCTOBER)
    assert counts(outcome) == (0, 0, 2, 9, 0)
    assert (case("1").closed_on, case("2").closed_on) == (date(2026, 10, 1), OCTOBER)
    running = Assignment.objects.filter(case__local_id__in=["1", "2"], ends_on=None)
    assert (running.count(), StatusPeriod.objects.filter(case__local_id="2", ends_on=None).count()) == (0, 0)


def test_a_closed_case_that_returns_is_open_again_from_that_day(bring):
    bring(child("1", CLOSED, closed=date(2026, 8, 1)), child("2"))
    outcome = bring(child("1", CP), child("2"), as_of=OCTOBER)
    assert counts(outcome) == (0, 1, 0, 1, 0)
    assert known()["1"] == ("child_protection", True)
    periods = StatusPeriod.objects.filter(case__local_id="1").values_list("status", "starts_on", "ends_on")
    assert list(periods) == [
        ("child_in_need", date(2026, 3, 2), date(2026, 8, 1)),
        ("child_protection", OCTOBER, None),
    ]


def test_a_refused_child_is_never_closed(bring):
    bring(child("1"), child("2"))
    outcome = bring(child("1", "On holiday"), child("2"), as_of=OCTOBER)
    assert counts(outcome) == (0, 0, 0, 1, 1)
    assert known()["1"] == ("child_in_need", True)


def test_nobody_is_closed_by_a_list_with_rows_that_name_no_child(bring):
    bring(child("1"), child("2"))
    outcome = bring(child(""), child("2"), as_of=OCTOBER)
    assert counts(outcome) == (0, 0, 0, 1, 1)
    assert known()["1"] == ("child_in_need", True)
    assert [
        "1 child who is missing was not closed" in one["text"] for one in outcome.to_json()["notices"]
    ] == [True]


def test_children_of_a_list_that_is_not_in_the_upload_stay(bring, tmp_path):
    leaver = [child("9") | {"Eligibility Category": "Relevant"}]
    early = [
        {
            "Child Unique ID": "8",
            "Assessment start date": date(2026, 6, 1),
            "Organisation completing assessment": "Elm",
        }
    ]
    sheets = [
        ("9", annex_a.LIST_9, leaver),
        ("2", annex_a.LIST_2, early),
        ("6", annex_a.LIST_6, [child("1")]),
    ]
    bring(also=(annex_a.workbook(tmp_path / "all.xlsx", *sheets),))
    # Care leavers stand as closed in List 6: no news while List 9 is not there.
    bring(child("1"), child("9", CLOSED), as_of=OCTOBER)
    assert known() == {"1": ("child_in_need", True), "8": ("early_help", True), "9": ("care_leaver", True)}


def test_an_empty_list_closes_nobody(bring, tmp_path):
    bring(child("1"))
    bring(also=(annex_a.list_6(tmp_path / "empty.xlsx"),), as_of=OCTOBER)
    assert known() == {"1": ("child_in_need", True)}


def test_closing_more_than_a_fifth_needs_a_confirmation(bring):
    everyone = [child(str(n)) for n in range(1, 11)]
    bring(*everyone)
    with pytest.raises(ImportRefused, match="would close 3 of 10 open cases, more than a fifth"):
        bring(*everyone[3:], as_of=OCTOBER)
    assert Case.objects.filter(closed_on=None).count() == 10
    assert counts(bring(*everyone[2:], as_of=OCTOBER)) == (0, 0, 2, 8, 0)
    assert counts(bring(*everyone[4:], as_of=OCTOBER, closing_confirmed=True)) == (0, 0, 2, 6, 0)


def test_a_list_older_than_the_last_is_refused_and_so_is_one_of_tomorrow(bring):
    bring(child("1"), as_of=OCTOBER)
    with pytest.raises(ImportRefused, match="The last import was of 2 October 2026"):
        bring(child("1"), as_of=SEPTEMBER)
    with pytest.raises(ImportRefused, match="in the future"):
        bring(child("1"), as_of=date(2026, 10, 6))


def test_a_dry_run_says_the_same_and_writes_nothing(bring):
    outcome = bring(child("1", team="Larch team", worker="Merle Finch"), child("2", "?"), dry_run=True)
    assert counts(outcome) == (1, 0, 0, 0, 1)
    assert (outcome.to_json()["unmapped_teams"], outcome.to_json()["unmapped_workers"]) == (
        ["Larch team"],
        ["Merle Finch"],
    )
    assert (
        Case.objects.count(),
        CaseImport.objects.count(),
        Unit.objects.filter(key="Larch team").count(),
    ) == (0, 0, 0)


def test_unknown_teams_and_workers_are_made_unmapped_and_reported(bring):
    told = bring(child("1", team="Larch team", worker="Finch, Merle")).to_json()
    assert (told["unmapped_teams"], told["unmapped_workers"]) == (["Larch team"], ["Finch, Merle"])
    team, worker = Unit.objects.get(key="Larch team"), Person.objects.get(source_name="Finch, Merle")
    assert (team.is_mapped, worker.name, worker.unit, worker.user) == (False, "Merle Finch", team, None)
    assert case("1").service is None


def test_a_worker_who_is_known_by_name_is_not_made_twice(bring):
    wren = make_person("Wren Sedge")
    told = bring(child("1", worker="SEDGE,  Wren"), child("2", worker="wren sedge")).to_json()
    assert told["unmapped_workers"] == []
    assert [case(n).worker for n in "12"] == [wren, wren]


def test_the_supplement_gives_chair_and_manager_and_never_blanks_what_it_leaves_out(bring, tmp_path):
    bring(child("1"))
    lines = annex_a.supplement(
        tmp_path / "s.csv", ("1", "AB", "F1", "Robin Thorne", "Hazel Brook", "14/09/2026", "yes")
    )
    assert counts(bring(also=(lines,), as_of=OCTOBER)) == (0, 1, 0, 0, 0)
    again = annex_a.supplement(tmp_path / "s2.csv", ("1", "", "", "", "", "", ""))
    assert counts(bring(also=(again,), as_of=OCTOBER)) == (0, 0, 0, 1, 0)
    one = case("1")
    assert (one.initials, one.family_id, str(one.chair), str(one.manager), one.last_supervision_on, one.restricted) == (
        "AB", "F1", "Robin Thorne", "Hazel Brook", date(2026, 9, 14), True,
    )  # fmt: skip
    assert (one.is_open, str(one.worker)) == (True, "Wren Sedge")


def test_a_supplement_line_of_an_unknown_child_is_refused(bring, tmp_path):
    bring(child("1"))
    outcome = bring(also=(annex_a.supplement(tmp_path / "s.csv", ("404", "AB")),), as_of=OCTOBER)
    assert outcome.to_json()["refused"] == [
        {
            "file": "s.csv",
            "list": "supplement",
            "row": 2,
            "column": "Child Unique ID",
            "value": "404",
            "expected": "a child who is in this council's case list",
        }
    ]


def test_another_councils_child_is_as_unknown_as_nobody(bring, other_council, tmp_path):
    """The answer must not tell whether an id exists elsewhere."""
    bring(child("1"))
    lines = [annex_a.supplement(tmp_path / f"{n}.csv", (n, "AB")) for n in ("birch-7", "nobody-7")]
    before = [
        bring(also=(line,), as_of=OCTOBER, dry_run=True).to_json()["refused"][0]["expected"] for line in lines
    ]
    assert before[0] == before[1]
    assert counts(bring(child("1"), child("birch-7"), as_of=OCTOBER)) == (1, 0, 0, 1, 0)


def test_the_same_child_in_two_councils_is_two_cases(frozen, council, other_council, tmp_path):
    path = annex_a.list_6(tmp_path / "a.xlsx", child("7"))
    for one in (council, other_council):
        with authority_scope(one):
            assert counts(import_files(files=[path], as_of=SEPTEMBER)) == (1, 0, 0, 0, 0)
            assert Case.objects.count() == 1


def test_leading_zeros_that_a_spreadsheet_lost_find_their_child_and_are_told(bring):
    bring(child("000123"), child("2"))
    outcome = bring(child(123, CP), child("2"), as_of=OCTOBER)
    assert counts(outcome) == (0, 1, 0, 1, 0)
    assert known() == {"000123": ("child_protection", True), "2": ("child_in_need", True)}
    assert [one["text"] for one in outcome.to_json()["notices"]] == [
        "123 is taken for 000123, which differs by leading zeros only."
    ]


@pytest.mark.parametrize("case_list", ["another birth date", "two candidates"])
def test_lost_zeros_that_might_mean_another_child_refuse_the_row_and_close_nobody(bring, case_list):
    two = case_list == "two candidates"
    bring(child("00123"), child("0123" if two else "2"))
    given = child(123, born=date(2014, 5, 17) if two else date(2019, 1, 1))
    outcome = bring(given, *([] if two else [child("2")]), as_of=OCTOBER)
    assert counts(outcome)[0] == counts(outcome)[2] == 0
    assert [refusal["value"] for refusal in outcome.to_json()["refused"]] == ["123"]
    assert all(is_open for _, is_open in known().values())


def test_a_case_that_closes_in_an_open_audit_keeps_it_and_the_importers_are_told(bring, monkeypatch):
    importer = make_person("Ash Reed", "qa_lead", signs_in=True)
    make_role("qa_lead").permissions.append("cases.import")
    role = make_role("qa_lead")
    role.permissions = ["cases.import"]
    role.save()
    bring(*[child(str(n)) for n in range(1, 8)])
    audited = case("1").pk
    monkeypatch.setattr(registry, "_audited_now", [lambda ids: {audited} & set(ids)])
    bring(*[child(str(n)) for n in range(2, 8)], as_of=OCTOBER)
    assert not case("1").is_open
    told = Notice.objects.filter(kind="cases.closed_in_audit")
    assert [(notice.person, notice.subject) for notice in told] == [
        (importer, "1 case closed while being audited")
    ]


def test_the_import_is_announced_with_what_it_brought_and_closed(bring, monkeypatch):
    heard = []
    monkeypatch.setattr("audits.cases.services.imports.publish", heard.append)
    bring(*[child(str(n)) for n in range(1, 8)])
    bring(*[child(str(n)) for n in range(2, 9)], as_of=OCTOBER)
    last = CaseImport.objects.latest("id")
    assert heard[1] == CasesImported(last.pk, (case("8").pk,), (case("1").pk,))


def test_what_fails_half_way_leaves_nothing_behind(bring, monkeypatch):
    bring(child("1"))

    def break_down(*args, **kwargs):
        raise IntegrityError("half way")

    monkeypatch.setattr("audits.cases.services.writing.StatusPeriod.objects.bulk_create", break_down)
    with pytest.raises(IntegrityError):
        bring(child("1", CP), child("2", team="Larch team"), as_of=OCTOBER)
    assert known() == {"1": ("child_in_need", True)}
    assert (Unit.objects.filter(key="Larch team").count(), CaseImport.objects.count()) == (0, 1)


def snapshot() -> list:
    return [
        sorted(map(str, Case.objects.values_list("local_id", "status", "closed_on", "worker", "team", "last_seen_on"))),
        sorted(map(str, Assignment.objects.values_list("id", "case__local_id", "kind", "starts_on", "ends_on"))),
        sorted(map(str, StatusPeriod.objects.values_list("id", "case__local_id", "status", "starts_on", "ends_on"))),
    ]  # fmt: skip


def test_undo_puts_everything_back_to_the_day_before(bring):
    everyone = [child(str(n)) for n in range(1, 9)]
    bring(*everyone)
    before = snapshot()
    outcome = bring(
        child("1", CP, worker="Merle Finch", seen=date(2026, 10, 1)),
        *everyone[2:],
        child("99"),
        as_of=OCTOBER,
    )
    assert counts(outcome) == (1, 1, 1, 6, 0)
    assert snapshot() != before
    undo_import(case_import=outcome.case_import, person=None)
    assert snapshot() == before
    assert outcome.case_import.status == ImportStatus.UNDONE
    assert counts(bring(*everyone, as_of=SEPTEMBER)) == (0, 0, 0, 8, 0)


def test_only_the_last_import_can_be_undone(bring):
    first = bring(child("1"))
    second = bring(child("1", CP), as_of=OCTOBER)
    assert why_not_undo(first.case_import) == "Only the last import can be undone."
    with pytest.raises(ImportRefused):
        undo_import(case_import=first.case_import, person=None)
    undo_import(case_import=second.case_import, person=None)
    assert why_not_undo(first.case_import) == ""


@pytest.mark.parametrize("what", ["_drawn_since", "_sampled"])
def test_an_import_from_which_something_was_sampled_cannot_be_undone(bring, monkeypatch, what):
    outcome = bring(child("1"))
    answer = (lambda moment: moment <= clock.now()) if what == "_drawn_since" else set
    monkeypatch.setattr(registry, what, [answer])
    with pytest.raises(ImportRefused, match="can no longer be undone"):
        undo_import(case_import=outcome.case_import, person=None)
    assert known() == {"1": ("child_in_need", True)}


def test_the_staged_rows_keep_no_second_copy_of_the_child_once_written(bring):
    bring(child("1", ethnicity="WROM"))
    assert [row.data for row in ImportRow.objects.all()] == [{}]


def test_staged_rows_are_forgotten_after_five_weeks_and_a_forgotten_preview_is_discarded(bring, alder):
    outcome = bring(child("1"))
    reading = CaseImport.objects.create(as_of=SEPTEMBER, created_at=clock.now(), status=ImportStatus.PREVIEW)
    ImportRow.objects.create(case_import=reading, action="new", local_id="9")
    with clock.travel(date(2026, 11, 8)):
        assert forget_staged_rows() == 0
    with clock.travel(date(2026, 11, 10)):
        forget_staged_rows()
    assert ImportRow.objects.count() == 0
    reading.refresh_from_db()
    assert reading.status == ImportStatus.DISCARDED
    assert why_not_undo(outcome.case_import) == "What is needed to undo an import is kept for five weeks."
    assert known() == {"1": ("child_in_need", True)}


def test_a_councils_own_framework_says_which_contacts_are_cases(council, frozen, tmp_path):
    text = loader.builtin_text("herefordshire")
    text = text.replace("without_further_action: true", "without_further_action: false")
    referrals = [
        {"Child Unique ID": "0001", "Date of referral": SEPTEMBER, "Referral NFA?": "Yes"},
        {"Child Unique ID": "0002", "Date of referral": SEPTEMBER, "Referral NFA?": "No"},
    ]
    path = annex_a.workbook(tmp_path / "a.xlsx", ("3", annex_a.LIST_3, referrals))
    with authority_scope(council):
        publish_framework(text=text, effective_from=date(2026, 1, 1))
        import_files(files=[path], as_of=SEPTEMBER)
        assert list(Case.objects.values_list("local_id", flat=True)) == ["0002"]


def test_a_web_server_and_a_worker_in_containers_of_their_own_share_the_uploads(settings):
    compose = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
    image = (settings.BASE_DIR / "docs" / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    data = re.search(r"QAF_DATA=(\S+)", image)[1]
    folder = f"{data}/{uploads_folder().relative_to(settings.DATA_DIR)}"
    mounted = {
        name: [mount.split(":")[:2] for mount in compose["services"][name]["volumes"]]
        for name in ("web", "worker")
    }
    assert mounted["web"] == mounted["worker"]
    assert [volume for volume, path in mounted["web"] if path == folder]
    assert f"mkdir -p {folder}" in image, "else the volume is root's and nobody can write into it"
