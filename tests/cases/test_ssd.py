"""The Standard Safeguarding Dataset: statuses from open rows, names from the professionals' table."""

from datetime import date

import pytest

from audits.cases.formats.process import expand, read_upload
from audits.cases.formats.rows import FileFault, Involvement, Reading
from tests.factories import annex_a

AS_OF = date(2026, 9, 30)
NOW, THEN, LATER = date(2026, 6, 1), date(2026, 1, 1), date(2026, 8, 1)


def person(pk: str, born: date = date(2014, 5, 17), **more):
    return {"pers_person_id": pk, "pers_gender": "F", "pers_ethnicity": "WBRI", "pers_dob": born, **more}


def episode(pk: str, closed="", started=THEN):
    return {
        "cine_referral_id": f"r{pk}",
        "cine_person_id": pk,
        "cine_referral_date": started,
        "cine_close_date": closed,
    }


def legal(pk: str, code: str, ended=""):
    return {
        "lega_legal_status_id": f"l{pk}",
        "lega_person_id": pk,
        "lega_legal_status": code,
        "lega_legal_status_start_date": NOW,
        "lega_legal_status_end_date": ended,
    }


def cp_plan(pk: str, ended="", other_council="N"):
    return {
        "cppl_cp_plan_id": f"p{pk}",
        "cppl_person_id": pk,
        "cppl_cp_plan_start_date": NOW,
        "cppl_cp_plan_end_date": ended,
        "cppl_cp_plan_ola": other_council,
    }


def cin_plan(pk: str, ended=""):
    return {
        "cinp_cin_plan_id": f"n{pk}",
        "cinp_person_id": pk,
        "cinp_cin_plan_start_date": NOW,
        "cinp_cin_plan_end_date": ended,
    }


def assessment(pk: str, authorised=""):
    return {
        "cina_assessment_id": f"a{pk}",
        "cina_person_id": pk,
        "cina_assessment_start_date": NOW,
        "cina_assessment_auth_date": authorised,
    }


def tables(**more):
    """Ten children, one for each way to have a status."""
    everyone = [person(f"{n:03}") for n in range(1, 11)]
    everyone[1]["pers_dob"] = date(2008, 9, 30)
    return {
        "ssd_person": everyone,
        "ssd_cin_episodes": [episode(f"{n:03}") for n in range(1, 8)] + [episode("008", closed=LATER)],
        "ssd_legal_status": [legal("001", "C2"), legal("002", "C2"), legal("003", "V4"), legal("004", "E1", LATER)],
        "ssd_cp_plans": [cp_plan("001"), cp_plan("003"), cp_plan("005", other_council="Y")],
        "ssd_cin_plans": [cin_plan("004"), cin_plan("006", ended=LATER)],
        "ssd_cin_assessments": [assessment("006"), assessment("007", authorised=LATER)],
        "ssd_care_leavers": [{"clea_table_id": "1", "clea_person_id": "009", "clea_care_leaver_worker_id": "w1"}],
        "ssd_early_help_episodes": [
            {"earl_episode_id": "1", "earl_person_id": "010", "earl_episode_start_date": NOW,
             "earl_episode_end_date": "", "earl_episode_organisation": "Elm hub"}
        ],
        **more,
    }  # fmt: skip


def read(path) -> Reading:
    return read_upload(expand([path]), as_of=AS_OF)


@pytest.mark.parametrize("zipped", [True, False])
def test_each_child_has_the_status_of_its_open_rows(tmp_path, zipped):
    reading = read(annex_a.dataset(tmp_path / "ssd", tables(), zipped=zipped))
    assert reading.refused == []
    assert {row.local_id: (row.status, row.open) for row in reading.rows} == {
        "001": ("looked_after", True),
        "002": ("child_in_need", True),  # eighteen today: no longer looked after
        "003": ("child_protection", True),  # V4 is a short break
        "004": ("child_in_need", True),  # the legal status has ended
        "005": ("child_in_need", True),  # another council's plan
        "006": ("open_assessment", True),
        "007": ("child_in_need", True),
        "008": (None, False),
        "009": ("care_leaver", True),
        "010": ("early_help", True),
    }
    assert reading.complete_lists == {"6", "9", "2"}


def test_open_involvements_come_with_their_role_codes_names_and_teams(tmp_path):
    involvements = [
        {"invo_involvements_id": n, "invo_person_id": "001", "invo_professional_id": who,
         "invo_professional_role_id": role, "invo_professional_team": "t1",
         "invo_involvement_start_date": THEN, "invo_involvement_end_date": ended}
        for n, who, role, ended in (("1", "w1", "ALLOC", ""), ("2", "w2", "IRO", ""), ("3", "w3", "ALLOC", LATER))
    ]  # fmt: skip
    extra = {
        "ssd_involvements": involvements,
        "ssd_professionals": [
            {"prof_professional_id": "w1", "prof_professional_name": "Wren Sedge"},
            {"prof_professional_id": "w2", "prof_professional_name": "Robin Thorne"},
        ],
        "ssd_department": [{"dept_team_id": "t1", "dept_team_name": "Rowan team"}],
    }
    rows = {row.local_id: row for row in read(annex_a.dataset(tmp_path / "ssd", tables(**extra))).rows}
    assert set(rows["001"].involvements) == {
        Involvement("ALLOC", "Wren Sedge", "Rowan team"),
        Involvement("IRO", "Robin Thorne", "Rowan team"),
    }
    assert rows["009"].involvements == (Involvement("", "Wren Sedge", ""),)
    assert rows["010"].involvements == (Involvement("", "", "Elm hub"),)


def test_newer_names_give_initials_only_and_the_older_ceased_column_is_known(tmp_path):
    people = [person("1", pers_forename="Annabel", pers_surname="Canary")]
    care = [
        {
            "clae_cla_episode_id": "e",
            "clae_person_id": "1",
            "clae_cla_episode_start_date": NOW,
            "clae_cla_episode_ceased": LATER,
        }
    ]
    given = {"ssd_person": people, "ssd_cin_episodes": [episode("1")], "ssd_cla_episodes": care}
    reading = read(annex_a.dataset(tmp_path / "ssd", given))
    assert [(row.initials, row.status) for row in reading.rows] == [("AC", "child_in_need")]
    assert "Canary" not in repr(reading)


def test_a_dataset_without_plans_closes_nobody_and_says_so(tmp_path):
    given = {"ssd_person": [person("1")], "ssd_cin_episodes": [episode("1")]}
    reading = read(annex_a.dataset(tmp_path / "ssd", given))
    assert reading.complete_lists == frozenset()
    assert [notice.text for notice in reading.notices] == [
        "The dataset has no ssd_legal_status, ssd_cp_plans, ssd_cin_plans: nobody is closed for being left out of it."
    ]


def test_a_dataset_without_children_is_refused(tmp_path):
    with pytest.raises(FileFault, match="has no ssd_person"):
        read(annex_a.dataset(tmp_path / "ssd", {"ssd_cin_episodes": [episode("1")]}))


def test_a_date_that_is_none_refuses_the_child_and_names_the_field(tmp_path):
    given = tables(ssd_cp_plans=[cp_plan("003", ended="soon")])
    reading = read(annex_a.dataset(tmp_path / "ssd", given))
    told = [(r.file, r.column, r.value, r.local_id) for r in reading.refused]
    assert told == [("ssd_cp_plans.csv", "cppl_cp_plan_end_date", "soon", "003")]
    assert "003" not in {row.local_id for row in reading.rows}
