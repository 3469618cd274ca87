"""Reports on somebody's own audits, on a service and on a theme, the scorecard, and what leaders see."""

import re
from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from audits.cases.models import Case
from audits.followup.models import Action, CaseloadAnswer, CaseloadCheck
from audits.followup.services import open_action
from audits.frameworks import loader
from audits.models import AuditAction, Contribution, Judgement, Theme
from qaf.lib import clock
from qaf.tenants.registry import todo_for
from reporting import periods
from reporting.models import ReportSnapshot
from reporting.selectors.definitions import definitions, every_scope
from reporting.selectors.examples import (
    DEVELOPMENT,
    STRENGTH,
    TITLES,
    VIEW,
    examples,
)
from reporting.selectors.mine import own_actions
from reporting.services import faces
from reporting.services.contents import figures_of
from reporting.services.freezing import freeze, save_draft
from reporting.services.source import source
from tests.factories.learning import one_auditor
from tests.factories.towns import audit_of, propose
from tests.golden.town import build_town

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """Reports without drawing their PDF, which other tests do."""
    monkeypatch.setattr(faces, "as_pdf", lambda report: b"%PDF-1.7")


@pytest.fixture
def slough(scope, frozen):
    """Slough on Monday 5 October 2026: Con and Cas consult, Pat manages Con's team, Hal heads Con's service."""
    made = one_auditor("slough")
    made.con = made.person("Con Cole", "consultant_practitioner", signs_in=True)
    made.cas = made.person("Cas Crane", "consultant_practitioner", 1, signs_in=True)
    made.pat = made.person("Pat Pine", "practice_manager", signs_in=True)
    made.pia = made.person("Pia Pool", "practice_manager", 1, signs_in=True)
    made.hal = made.person("Hal Heath", "head_of_service", signs_in=True)
    made.sqa = made.person("Sue Quest", "hos_sqa", signs_in=True)
    made.own = made.audit(SEPTEMBER, "good", auditor=made.con, tags=("drift", "visiting"))
    made.picked = made.audit(
        SEPTEMBER, "outstanding", auditor=made.con, tags=("visiting",), origin="named_post", cycle=None
    )
    made.other = made.audit(SEPTEMBER, "inadequate", auditor=made.cas, tags=("recording",), place=1)
    return made


def shown(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def todo(person) -> set[tuple[str, str, date | None]]:
    return {(one.text, one.about, one.due_on) for one in todo_for(person)}


def blocks(report: ReportSnapshot) -> dict[str, dict]:
    return {b.get("key") or b.get("title"): b for one in report.figures["sections"] for b in one["blocks"]}


def numbers(report: ReportSnapshot) -> dict[str, tuple[int, int | None]]:
    tiles = [b for one in report.figures["sections"] for b in one["blocks"] if b["type"] == "tiles"]
    return {figure["key"]: (figure["value"], figure["n"]) for tile in tiles for figure in tile["figures"]}


@pytest.mark.req("SLO-163", "SLO-77")
def test_a_consultant_s_own_audits_give_a_report_to_their_practice_manager(slough, enter):
    wanted = ("Write: Consultant Practitioner themes", "September 2026", date(2026, 10, 7))
    assert wanted in todo(slough.con)
    assert not any(text.startswith("Write") for text, _, _ in todo(slough.pat))
    scope = f"person-{slough.con.pk}"
    page = reverse("reporting:draft_of", args=["alder", "themes", "2026-09", scope])
    beside = shown(enter(slough.con).get(page))
    assert "Visits and direct work" in beside
    assert "Recording and chronology" not in beside, "that is another's audit"
    assert enter(slough.cas).get(page).status_code == 403
    words = {
        "themes": "Visits are close.",
        "issues": "Drift in one plan.",
        "good_practice": "A letter to a boy.",
    }
    report = freeze(kind="themes", label="2026-09", scope=scope, commentary=words, person=slough.con)
    assert report.figures["title"] == "Consultant Practitioner themes: Con Cole"
    bars = {bar["label"]: bar["value"] for bar in blocks(report)["themes_tag"]["data"]["bars"]}
    assert bars == {"Visits and direct work": 2, "Drift and delay": 1}, "however the audit was chosen"
    assert report.figures["population"][0].startswith("2 audits for the months"), (
        "not only those drawn at random"
    )
    assert report.shared_with == [slough.pat.pk]
    assert wanted not in todo(slough.con)
    address = reverse("reporting:report", args=["alder", report.pk])
    assert "A letter to a boy." in shown(enter(slough.pat).get(address))
    for other in (slough.pia, slough.cas):
        assert enter(other).get(address).status_code == 403, other.name
        assert address not in shown(enter(other).get(reverse("reporting:reports", args=["alder"])))


@pytest.mark.req("SLO-116")
def test_a_head_of_service_reports_overview_and_themes_of_their_service(slough, enter):
    scope, other = (f"service-{service.pk}" for service in slough.services)
    due = date(2026, 10, 14)
    assert ("Write: Audit overview and themes of a service", "July to September 2026", due) in todo(
        slough.hal
    )
    with pytest.raises(PermissionDenied):
        save_draft(
            kind="themes",
            label="2026-Q3",
            scope=other,
            commentary={},
            chosen=[],
            version=0,
            person=slough.hal,
        )
    listed = shown(enter(slough.hal).get(reverse("reporting:new", args=["alder"])))
    assert f"themes:2026-Q3:{scope}" in listed
    assert other not in listed
    report = freeze(
        kind="themes", label="2026-Q3", scope=scope, commentary={"overview": "Steady."}, person=slough.hal
    )
    assert blocks(report)["grades_team"]["rows"] == [["Rowan team", 0, 1, 0, 0, 1, [1, 1]]]
    bars = {bar["label"]: bar["value"] for bar in blocks(report)["themes_tag"]["data"]["bars"]}
    assert set(bars) == {"Visits and direct work", "Drift and delay"}, (
        "the themes of the service's own audits"
    )
    assert set(report.shared_with) == {slough.hal.pk, slough.sqa.pk}, "the members of the management team"


@pytest.mark.req("SEF-103")
def test_what_moderation_did_to_the_grades_stands_in_the_monthly_report(scope, frozen):
    made = one_auditor("sefton")
    manager, panel = made.person("Mia Mill", "qa_manager"), made.person("Pam Pool", "qa_service_manager_psw")
    made.audit(SEPTEMBER, "requires_improvement", given="good", moderator=panel)
    made.audit(SEPTEMBER, "good", given="good", moderator=panel)
    report = freeze(kind="monthly", label="2026-09", person=manager)
    analysis = next(one for one in report.figures["sections"] if one["title"] == "Moderation analysis")
    figures = [figure for block in analysis["blocks"] for figure in block.get("figures", ())]
    assert {(one["value"], one["n"]) for one in figures} >= {(1, 2)}, "one of two was lowered"


@pytest.mark.req("SLO-40", "SLO-27")
def test_the_scorecard_takes_its_audit_and_supervision_areas_from_what_is_recorded(slough, enter):
    # Six weeks end on Sunday 4 October; supervision counts by the day of the figures.
    period = periods.last_ended("six_weekly", clock.today())
    assert (period.starts, period.ends) == (date(2026, 8, 24), date(2026, 10, 4))
    late = Action.objects.create(
        case=slough.own.case, text="x", due_on=date(2026, 9, 20), status="open", proposed_at=clock.now()
    )
    AuditAction.objects.create(audit=slough.own, action=late)
    before = slough.audit(date(2026, 7, 1), "good", auditor=slough.con)
    Case.objects.filter(pk=slough.own.case_id).update(last_supervision_on=date(2026, 9, 21))
    Case.objects.filter(pk=before.case_id).update(last_supervision_on=date(2026, 3, 2))
    check = CaseloadCheck.objects.create(
        team=slough.teams[0],
        period=SEPTEMBER,
        opened_at=datetime(2026, 9, 1, 9, tzinfo=clock.LONDON),
        due_on=date(2026, 9, 30),
        items=[{"key": "chronology", "label": "Chronology"}],
        done_at=datetime(2026, 9, 30, 9, tzinfo=clock.LONDON),
    )
    for audit, in_place in ((slough.own, True), (slough.picked, False)):
        CaseloadAnswer.objects.create(
            check_round=check, case=audit.case, item="chronology", in_place=in_place
        )
    report = freeze(kind="scorecard", label=period.label, person=slough.sqa)
    found = numbers(report)
    assert found["area_submitted"] == (2, None), "drawn at random and submitted within the six weeks"
    assert found["area_good"] == (1, 2)
    assert found["area_actions_late"] == (1, 1)
    assert found["supervised"] == (1, 4)
    assert found["supervision_unknown"] == (2, 4)
    assert blocks(report)["caseload_totals"]["rows"] == [["Chronology", [1, 2], 1]]
    assert [one["title"] for one in report.figures["sections"]][5:] == ["Audit", "Resources", "Supervision"]
    page = shown(enter(slough.sqa).get(reverse("reporting:report", args=["alder", report.pk])))
    assert "24 Aug 2026 to 4 Oct 2026" in page


@pytest.fixture
def durham(scope, frozen):
    """Durham on Monday 5 October 2026: Sim manages service improvement, Cora directs, Ola manages operations."""
    made = one_auditor("durham")
    made.sim = made.person("Sim Stone", "service_improvement_manager", signs_in=True)
    made.cora = made.person("Cora Dean", "corporate_director", signs_in=True)
    made.ola = made.person("Ola Oaks", "operations_manager")
    theme = Theme.objects.create(
        title="Neglect",
        question="Is neglect named early?",
        reason="performance",
        reason_label="A figure that stands out",
        triggered_by="Plans that are repeated.",
        recipients=["operations_manager"],
        chosen_at=clock.now(),
    )
    made.theme = theme
    made.good = made.audit(SEPTEMBER, "good", tags=("identity",))
    made.poor = made.audit(AUGUST, "inadequate", place=1, tags=("drift",))
    made.themed = made.audit(SEPTEMBER, "requires_improvement", tags=("recording",), **_programme(made))
    done = Action.objects.create(
        case=made.good.case,
        text="x",
        due_on=date(2026, 9, 20),
        status="signed_off",
        change_for_child="She chose her own school.",
        proposed_at=clock.now(),
        signed_off_at=clock.now(),
    )
    AuditAction.objects.create(audit=made.good, action=done)
    return made


def _programme(made) -> dict:
    from audits.frameworks.selectors import version_in_force
    from audits.models import ThemedProgramme

    programme = ThemedProgramme.objects.create(
        theme=made.theme,
        framework_version=version_in_force(),
        tool=made.framework.main_tool.key,
        starts_on=SEPTEMBER,
        ends_on=date(2026, 9, 30),
        size=1,
        seed="seed",
    )
    return {"programme": programme, "origin": "programme", "cycle": None}


@pytest.mark.req("DUR-31", "DUR-84")
def test_leaders_see_what_audits_meant_for_children_and_get_a_quarterly_snapshot(durham, enter):
    words = examples(date(2026, 7, 1), date(2026, 9, 30), durham.framework)
    change = next(one.key for one in words if one.text == "She chose her own school.")
    dashboard = reverse("reporting:dashboard", args=["alder"])
    before = shown(enter(durham.cora).get(dashboard))
    assert "What it has meant for children" in before
    assert re.search(r"Actions that changed something for the child.{0,200}1 of 1", before)
    assert "She chose her own school." not in before, "nobody has chosen these words yet"
    report = freeze(kind="quarterly", label="2026-Q3", chosen=[change], person=durham.sim)
    assert report.figures["title"] == "Quality of Practice report"
    assert set(report.shared_with) == {durham.cora.pk, durham.sim.pk}, "the members of the board"
    titles = [one["title"] for one in report.figures["sections"]]
    assert titles[2:5] == ["Collaborative audit outcomes", "Audit themes", "Family feedback themes"]
    assert "She chose her own school." in shown(enter(durham.cora).get(dashboard))
    snapshot = freeze(kind="snapshot", label="2026-Q3", person=durham.sim)
    assert [one["title"] for one in snapshot.figures["sections"]][:2] == [
        "Dashboard snapshot",
        "What it has meant for children",
    ]
    assert numbers(snapshot)["meaning_changed"] == (1, 1)
    assert durham.cora.pk in snapshot.shared_with


@pytest.mark.req("DUR-83")
def test_outcomes_are_analysed_by_domain_team_grade_and_theme(durham, enter):
    page = shown(enter(durham.sim).get(reverse("reporting:analysis", args=["alder"])))
    domain = next(one.title for one in durham.framework.main_tool.domains if one.graded)
    assert domain.replace("’", "&#x27;") in page or domain in page
    # By team and grade: one Good in one team, one Inadequate in the other; the themed audit is no part of it.
    assert re.search(r"Rowan team</th> (<td class=\"numeric\">0</td> )<td class=\"numeric\">1</td>", page)
    assert re.search(r"Beech team</th> (<td class=\"numeric\">0</td> ){3}<td class=\"numeric\">1</td>", page)
    assert "Drift and delay" in page
    assert "Recording and chronology</th>" not in page


@pytest.mark.req("DUR-87")
def test_how_grades_stood_in_moderation_is_told_by_domain_only_where_it_was_decided(durham, enter):
    """By domain, team, auditor and moderator, for a quarter; a domain that nobody looked at is not called confirmed."""
    strategist = durham.person("Stella Stone", "strategic_manager")
    tess = durham.person("Tess Thorn", "team_manager")
    common = {"auditor": tess, "moderator": strategist}
    durham.audit(SEPTEMBER, "good", given="requires_improvement", decided=("", "planning"), **common)
    durham.audit(SEPTEMBER, "good", given="good", decided=("",), **common)
    durham.audit(SEPTEMBER, "good", given="outstanding", place=1, decided=("",), **common)
    report = blocks(freeze(kind="quarterly", label="2026-Q3", person=durham.sim))
    assert report["movement_domain"]["rows"] == [
        ["Overall", [1, 3], 1, 1, 0, 0],
        ["Planning", [0, 1], 1, 0, 0, 0],
    ]
    assert report["movement_team"]["rows"] == [
        ["Beech team", [0, 1], 0, 1, 0, 0],
        ["Rowan team", [1, 2], 1, 0, 0, 0],
    ]
    page = shown(enter(durham.sim).get(reverse("reporting:analysis", args=["alder"])))
    for name in ("Stella Stone", "Tess Thorn"):
        row = re.search(rf"<th scope=\"row\">{name}</th>(.*?)</tr>", page)
        assert row, name
        assert re.findall(r"numeric\">(\d+)</td>", row[1]) == ["3", "1", "1", "1", "0"], name


@pytest.mark.req("SLO-18")
def test_a_workers_own_view_is_offered_to_the_report_and_printed_where_it_is_chosen(slough):
    wyn = slough.person("Wyn Willow", "practitioner")
    audit = slough.audit(SEPTEMBER, "good", auditor=slough.con, worker=wyn)
    hidden = slough.audit(SEPTEMBER, "good", auditor=slough.con, worker=wyn, restricted=True)
    for one, view in ((audit, "I was alone with it."), (hidden, "SECRET")):
        Contribution.objects.create(
            audit=one, kind="worker", person=wyn, view=view, written_by=wyn, written_at=clock.now()
        )
    [view] = [
        one for one in examples(date(2026, 7, 1), date(2026, 9, 30), slough.framework) if one.kind == VIEW
    ]
    assert (view.text, view.reference) == ("I was alone with it.", audit.reference)
    assert "Wyn" not in view.about
    report = freeze(kind="quarterly", label="2026-Q3", chosen=[view.key], person=slough.sqa)
    assert ["I was alone with it.", view.about] in blocks(report)[TITLES[VIEW]]["items"]


def test_what_an_audit_writes_once_is_offered_to_the_report_whatever_its_grade(durham):
    audit = durham.audit(SEPTEMBER, "good")
    words = {"strengths": "He was asked first.", "development": "Ask his father too."}
    Judgement.objects.filter(assessment__audit=audit, domain="").update(**words)
    found = {one.kind: one.text for one in examples(date(2026, 7, 1), date(2026, 9, 30), durham.framework)}
    assert (found[STRENGTH], found[DEVELOPMENT]) == ("He was asked first.", "Ask his father too.")


@pytest.mark.req("DUR-94")
def test_what_a_theme_taught_goes_to_the_board(durham):
    scope = f"theme-{durham.theme.pk}"
    wanted = ("Write: Themed audit report", "Neglect, July to September 2026", date(2026, 10, 14))
    assert wanted in todo(durham.sim)
    learned = {"learning": "Chronologies show it.", "change": "One page for each child."}
    report = freeze(kind="themes", label="2026-Q3", scope=scope, commentary=learned, person=durham.sim)
    assert report.figures["title"] == "Themed audit report: Neglect"
    found = blocks(report)
    assert "Is neglect named early?" in found["Neglect"]["text"]
    assert found[f"theme_{durham.theme.pk}"]["rows"] == [["Neglect", 1, 1, 0, 0, 1, 0]]
    assert [bar["label"] for bar in found["themes_tag"]["data"]["bars"]] == ["Recording and chronology"]
    assert set(report.shared_with) == {durham.cora.pk, durham.sim.pk, durham.ola.pk}
    quarterly = blocks(freeze(kind="quarterly", label="2026-Q3", person=durham.sim))
    assert quarterly[f"theme_{durham.theme.pk}"]["rows"] == [["Neglect", 1, 1, 0, 0, 1, 0]]


@pytest.mark.parametrize("name", loader.builtin_names())
def test_every_report_of_every_built_in_framework_can_be_made_and_drawn(scope, frozen, name):
    made = one_auditor(name)
    auditor = made.person("Ash Alder", made.framework.roles[0].key)
    made.audit(SEPTEMBER, "good", auditor=auditor)
    kinds = set()
    for one in definitions(made.framework):
        period = periods.last_ended(one.frequency, clock.today())
        for about in [f"person-{auditor.pk}"] if one.per == "auditor" else every_scope(one):
            report = source(one.kind, period, as_of=clock.today(), scope=about)
            shown_as = faces.report_of(figures_of(report, "Alder Council"), {})
            assert one.label in faces.as_html(shown_as)
            assert faces.as_xlsx(shown_as)
            wanted = [s.title for s in one.sections if s.shows or one.kind != "case_paper"]
            assert not wanted or [section.title for section in shown_as.sections] == wanted
            kinds.add(one.kind)
    assert "quarterly" in kinds


def test_an_action_that_two_own_stands_among_the_own_work_of_both(scope, frozen):
    town = build_town("sefton", teams_in_a_service=1, at_the_centre=1)
    case = next(one for one in town.cases if one.status == "looked_after")
    action = propose(audit_of(town, case, town.one("qa_manager")), owner=case.worker)
    open_action(action=action)
    assert action.joint_owner
    assert own_actions(case.worker) == own_actions(action.joint_owner) == [action]
