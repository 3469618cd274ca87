"""The browser's side: upload to undo, the list, one case, mapping; and who may not."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audits.cases import registry
from audits.cases.enums import ImportStatus
from audits.cases.models import Case, CaseImport, ImportRow, NameAlias, RoleCode
from audits.cases.selectors.lists import visible_cases
from audits.cases.services import import_files
from qaf.jobs import services as jobs
from qaf.jobs.models import Job
from qaf.tenants.models import Person, ReadEvent, Unit
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import give_post
from tests.cases.conftest import OCTOBER, SEPTEMBER
from tests.factories import annex_a
from tests.factories.annex_a import child
from tests.factories.people import LONG_AGO, make_person, make_role, make_service, make_team

URL = "/a/alder/cases/"
CP = "b) Child Protection plan"


class Cast:
    """Ash runs imports, Fern audits only, Ivy belongs to another council."""

    def __init__(self, council, other_council):
        self.council = council
        with authority_scope(council):
            make_role("qa_lead", "cases.import", "cases.view", "cases.map")
            make_role("auditor")
            self.safeguarding = make_service("Safeguarding")
            make_team("Rowan team", self.safeguarding)
            self.ash = self.signed_in(make_person("Ash Reed", "qa_lead", signs_in=True))
            self.fern = self.signed_in(make_person("Fern Hill", "auditor", signs_in=True))
        with authority_scope(other_council):
            make_role("qa_lead", "cases.import", "cases.view", "cases.map")
            self.ivy = self.signed_in(make_person("Ivy Stone", "qa_lead", signs_in=True))

    @staticmethod
    def signed_in(person: Person) -> Client:
        client = Client()
        client.post("/account/login/", {"login": person.user.email, "password": "correct horse battery"})
        return client

    def bring(self, path: Path, as_of: date = SEPTEMBER) -> CaseImport:
        with authority_scope(self.council):
            return import_files(files=[path], as_of=as_of).case_import


@pytest.fixture
def cast(frozen, council, other_council, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    return Cast(council, other_council)


def upload(client: Client, *paths: Path, as_of: date = SEPTEMBER, key: str = "k1"):
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
    day = {"as_of_0": as_of.day, "as_of_1": as_of.month, "as_of_2": as_of.year}
    return client.post(f"{URL}imports/new/", {"documents": files, "form_key": key, **day})


@pytest.fixture
def work(cast, django_capture_on_commit_callbacks):
    """Do the jobs that wait, as a worker would."""

    def do_jobs() -> list[str]:
        with authority_scope(cast.council):
            waiting = list(Job.objects.filter(status="waiting").values_list("pk", flat=True))
        with django_capture_on_commit_callbacks(execute=True):
            return [str(jobs.run(cast.council.pk, pk)) for pk in waiting]

    return do_jobs


def text(response) -> str:
    return " ".join(unescape(response.content.decode()).split())


def test_from_upload_to_undo_in_the_browser(cast, work, tmp_path):
    everyone = [child(str(n)) for n in range(1, 8)]
    cast.bring(annex_a.list_6(tmp_path / "first.xlsx", *everyone))
    path = annex_a.list_6(
        tmp_path / "second.xlsx", child("1", CP), *everyone[2:], child("8"), child("9", "?")
    )

    page = upload(cast.ash, path, as_of=OCTOBER)["Location"]
    assert "Reading the files" in text(cast.ash.get(page))
    assert work() == ["done"]
    preview = text(cast.ash.get(page))
    assert "Waiting for confirmation" in preview
    assert "Confirm the case list of Friday 2 October 2026" in text(cast.ash.get("/a/alder/"))
    assert "Status: Child in need to Child protection" in preview
    assert "second.xlsx, list 6, row 9: Case status is “?”, expected one of: a) Looked after child" in preview
    with authority_scope(cast.council):
        assert Case.objects.get(local_id="1").status == "child_in_need"

    refused = cast.ash.post(f"{page}confirm/")
    assert refused.status_code == 422
    assert "Tick the box to confirm: 1 refused row is left out; those children stay as they are" in text(
        refused
    )

    assert cast.ash.post(f"{page}confirm/", {"refusals_left_out": "on"})["Location"] == page
    assert cast.ash.post(f"{page}confirm/", {"refusals_left_out": "on"})["Location"] == page
    assert "Writing the case list" in text(cast.ash.get(page))
    assert work() == ["done"]
    assert "Undo this import" in text(cast.ash.get(page))
    with authority_scope(cast.council):
        found = Case.objects.order_by("local_id").values_list("local_id", "status", "closed_on")
        assert list(found) == [
            ("1", "child_protection", None),
            ("2", "child_in_need", OCTOBER),
            *[(str(n), "child_in_need", None) for n in range(3, 9)],
        ]

    cast.ash.post(f"{page}undo/")
    assert "Putting the case list back" in text(cast.ash.get(page))
    assert work() == ["done"]
    with authority_scope(cast.council):
        found = Case.objects.order_by("local_id").values_list("local_id", "status", "closed_on")
        assert list(found) == [(str(n), "child_in_need", None) for n in range(1, 8)]


def test_the_files_lie_on_disk_without_their_names_and_only_until_they_are_read(cast, work, tmp_path):
    upload(cast.ash, annex_a.list_6(tmp_path / "Canary Child.xlsx", child("1")))
    kept = [path.name for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert "Canary" not in kept[0]
    work()
    assert [path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()] == []


def test_the_same_form_posted_twice_is_one_import(cast, tmp_path):
    path = annex_a.list_6(tmp_path / "a.xlsx", child("1"))
    first, second = upload(cast.ash, path), upload(cast.ash, path)
    assert first["Location"] == second["Location"]
    with authority_scope(cast.council):
        assert (CaseImport.objects.count(), Job.objects.count()) == (1, 1)


def test_a_file_that_cannot_be_used_says_why_and_changes_nothing(cast, work, tmp_path):
    (tmp_path / "letter.csv").write_text("Dear all,\nplease find\n")
    page = upload(cast.ash, tmp_path / "letter.csv")["Location"]
    assert work() == ["done"]
    shown = text(cast.ash.get(page))
    assert "The files could not be used" in shown
    assert "No list was recognised in this file." in shown
    with authority_scope(cast.council):
        assert Case.objects.count() == 0


def test_60_megabytes_are_refused_beside_the_field_and_nothing_is_kept(cast, tmp_path):
    path = tmp_path / "all.xlsx"
    with path.open("wb") as stream:
        stream.truncate(60 * 1024 * 1024)
    response = upload(cast.ash, path)
    assert response.status_code == 422
    assert "all.xlsx is 60 MB; the largest that can be uploaded is 30 MB." in text(response)
    with authority_scope(cast.council):
        assert not CaseImport.objects.exists()
    assert not list((tmp_path / "data").rglob("*"))


def test_nothing_chosen_and_a_day_to_come_are_told_beside_their_fields(cast, tmp_path):
    response = cast.ash.post(
        f"{URL}imports/new/", {"form_key": "k", "as_of_0": "6", "as_of_1": "10", "as_of_2": "2026"}
    )
    assert response.status_code == 422
    assert "Choose a file: files of the case list" in text(response)
    assert "The day of the files must be today or in the past" in text(response)
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1")), OCTOBER)
    older = upload(cast.ash, annex_a.list_6(tmp_path / "b.xlsx", child("1")), as_of=SEPTEMBER)
    assert "The last import was of 2 October 2026; an older list cannot be laid over it." in text(older)


def test_every_form_can_be_left_without_saving(cast, tmp_path):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1", team="Larch team", worker="W. Sedge")))
    with authority_scope(cast.council):
        larch, somebody = Unit.objects.get(key="Larch team"), Person.objects.get(source_name="W. Sedge")
    forms = {
        "imports/new/": f"{URL}imports/",
        f"mapping/teams/{larch.pk}/": f"{URL}mapping/",
        f"mapping/people/{somebody.pk}/": f"{URL}mapping/",
    }
    for page, back in forms.items():
        assert re.search(rf'href="{back}"[^>]*>\s*Cancel', cast.ash.get(URL + page).content.decode())


def test_closing_more_than_a_fifth_has_a_box_of_its_own(cast, work, tmp_path):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", *[child(str(n)) for n in range(10)]))
    page = upload(cast.ash, annex_a.list_6(tmp_path / "b.xlsx", child("1")), as_of=OCTOBER)["Location"]
    work()
    assert "9 of 10 open cases really closed: more than a fifth" in text(cast.ash.get(page))
    assert cast.ash.post(f"{page}confirm/").status_code == 422
    cast.ash.post(f"{page}confirm/", {"closing_confirmed": "on"})
    assert work() == ["done"]
    with authority_scope(cast.council):
        assert Case.objects.filter(closed_on=None).count() == 1


def test_a_preview_that_another_import_overtook_is_made_again_and_not_written(cast, work, tmp_path):
    page = upload(cast.ash, annex_a.list_6(tmp_path / "a.xlsx", child("1"), child("2")), as_of=OCTOBER)[
        "Location"
    ]
    work()
    cast.bring(annex_a.list_6(tmp_path / "b.xlsx", child("1")), OCTOBER)
    cast.ash.post(f"{page}confirm/")
    assert work() == ["done"]
    with authority_scope(cast.council):
        again = CaseImport.objects.get(pk=int(page.rstrip("/").split("/")[-1]))
        assert (again.status, again.counts["new"], again.counts["unchanged"]) == (ImportStatus.PREVIEW, 1, 1)
        assert list(Case.objects.values_list("local_id", flat=True)) == ["1"]


def test_a_discarded_preview_leaves_no_child_behind(cast, work, tmp_path):
    page = upload(cast.ash, annex_a.list_6(tmp_path / "a.xlsx", child("1")))["Location"]
    work()
    assert cast.ash.post(f"{page}discard/")["Location"] == f"{URL}imports/"
    with authority_scope(cast.council):
        assert (ImportRow.objects.count(), Case.objects.count()) == (0, 0)


def test_the_preview_can_be_filtered_and_downloaded_row_by_row(cast, work, tmp_path):
    path = annex_a.list_6(tmp_path / "a.xlsx", child("=1+1", "?"), child("2"))
    page = upload(cast.ash, path)["Location"]
    work()
    assert "No row to show" in text(cast.ash.get(f"{page}?action=closed"))
    lines = cast.ash.get(f"{page}rows.csv?action=refused").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "action,id,file,list,row,column,value,expected,changes"
    assert [line.split(",")[:7] for line in lines[1:]] == [
        ["refused", "'=1+1", "a.xlsx", "6", "2", "Case status", "?"]
    ]


def test_the_list_filters_sorts_and_exports_by_its_address(cast, tmp_path):
    rows = [
        child("1"),
        child("2", CP, worker="Merle Finch"),
        child("3", "e) Closed episode"),
        child("4", worker="#N/A"),
    ]
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", *rows))

    def exported(query: str = "") -> list[str]:
        body = cast.ash.get(f"{URL}export/{query}").content.decode("utf-8-sig")
        return [line.split(",")[0] for line in body.splitlines()[1:]]

    with authority_scope(cast.council):
        merle = Person.objects.get(name="Merle Finch")
    assert exported() == ["1", "2", "4"]
    assert exported("?state=all") == ["1", "2", "3", "4"]
    assert exported("?status=child_protection") == exported(f"?worker={merle.pk}") == ["2"]
    assert exported("?unallocated=on") == ["4"]
    page = text(cast.ash.get(f"{URL}?sort=-id"))
    assert page.index(">4</a>") < page.index(">2</a>") < page.index(">1</a>")


def test_the_query_count_of_the_list_and_a_preview_does_not_grow_with_the_rows(
    cast, tmp_path, django_assert_max_num_queries
):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1")))
    counted = []
    cast.ash.get(URL)
    for many in (1, 30):
        rows = [child(str(n), team=f"Team {n}", worker=f"Worker {n}") for n in range(many)]
        case_import = cast.bring(annex_a.list_6(tmp_path / f"{many}.xlsx", child("1"), *rows), OCTOBER)
        for page in (URL, f"{URL}imports/{case_import.pk}/", f"{URL}mapping/"):
            with django_assert_max_num_queries(100) as seen:
                assert cast.ash.get(page).status_code == 200
            counted.append(len(seen))
    assert counted[:3] == counted[3:]


def test_a_case_page_shows_then_and_now_and_the_look_is_logged(cast, tmp_path, monkeypatch):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1", worker="Wren Sedge")))
    cast.bring(annex_a.list_6(tmp_path / "b.xlsx", child("1", worker="Merle Finch")), OCTOBER)
    monkeypatch.setattr(registry, "_panels", [])
    with authority_scope(cast.council):
        pk = Case.objects.get().pk
    page = text(cast.ash.get(f"{URL}{pk}/"))
    assert "Case 1" in page
    assert "Born" in page
    assert "May 2014" in page
    assert page.index("Merle Finch") < page.index("Wren Sedge")
    assert "1 Oct 2026" in page
    with authority_scope(cast.council):
        assert list(ReadEvent.objects.values_list("subject", "subject_id")) == [("case", pk)]


def test_a_restricted_record_is_shown_to_cleared_people_only(cast, tmp_path):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1"), child("2")))
    cast.bring(annex_a.supplement(tmp_path / "s.csv", ("2", "", "", "", "", "", "yes")), OCTOBER)
    with authority_scope(cast.council):
        pk = Case.objects.get(local_id="2").pk
    assert cast.ash.get(f"{URL}{pk}/").status_code == 404
    assert cast.ash.get(f"{URL}export/").content.decode("utf-8-sig").count("\n") == 2
    with authority_scope(cast.council):
        Person.objects.filter(name="Ash Reed").update(cleared_for_restricted=True)
    assert cast.ash.get(f"{URL}{pk}/").status_code == 200


def test_the_trail_is_no_way_round_a_restricted_record(cast, tmp_path):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("0071"), child("0072")))
    cast.bring(annex_a.supplement(tmp_path / "s.csv", ("0072", "", "", "", "", "", "yes")), OCTOBER)
    with authority_scope(cast.council):
        pk = Case.objects.get(local_id="0072").pk
        make_role("trail_reader", "tenants.read_trail")
        give_post(person=Person.objects.get(name="Ash Reed"), role="trail_reader", starts_on=LONG_AGO)
    trail = "/a/alder/people/trail/"
    for kind in ("cases_case", "cases_statusperiod"):
        page = text(cast.ash.get(trail, {"kind": kind}))
        assert "the record is restricted" in page
        assert "0072" not in page
    assert "0071" in text(cast.ash.get(trail, {"kind": "cases_case"}))
    with authority_scope(cast.council):
        Person.objects.filter(name="Ash Reed").update(cleared_for_restricted=True)
    assert "0072" in text(cast.ash.get(trail, {"kind": "cases_case", "row": pk}))


def test_a_manager_whose_unit_is_missing_sees_no_case_until_it_is_entered(cast, tmp_path):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1")))
    with authority_scope(cast.council):
        make_role("head_of_service", in_line=True, rank=3)
        make_role("director", in_line=True, rank=4, whole_council=True)
        head, director = make_person("Hal Hawk", "head_of_service"), make_person("Dee Dunlin", "director")
        assert [list(visible_cases(one).values_list("local_id", flat=True)) for one in (head, director)] == [
            [],
            ["1"],
        ]


def test_a_worker_opens_their_own_case_and_no_other(cast, tmp_path):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1", worker="Fern Hill"), child("2")))
    with authority_scope(cast.council):
        own, other = (Case.objects.get(local_id=n).pk for n in "12")
    assert [cast.fern.get(f"{URL}{pk}/").status_code for pk in (own, other)] == [200, 404]


def test_mapping_a_team_moves_its_cases_to_the_service(cast, tmp_path):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1", team="Larch team")))
    with authority_scope(cast.council):
        larch = Unit.objects.get(key="Larch team")
    assert "Larch team" in text(cast.ash.get(f"{URL}mapping/"))
    cast.ash.post(f"{URL}mapping/teams/{larch.pk}/", {"service": cast.safeguarding.pk})
    with authority_scope(cast.council):
        assert Case.objects.get().service == cast.safeguarding
        assert not Unit.objects.filter(kind="team", parent=None).exists()


def test_a_name_merged_once_is_recognised_ever_after(cast, tmp_path):
    cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1", worker="W. Sedge")))
    with authority_scope(cast.council):
        wren = make_person("Wren Sedge")
        duplicate = Person.objects.get(source_name="W. Sedge")
    cast.ash.post(f"{URL}mapping/people/{duplicate.pk}/", {"into": wren.pk})
    cast.bring(
        annex_a.list_6(tmp_path / "b.xlsx", child("1", worker="W. Sedge"), child("2", worker="w. sedge")),
        OCTOBER,
    )
    with authority_scope(cast.council):
        assert [case.worker for case in Case.objects.all()] == [wren, wren]
        assert Person.objects.filter(source_name="W. Sedge").count() == 0
        assert NameAlias.objects.count() == 1


def test_somebody_who_signs_in_is_never_merged_away(cast):
    with authority_scope(cast.council):
        ash, wren = Person.objects.get(name="Ash Reed"), make_person("Wren Sedge")
    response = cast.ash.post(f"{URL}mapping/people/{ash.pk}/", {"into": wren.pk})
    assert "so they are nobody else" in text(response)
    with authority_scope(cast.council):
        assert Person.objects.filter(pk=ash.pk).exists()


def test_role_codes_are_explained_on_a_screen_and_the_preview_follows(cast, work, tmp_path):
    given = {
        "ssd_person": [{"pers_person_id": "1", "pers_dob": date(2014, 5, 17)}],
        "ssd_cin_episodes": [{"cine_person_id": "1", "cine_referral_id": "r", "cine_referral_date": SEPTEMBER}],
        "ssd_involvements": [
            {"invo_person_id": "1", "invo_professional_id": name, "invo_professional_role_id": role,
             "invo_professional_team": "Rowan team"}
            for name, role in (("Wren Sedge", "ALLOC"), ("Robin Thorne", "IRO1"), ("Teal Marsh", "FSW"))
        ],
    }  # fmt: skip
    page = upload(cast.ash, annex_a.dataset(tmp_path / "ssd", given, zipped=True))["Location"]
    work()
    assert "ALLOC (1), FSW (1), IRO1 (1)" in text(cast.ash.get(page))
    meanings = {"role-0-kind": "worker", "role-1-kind": "", "role-2-kind": "chair"}
    cast.ash.post(f"{URL}mapping/roles/", meanings)
    cast.ash.post(f"{page}confirm/")
    assert work() == ["done"]
    with authority_scope(cast.council):
        one = Case.objects.get()
        assert (str(one.worker), str(one.team), str(one.chair)) == (
            "Wren Sedge",
            "Rowan team",
            "Robin Thorne",
        )
        assert RoleCode.objects.count() == 3


PAGES = (
    "",
    "export/",
    "imports/",
    "imports/new/",
    "imports/{pk}/",
    "imports/{pk}/rows.csv",
    "mapping/",
    "mapping/roles/",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_finds_nothing_and_an_auditor_may_not(cast, tmp_path, page):
    case_import = cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1")))
    url = URL + page.format(pk=case_import.pk)
    assert [client.get(url).status_code for client in (cast.ash, cast.fern, cast.ivy)] == [200, 403, 404]
    assert Client().get(url).status_code == 302


@pytest.mark.parametrize("verb", ["confirm", "discard", "undo", "again"])
def test_nobody_else_may_decide_on_an_import(cast, tmp_path, verb):
    case_import = cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("1")))
    url = f"{URL}imports/{case_import.pk}/{verb}/"
    assert [client.post(url).status_code for client in (cast.fern, cast.ivy)] == [403, 404]
    assert cast.ash.get(url).status_code == 405


def test_another_councils_import_and_case_are_not_found_under_ones_own_address(cast, tmp_path, other_council):
    case_import = cast.bring(annex_a.list_6(tmp_path / "a.xlsx", child("canary-1")))
    with authority_scope(cast.council):
        pk = Case.objects.get().pk
    for page in (f"imports/{case_import.pk}/", f"imports/{case_import.pk}/rows.csv", f"{pk}/"):
        response = cast.ivy.get(f"/a/birch/cases/{page}")
        assert response.status_code == 404
        assert b"canary" not in response.content
