"""Until both have locked and talked, nobody but its auditor sees an auditor's grades and words (HER-20, HER-23)."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from audits.enums import AuditStatus
from audits.frameworks.services import keep_in_step
from audits.models import Audit
from audits.selectors.findings import immediate_changes, proposed_actions, wider_findings
from audits.selectors.grades import changes_of, side_by_side
from audits.selectors.standing import standing_of
from audits.services.assessments import lock_grades
from audits.services.family import record_consent, record_contact
from audits.services.findings import propose_audit_action, record_immediate_change, record_wider_finding
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Person
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import give_post
from tests.factories import assessments as made
from tests.factories.people import LONG_AGO, make_role

pytestmark = pytest.mark.usefixtures("frozen")

CANARY = "Kingfisher"
# In what the peer changed at once: managers and worker may know it, the other auditor not yet.
HERON = "Heron"
GRADE_TAG = re.compile(r'class="[^"]*qaf-grade[^"]*"[^>]*>\s*Outstanding')


@pytest.fixture
def world(council):
    """Petra has locked; her every word carries the canary and her grades are all Outstanding. Lena writes."""
    with authority_scope(council):
        cast = made.make_cast(signs_in=True)
        keep_in_step()
        audit = made.make_audit(cast)
        made.lock(audit, "peer", "outstanding", mark=CANARY)
        _petra_writes_everything(audit, cast)
        made.fill(made.assessment_of(audit, "lead"), "good")
    return cast, audit


def _petra_writes_everything(audit: Audit, cast) -> None:
    peer, today = made.assessment_of(audit, "peer"), clock.today()
    made.talk_with_worker(audit, agrees=False, comment=f"{CANARY} comment")
    record_consent(
        audit=audit,
        target="parent_or_carer",
        consent="yes",
        asked_on=today,
        person=cast.wyn,
        safety={"safe_number": "07700 900123"},
    )
    record_contact(
        audit=audit,
        target="parent_or_carer",
        who="mother",
        spoken_on=today,
        mode="telephone",
        words=f"{CANARY} words",
        person=cast.petra,
    )
    propose_audit_action(
        assessment=peer,
        text=f"{CANARY} action",
        intended_change="",
        owner=cast.lena,
        due_on=today,
        person=cast.petra,
    )
    record_wider_finding(assessment=peer, text=f"{CANARY} finding", person=cast.petra)
    record_immediate_change(standing=standing_of(cast.petra, audit), text=f"{HERON} change", made_on=today)


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Every route of the site as it is written, placeholders and all."""
    for item in resolver.url_patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from routes(item, route)
        elif isinstance(item, URLPattern):
            yield route


def addresses(audit: Audit) -> list[str]:
    """Every address of the council that what belongs to the audit can fill in."""
    rows = [
        audit,
        audit.case,
        *(one.action for one in audit.action_links.all()),
        *audit.family_contacts.all(),
    ]
    numbers = sorted({str(row.pk) for row in rows})
    values = {
        "council": ["alder"],
        "reference": [audit.reference],
        "slot": ["lead", "peer"],
        "key": ["overall"],
        "kind": ["worker_discussion", "lead_peer"],
        "target": ["parent_or_carer", "child"],
    }
    found = []
    for route in routes(get_resolver()):
        if not route.startswith("a/<slug:council>/"):
            continue
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        for chosen in product(*(values.get(name, numbers) for name in names)):
            address = route
            for text in chosen:
                address = re.sub(r"<(?:\w+:)?\w+>", text, address, count=1)
            found.append(f"/{address}")
    return [*found, "/a/alder/follow-up/?status=proposed"]


@pytest.fixture
def body_of(client):
    """What a person is shown at an address, whatever the answer."""

    def fetch(person: Person, address: str) -> str:
        response = client.get(address, headers={"Accept": "text/html"})
        return (
            b"".join(response).decode(errors="replace")
            if response.streaming
            else response.content.decode(errors="replace")
        )

    client.raise_request_exception = False
    return fetch


@pytest.mark.req("HER-20", "HER-23")
@pytest.mark.parametrize("who", ["lena", "quinn", "sam", "wyn", "ivor", "stranger"])
def test_no_page_of_the_council_shows_what_the_peer_gave_or_wrote(world, client, body_of, who):
    cast, audit = world
    person = getattr(cast, who)
    client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
    with authority_scope(audit.authority):
        pages = addresses(audit)
    assert f"/a/alder/audits/{audit.reference}/grades/" in pages
    assert len(pages) > 40
    leaks = []
    for page in pages:
        body = body_of(person, page)
        if CANARY in body or GRADE_TAG.search(body) or (HERON in body and who in ("lena", "stranger")):
            leaks.append(page)
    assert leaks == []


@pytest.mark.req("HER-20", "HER-23")
def test_the_trail_tells_it_to_its_author_at_once_and_to_the_others_when_it_is_shown(world, client, body_of):
    cast, audit = world
    with authority_scope(audit.authority):
        make_role("trail_reader", "tenants.read_trail", "cases.see_restricted")
        for person in (cast.lena, cast.petra, cast.quinn):
            give_post(person=person, role="trail_reader", starts_on=LONG_AGO)
        tables = ("audits_judgement", "audits_recordedgrade", "audits_familycontact", "followup_action")

    def told(person: Person) -> str:
        client.logout()
        client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
        return "".join(body_of(person, f"/a/alder/people/trail/?kind={table}") for table in tables)

    for person in (cast.lena, cast.quinn):
        assert CANARY not in told(person)
        assert "outstanding" not in told(person)
    assert f"{CANARY} action" in told(cast.petra)
    with authority_scope(audit.authority):
        lock_grades(assessment=made.assessment_of(audit, "lead"), person=cast.lena)
        audit.refresh_from_db()
        made.discuss(audit, cast.lena)
    assert "outstanding" in told(cast.lena)
    assert "outstanding" not in told(cast.quinn), "nobody else before the submissions"


@pytest.mark.req("HER-20", "HER-23")
def test_no_selector_todo_or_notice_tells_it_either(world):
    cast, audit = world
    with authority_scope(audit.authority):
        audit = Audit.objects.select_related("authority", "case", "framework_version").get(pk=audit.pk)
        for person in (cast.lena, cast.quinn, cast.sam, cast.wyn, cast.ivor):
            standing = standing_of(person, audit)
            assert side_by_side(standing) is None
            assert changes_of(standing) == []
            assert proposed_actions(standing) == []
            assert wider_findings(standing) == []
            assert not standing.sees(made.assessment_of(audit, "peer"))
            told = [item.text + item.about for item in todo_for(person)]
            told += Notice.objects.filter(person=person).values_list("subject", flat=True)
            told += Notice.objects.filter(person=person).values_list("body", flat=True)
            assert not [text for text in told if CANARY in text or "Outstanding" in text]


def test_the_other_auditor_learns_of_an_immediate_change_with_the_grades_the_managers_at_once(world):
    cast, audit = world
    with authority_scope(audit.authority):
        audit = Audit.objects.select_related("authority", "case", "framework_version").get(pk=audit.pk)
        seen = {
            name: len(immediate_changes(standing_of(getattr(cast, name), audit)))
            for name in ("lena", "sam", "wyn")
        }
    assert seen == {"lena": 0, "sam": 1, "wyn": 1}


@pytest.mark.req("HER-23")
def test_once_the_discussion_is_recorded_the_other_auditor_sees_everything(world, client, body_of):
    cast, audit = world
    with authority_scope(audit.authority):
        lock_grades(assessment=made.assessment_of(audit, "lead"), person=cast.lena)
        audit.refresh_from_db()
        made.discuss(audit, cast.lena)
    client.post("/account/login/", {"login": cast.lena.email, "password": "correct horse battery"})
    body = body_of(cast.lena, f"/a/alder/audits/{audit.reference}/grades/")
    assert CANARY in body
    assert GRADE_TAG.search(body)


@pytest.mark.parametrize("who", ["wyn", "sam", "ivor"])
def test_worker_managers_and_chair_see_nothing_between_the_reveal_and_the_submissions(
    world, client, body_of, who
):
    cast, audit = world
    with authority_scope(audit.authority):
        lock_grades(assessment=made.assessment_of(audit, "lead"), person=cast.lena)
        audit.refresh_from_db()
        made.discuss(audit, cast.lena)
        assert audit.status == AuditStatus.REVEALED
        person = getattr(cast, who)
    client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
    for page in ("", "grades/"):
        assert not GRADE_TAG.search(body_of(person, f"/a/alder/audits/{audit.reference}/{page}"))
