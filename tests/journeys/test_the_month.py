"""One month of audits by five people and a worker, in a real browser, from the case list to the board's report."""

from datetime import date

import pytest

from audits.models import Audit
from qaf.tenants.scope import authority_scope
from tests.journeys.story import HOME, LOW, LOWEST, SECTIONS, Story

pytestmark = pytest.mark.journey
LEADS, PEERS = "Blackthornword", "Whitebeamword"


def test_a_month_from_the_case_list_to_the_boards_report(world, site, tab, looks, tmp_path):
    story = Story(site, world.council)
    ash = tab("Ash Rowan")
    story.bring_in_the_case_list(ash, tmp_path)
    story.open_the_month(ash)
    story.choose_an_audit()
    lead, peer, worker = tab(story.lead), tab(story.peer), tab(story.worker)

    audit_unseen(story, lead, peer, ash, worker)
    decide(story, lead, peer, worker, ash, tab)
    close_the_loop(story, lead, worker, ash, tab)

    assert story.status() == "closed"
    ash.open(f"{HOME}reports/dashboard/")
    ash.reads("0 of 1")
    assert story.report(ash).startswith(b"%PDF-1.7")
    refuse_everybody_else(looks, tab)
    assert looks.faults == []


def audit_unseen(story, lead, peer, ash, worker):
    """Each on their own: until both have locked and talked, nobody sees what the other has written."""
    lead.open(HOME)
    lead.follow(f"Begin your audit: {story.reference}")
    story.type_in_two_tabs(lead, "lead")
    for section in SECTIONS:
        story.write(lead, "lead", section, LOW, LEADS)
    lead.open(f"{story.audit}part/lead/")
    story.lock(lead, "lead")
    for section in SECTIONS:
        grade = LOWEST if section in ("management_oversight", "overall") else LOW
        story.write(peer, "peer", section, grade, PEERS)
    for person, hidden in ((peer, LEADS), (ash, LEADS), (worker, LEADS), (lead, PEERS), (ash, PEERS)):
        for path in ("", "grades/", "part/lead/", "part/peer/", "part/lead/section/overall/"):
            answer = person.page.request.get(f"{story.audit}{path}")
            assert hidden not in answer.text(), f"{person.name} reads {path or 'the audit'}"
    story.lock(peer, "peer")
    story.ask_the_family(worker)
    story.talk_with_the_worker(peer)
    story.ring_the_family(peer)
    story.compare(lead)
    expect_both(lead, peer)
    story.propose_an_action(peer)


def expect_both(lead, peer):
    peer.open(lead.path)
    for person in (lead, peer):
        person.reads(LEADS)
        person.reads(PEERS)


def decide(story, lead, peer, worker, ash, tab):
    """They differ: a moderator from outside the line decides; the worker sees the mark until it is final."""
    story.submit(peer, "peer")
    story.submit(lead, "lead")
    assert story.status() == "in_moderation"
    worker.open(story.audit)
    worker.reads("Not moderated yet")
    hope = tab("Hope Holloway")
    story.follow_up(hope, "Oversight and comment")
    story.move_to(date(2026, 10, 22))
    ash.open(f"{HOME}moderation/")
    ash.wait_until(lambda: "Dara Dale" in ash.page.locator("main tbody").inner_text())
    story.moderate(tab("Dara Dale"))
    worker.open(story.audit)
    worker.reads("Not final yet")
    story.put_a_fact_right(worker, lead)
    assert story.status() == "final"


def close_the_loop(story, lead, worker, ash, tab):
    """Record, supervision, action, review, re-audit: then, and not before, the loop is closed."""
    story.follow_up(ash, f"Place {story.reference}")
    manager = tab(story.asked("supervision"))
    story.follow_up(manager, "Supportive conversation")
    story.follow_up(manager, "in supervision")
    story.follow_up(worker, "Complete an action", "Somebody else signs it off")
    story.follow_up(manager, "Sign off an action", "The action is signed off")
    story.move_to(date(2026, 11, 12))
    story.follow_up(tab(story.asked("review")), "Six-week review")
    assert story.status() == "final"
    story.move_to(date(2026, 12, 7))
    again = story.audit_again(tab(story.asked("re_audit")))
    with authority_scope(story.council):
        found = Audit.objects.get(reference=again)
        assert (found.origin, found.re_audit_of.reference) == ("re_audit", story.reference)


def refuse_everybody_else(looks, tab):
    """Every address that anybody met: 404 to the council next door, the sign-in page to nobody in particular."""
    met = sorted(path for path in looks.addresses if path.startswith(HOME))
    assert len(met) > 50
    stranger, nobody = tab("Bryn Stranger"), tab()
    for path in met:
        assert stranger.page.request.get(path).status == 404, path
        assert stranger.page.request.post(path).status == 404, path
        answer = nobody.page.request.get(path, max_redirects=0)
        assert (answer.status, answer.headers.get("location", "").split("?")[0]) == (
            302,
            "/account/login/",
        ), path
