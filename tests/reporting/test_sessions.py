"""Learning together after a month of audits, and figures that are talked about with managers."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from audits.followup.models import Action
from audits.followup.selectors import may_sign_off
from audits.followup.services import complete_action
from audits.models import Cycle, Theme
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from reporting.models import Improvement, PlanAction, Session
from reporting.services import faces
from reporting.services.freezing import freeze
from reporting.services.plan import add_to_plan
from reporting.services.sessions import plan_session, record_session
from tests.factories.learning import one_auditor

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture
def sefton(scope, frozen, monkeypatch):
    """Sefton on Monday 5 October 2026: Quin manages QA, Ash audits, Mo moderates, Sal manages the first service."""
    monkeypatch.setattr(faces, "as_pdf", lambda report: b"%PDF-1.7")
    made = one_auditor("sefton")
    made.quin = made.person("Quin Quill", "qa_manager", signs_in=True)
    made.sal = made.person("Sal Sorrel", "service_manager", signs_in=True)
    made.ash = made.person("Ash Alder", "practice_improvement_manager", signs_in=True)
    made.mo = made.person("Mo Marsh", "qa_service_manager_psw")
    made.wyn = made.person("Wyn Willow", "key_worker", signs_in=True)
    people = {"auditor": made.ash, "worker": made.wyn, "moderator": made.mo}
    made.kept = made.audit(SEPTEMBER, "good", **people)
    made.lowered = made.audit(SEPTEMBER, "inadequate", given="good", place=1, **people)
    made.raised = made.audit(SEPTEMBER, "good", given="requires_improvement", **people)
    made.audit(SEPTEMBER, "requires_improvement", given="good", **people)
    made.unmoderated = made.audit(SEPTEMBER, "outstanding", auditor=made.ash, worker=made.wyn)
    made.nominated = made.audit(SEPTEMBER, "outstanding", auditor=made.ash, origin="nominated", cycle=None)
    return made


def shown(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def todo(person) -> set[str]:
    return {f"{one.text}: {one.about}" if one.about else one.text for one in todo_for(person)}


DAY = {"held_on_0": "5", "held_on_1": "10", "held_on_2": "2026"}


@pytest.mark.req("SEF-130", "SEF-131")
def test_a_month_is_learned_from_together_and_ideas_become_actions(sefton, enter):
    title = "Reflective learning session, September 2026"
    assert f"Plan a session: {title}" in todo(sefton.quin)
    page = reverse("reporting:plan_session", args=["alder", "learning", "2026-09"])
    asked = shown(enter(sefton.quin).get(page))
    for name in ("Wyn Willow", "Ash Alder", "Mo Marsh"):
        assert re.search(rf"checked[^>]*>\s*<label[^>]*>\s*{name}", asked), f"{name} had a part and is ticked"
    assert "Sal Sorrel" not in asked
    invited = [sefton.wyn.pk, sefton.ash.pk, sefton.mo.pk]
    words = {"title": title, "place": "Room 2", "starts_at": "2pm"}
    answer = enter(sefton.quin).post(page, {**words, **DAY, "people": invited})
    session = Session.objects.get()
    assert answer.url == reverse("reporting:session", args=["alder", session.pk])
    assert set(session.people.values_list("person_id", flat=True)) == set(invited)
    assert Notice.objects.filter(kind="session_planned").count() == 3
    assert f"Come to a session: {title}" in todo(sefton.wyn)
    assert f"Plan a session: {title}" not in todo(sefton.quin)

    idea = {"kind": "idea", "text": "Ask children at the end of each visit.", "from_whom": ""}
    assert enter(sefton.wyn).post(answer.url, {**idea, "text": ""}).status_code == 422
    enter(sefton.wyn).post(answer.url, idea)
    assert enter(sefton.sal).get(answer.url).status_code == 403, "not invited"
    record_session(
        session=session,
        came=[sefton.wyn.pk, sefton.ash.pk],
        notes="Visits were talked through.",
        agreed="Children have the last word of a visit.",
        person=sefton.quin,
    )
    assert dict(session.people.values_list("person__name", "came")) == {
        "Wyn Willow": True,
        "Ash Alder": True,
        "Mo Marsh": False,
    }
    made = Improvement.objects.get()
    assert (made.from_whom, made.recorded_by) == ("Wyn Willow", sefton.wyn)
    add = f"{reverse('reporting:add_to_plan', args=['alder'])}?idea={made.pk}"
    assert add in shown(enter(sefton.quin).get(answer.url))
    due = {"due_on_0": "30", "due_on_1": "11", "due_on_2": "2026"}
    wanted = {
        "text": "Change the visit form.",
        "intended_change": "Children are asked.",
        "owner": sefton.ash.pk,
    }
    enter(sefton.quin).post(add, wanted | due)
    entry = PlanAction.objects.get()
    assert (entry.improvement, entry.source, entry.action.case) == (made, "session", None)

    report = freeze(kind="monthly", label="2026-09", person=sefton.quin)
    section = next(
        one for one in report.figures["sections"] if one["title"] == "Practice improvement activity"
    )
    blocks = {one.get("key") or one.get("title"): one for one in section["blocks"] if one["type"] != "tiles"}
    assert blocks["sessions"]["rows"] == [[title, "5 Oct 2026", 3, 2, 1]]
    assert blocks[f"Agreed at {title}"]["text"] == "Children have the last word of a visit."
    [row] = blocks["plan"]["rows"]
    assert row[:5] == ["Change the visit form.", "A learning session", "Ash Alder", "30 Nov 2026", "Open"]


def test_an_action_of_the_organisation_is_tracked_to_its_effect_and_signed_off_by_who_planned_it(sefton):
    with pytest.raises(ValidationError, match="somebody else"):
        add_to_plan(
            text="x", intended_change="y", owner=sefton.quin, due_on=date(2026, 11, 2), person=sefton.quin
        )
    with pytest.raises(PermissionDenied):
        add_to_plan(
            text="x", intended_change="y", owner=sefton.ash, due_on=date(2026, 11, 2), person=sefton.wyn
        )
    action = add_to_plan(
        text="Change the form.",
        intended_change="Children are asked.",
        owner=sefton.ash,
        due_on=date(2026, 11, 2),
        person=sefton.quin,
    )
    assert "Complete an action: Improvement plan, something else: Change the form." in todo(sefton.ash)
    action = Action.objects.get(pk=action.pk)
    complete_action(
        action=action, evidence="The form.", change_for_child="They are asked.", person=sefton.ash
    )
    assert "Sign off an action: Improvement plan, something else: Change the form." in todo(sefton.quin)
    assert may_sign_off(action, sefton.quin)
    assert not may_sign_off(action, sefton.ash)
    assert not may_sign_off(action, sefton.wyn)


def test_a_session_ahead_is_not_recorded_and_nobody_else_plans_one(sefton):
    ahead = {"kind": "learning", "period": "2026-09", "title": "T", "held_on": date(2026, 10, 6)}
    with pytest.raises(ValidationError, match="Select who"):
        plan_session(**ahead, people=[], person=sefton.quin)
    with pytest.raises(PermissionDenied):
        plan_session(**ahead, people=[sefton.ash], person=sefton.wyn)
    session = plan_session(**ahead, people=[sefton.ash], person=sefton.quin)
    with pytest.raises(ValidationError, match="when it has been held"):
        record_session(session=session, came=[], notes="", agreed="", person=sefton.quin)


@pytest.mark.req("SEF-104", "SEF-138", "SEF-139")
def test_what_moderation_did_to_grades_is_measured_and_talked_about_with_service_managers(sefton, enter):
    page = shown(enter(sefton.quin).get(reverse("reporting:analysis", args=["alder"])))
    # Of four moderated audits one was confirmed, one raised, two lowered, one of them by two grades.
    assert re.search(
        r"Overall</th> <td class=\"numeric\">1 of 4</td> "
        r"<td class=\"numeric\">1</td> <td class=\"numeric\">2</td> <td class=\"numeric\">1</td>",
        page,
    )
    rows = dict(re.findall(r"<th scope=\"row\">(Mo Marsh|Ash Alder)</th>(.*?)</tr>", page))
    for name in ("Mo Marsh", "Ash Alder"):
        assert re.findall(r"numeric\">(\d+)</td>", rows[name]) == ["4", "1", "1", "2", "0"], name
        assert sefton.lowered.reference in rows[name]
        assert "%" not in rows[name], "never a rate for one person"
    chosen = dict(re.findall(r"<th scope=\"row\">(Drawn at random|Nominated[^<]*)</th>(.*?)</tr>", page))
    assert {key: re.findall(r"numeric\">(\d+)</td>", row) for key, row in chosen.items()} == {
        "Drawn at random": ["5", "5", "5"],
        "Nominated as good practice": ["1", "1", "1"],
    }
    seen = shown(enter(sefton.sal).get(reverse("reporting:analysis", args=["alder"])))
    assert "Mo Marsh" not in seen, "people stand only on the page of those who make reports"
    assert "Beech team" not in seen, "the other service is not hers"

    scope = f"service-{sefton.services[0].pk}"
    report = freeze(
        kind="themes",
        label="2026-09",
        scope=scope,
        commentary={"service": "Grades hold.", "individuals": "Support was agreed with two people."},
        person=sefton.quin,
    )
    assert report.figures["title"] == f"Trend report: {sefton.services[0].name}"
    assert report.shared_with == [sefton.sal.pk]
    assert [one["title"] for one in report.figures["sections"]] == [
        "The service",
        "Its teams",
        "Single practitioners",
    ]
    keys = {block.get("key") for one in report.figures["sections"] for block in one["blocks"]}
    assert {"grades_team", "movement_domain", "themes_tag_team", "actions_team"} <= keys
    read = shown(enter(sefton.sal).get(reverse("reporting:report", args=["alder", report.pk])))
    assert "Support was agreed with two people." in read
    assert "Wyn Willow" in shown(enter(sefton.sal).get(reverse("reporting:practitioners", args=["alder"])))

    talk = reverse("reporting:plan_session", args=["alder", "figures", "2026-Q3"])
    enter(sefton.quin).post(talk, {"title": "Figures of the quarter", **DAY, "people": [sefton.sal.pk]})
    session = Session.objects.get()
    assert (session.kind, session.people.get().person) == ("figures", sefton.sal)


def themed(month, title="Neglect"):
    return Theme.objects.create(
        title=title,
        question="Is it named early?",
        month=month,
        reason="performance",
        reason_label="Figures",
        triggered_by="Repeat plans.",
        chosen_at=clock.now(),
    )


def test_themed_months_are_no_series(sefton):
    theme = themed(AUGUST)
    sefton.audit(AUGUST, "inadequate", auditor=sefton.ash, theme=theme)
    report = freeze(kind="monthly", label="2026-09", person=sefton.quin)
    blocks = {block.get("key"): block for one in report.figures["sections"] for block in one["blocks"]}
    [line] = blocks["trend"]["data"]["lines"]
    assert [(p["label"], p["part"], p["whole"]) for p in line["points"] if p["whole"]] == [("Sep 2026", 3, 5)]
    assert "left out" in blocks["trend"]["definition"]
    assert blocks["themed_months"]["rows"] == [["Neglect", "August 2026", 1, 0, 0, 0, 1, [0, 1]]]


def test_where_every_month_has_a_theme_there_is_no_empty_trend(sefton, enter):
    Cycle.objects.update(theme=themed(SEPTEMBER, "Fathers"))
    page = shown(enter(sefton.sal).get(reverse("reporting:dashboard", args=["alder"])))
    assert "Months with a theme of their own" in page
    assert "Fathers" in page
    assert "overall, month by month" not in page, "there is no series to draw"
    assert "Nothing counted yet" not in page


def test_the_trend_begins_with_the_first_month_that_has_audits(sefton):
    report = freeze(kind="monthly", label="2026-09", person=sefton.quin)
    [trend] = [
        block for one in report.figures["sections"] for block in one["blocks"] if block.get("key") == "trend"
    ]
    assert [point["label"] for point in trend["data"]["lines"][0]["points"]] == ["Sep 2026"]
