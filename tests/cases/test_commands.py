"""The two commands, and the daily deletion."""

import csv
import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audits.cases import registry
from audits.cases.models import Assignment, Case, CaseImport, ImportRow
from audits.cases.services import delete_never_sampled
from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from tests.factories import annex_a
from tests.factories.annex_a import child


def run(*args: object) -> str:
    out = StringIO()
    call_command(*map(str, args), stdout=out)
    return out.getvalue()


def test_import_cases_answers_in_the_published_shape(frozen, council, tmp_path):
    path = annex_a.list_6(tmp_path / "a.xlsx", child("001"), child("2", "?"))
    told = json.loads(run("import_cases", "alder", path, "--as-of", "2026-09-30", "--json"))
    assert {key: told[key] for key in ("new", "changed", "closed", "unchanged", "refused")} == {
        "new": 1,
        "changed": 0,
        "closed": 0,
        "unchanged": 0,
        "refused": [
            {
                "file": "a.xlsx", "list": "6", "row": 3, "column": "Case status", "value": "?",
                "expected": "one of: a) Looked after child, b) Child Protection plan, c) Child in need plan, "
                "d) Open assessment, e) Closed episode",
            }
        ],
    }  # fmt: skip
    assert (told["unmapped_teams"], told["unmapped_workers"]) == (["Rowan team"], ["Wren Sedge"])


def test_a_dry_run_writes_nothing(frozen, council, tmp_path):
    path = annex_a.list_6(tmp_path / "a.xlsx", child("1"))
    told = json.loads(run("import_cases", "alder", path, "--as-of", "2026-09-30", "--json", "--dry-run"))
    assert told["new"] == 1
    with authority_scope(council):
        assert (Case.objects.count(), CaseImport.objects.count()) == (0, 0)


def test_a_folder_of_csv_files_is_an_upload(frozen, council, tmp_path):
    folder = tmp_path / "annex"
    folder.mkdir()
    annex_a.csv_file(folder / "list6.csv", annex_a.LIST_6, [child("1")])
    annex_a.csv_file(
        folder / "list9.csv", annex_a.LIST_9, [child("2") | {"Eligibility Category": "Relevant"}]
    )
    assert "     2 new" in run("import_cases", "alder", folder, "--as-of", "2026-09-30")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_file_that_cannot_be_used_fails_with_the_reason(frozen, council, tmp_path, as_json, capsys):
    (tmp_path / "a.csv").write_text("")
    args = [
        "import_cases",
        "alder",
        tmp_path / "a.csv",
        "--as-of",
        "2026-09-30",
        *(["--json"] if as_json else []),
    ]
    with pytest.raises(CommandError, match=r"a\.csv: This file is empty\."):
        run(*args)


def test_an_unknown_council_and_an_older_day_are_refused(frozen, council, tmp_path):
    path = annex_a.list_6(tmp_path / "a.xlsx", child("1"))
    run("import_cases", "alder", path, "--as-of", "2026-10-02")
    with pytest.raises(CommandError, match="The last import was of 2 October 2026"):
        run("import_cases", "alder", path, "--as-of", "2026-09-30")
    with pytest.raises(CommandError, match="There is no council elm"):
        run("import_cases", "elm", path, "--as-of", "2026-10-02")


def test_export_cases_writes_everyone_with_ids_as_text_and_no_formula(frozen, council, tmp_path):
    rows = [child("0017", worker="=HYPERLINK(1)"), child("2", "e) Closed episode", closed=date(2026, 8, 1))]
    run("import_cases", "alder", annex_a.list_6(tmp_path / "a.xlsx", *rows), "--as-of", "2026-09-30")
    out = tmp_path / "out.csv"
    assert run("export_cases", "alder", "--out", out) == f"2 cases written to {out}\n"
    with out.open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    picked = [
        [line[key] for key in ("id", "status", "open", "team", "worker", "iro", "opened_on", "closed_on")]
        for line in found
    ]
    assert picked == [
        ["0017", "child_in_need", "yes", "Rowan team", "'=HYPERLINK(1)", "", "2026-03-02", ""],
        ["2", "child_in_need", "no", "Rowan team", "Wren Sedge", "", "2026-03-02", "2026-08-01"],
    ]


def test_children_never_sampled_are_deleted_on_the_councils_date_and_nobody_else(
    frozen, council, tmp_path, monkeypatch
):
    rows = [
        child("long", "e) Closed episode", closed=date(2025, 10, 5)),
        child("sampled", "e) Closed episode", closed=date(2025, 10, 5)),
        child("later", "e) Closed episode", closed=date(2025, 10, 6)),
        child("open"),
    ]
    run("import_cases", "alder", annex_a.list_6(tmp_path / "a.xlsx", *rows), "--as-of", "2026-09-30")
    with authority_scope(council):
        sampled = Case.objects.get(local_id="sampled").pk
        monkeypatch.setattr(registry, "_sampled", [lambda ids: {sampled} & set(ids)])
        assert (delete_never_sampled(), delete_never_sampled()) == (1, 0)
        assert set(Case.objects.values_list("local_id", flat=True)) == {"sampled", "later", "open"}
        assert not Assignment.objects.filter(case=None).exists()
        assert not ImportRow.objects.filter(local_id="long").exists()
        with clock.travel(date(2026, 10, 6)):
            assert delete_never_sampled() == 1
