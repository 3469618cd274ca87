"""Every address x method x role x {nobody, own council, another council}: the declared answer, and no canary.

What each role gets stands in ``answers.txt``, for people to read. After a deliberate change write it again with
``QAF_WRITE_ANSWERS=1`` and look at the difference.
"""

import logging
import os
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from audits.cases.models import Case, CaseImport
from audits.followup.models import Action, CaseloadCheck, Confirmation, FollowUp, UrgentConcern
from audits.models import (
    Assessment,
    AuditAction,
    CaseChoice,
    CaseExclusion,
    ExtraCase,
    FactCorrection,
    FamilyContact,
    FinalisationCheck,
    FoundPattern,
    Judgement,
    PerformanceQuestion,
    SampledCase,
    ThemedProgramme,
    WiderFinding,
)
from audits.programme.models import Feed, Occurrence
from moderation.models import Dispute, Meeting
from qaf.jobs.models import Job
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Person, Post, Unit
from qaf.tenants.permissions import permissions_of
from qaf.tenants.scope import authority_scope
from reporting.models import ChosenCase, ReportSnapshot, Session
from tests.factories.councils import CANARY, WholeCouncil, put_canaries, tenant_models, whole_council
from tests.factories.people import make_council, make_person

ANSWERS = Path(__file__).with_name("answers.txt")
METHODS = ("get", "post")
# Which row a number in an address means (of one method, where that decides the page); an address with a number that is
# not here fails the walk.
ROWS: dict[str, Any] = {
    "notices:resend": Notice,
    "notices:open": Notice,
    "jobs:job": Job,
    "jobs:retry": Job,
    "jobs:cancel": Job,
    "tenants:end_post": Post,
    "tenants:person": Person,
    "tenants:edit_person": Person,
    "tenants:add_post": Person,
    "tenants:add_absence": Person,
    "tenants:leaver": Person,
    "programme:revoke": Feed,
    "programme:occurrence": Occurrence,
    "programme:move": Occurrence,
    "cases:case": Case,
    "cases:import": CaseImport,
    "cases:import_rows": CaseImport,
    "cases:import_confirm": CaseImport,
    "cases:import_discard": CaseImport,
    "cases:import_undo": CaseImport,
    "cases:import_again": CaseImport,
    "cases:map_team": Unit,
    "cases:map_person": Person,
    "followup:action": Action,
    "followup:confirm": Confirmation,
    "followup:caseload_round": CaseloadCheck,
    "followup:save_caseload": CaseloadCheck,
    "followup:follow_up": FollowUp,
    "followup:give_follow_up": FollowUp,
    "followup:raise_concern": Case,
    "followup:judge_provider": Case,
    "followup:concern": UrgentConcern,
    "followup:close_concern": UrgentConcern,
    "moderation:edit": Action,
    "moderation:leave_out": Action,
    "moderation:meeting": Meeting,
    "moderation:invite": Meeting,
    "moderation:theme": Meeting,
    "moderation:record": Meeting,
    "moderation:feedback": Meeting,
    "moderation:dispute": Dispute,
    "moderation:raise_for_child": Case,
    "feedback:code": FamilyContact,
    "reporting:code": Judgement,
    "reporting:case": ChosenCase,
    "reporting:drop_case": ChosenCase,
    "reporting:session": Session,
    "reporting:record_session": Session,
    "reporting:making": Job,
    "reporting:report": ReportSnapshot,
    "reporting:file": ReportSnapshot,
    "audits:replace_case": SampledCase,
    "audits:check": FinalisationCheck,
    "audits:give": Assessment,
    "audits:decide_exclusion": CaseExclusion,
    "audits:family_remove": FamilyContact,
    "audits:action_remove": AuditAction,
    "audits:wider_finding_remove": WiderFinding,
    "audits:answer_correction": FactCorrection,
    "audits:re_audit": FollowUp,
    "audits:programme": ThemedProgramme,
    "audits:change_programme": ThemedProgramme,
    "audits:performance_question": PerformanceQuestion,
    "audits:choose": (CaseChoice, "auditor_choice"),
    "audits:exchange_case": (CaseChoice, "named_post"),
    "audits:edit_experience": Person,
    "audits:extra": ExtraCase,
    "audits:pattern": FoundPattern,
}
WORDS = {
    "slot": "lead",
    "target": "parent_or_carer",
    "period": date(2026, 10, 1),
    "label": "2026-Q4",
    "form": "pdf",
    "where": "sampling",
    "column": "strength",
    "scope": "theme-1",
    "item": "0",
    "part": "size",
}
KEYS = {
    "audits:review_tool": "case_file",
    "frameworks:section": "sampling",
    "frameworks:draft_section": "sampling",
}
KINDS = {
    "reporting:draft": "quarterly",
    "reporting:save_draft": "quarterly",
    "reporting:draft_of": "themes",
    "reporting:save_draft_of": "themes",
    "reporting:plan_session": "learning",
}
# A council's own number, which the next council counts too: nothing in the address is the other's.
OWN_NUMBER = {"frameworks:text", "frameworks:version_changes"}


def views() -> list[tuple[str, URLPattern]]:
    """Every view of a council: its name with the app's, and its pattern."""

    def walk(resolver: URLResolver, prefix: str = "", names: str = ""):
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, route, f"{names}{entry.namespace}:" if entry.namespace else names)
            elif route.startswith("a/<slug:council>/"):
                yield f"{names}{entry.name}", entry

    return list(walk(get_resolver()))


class Walk:
    """Two councils alike; the texts of the second are canaries. ``of`` makes an address with a council's own rows."""

    def __init__(self) -> None:
        self.own_authority, self.other_authority = (
            make_council("alder", "Alder"),
            make_council("birch", "Birch"),
        )
        with authority_scope(self.own_authority):
            self.own = whole_council(self.own_authority)
            self.own_rows = self._rows(self.own)
        with authority_scope(self.other_authority):
            self.other = whole_council(self.other_authority)
            # The others of the cast have the same addresses in both councils, so that they may enter both.
            self.other.people["stranger"] = make_person("Bryn Birch", "everything", signs_in=True)
            self.canaries = put_canaries()
            self.other.final.refresh_from_db()
            self.other_rows = self._rows(self.other)
        self.clients: dict[tuple[str, str], Client] = {}

    @staticmethod
    def _rows(council: WholeCouncil) -> dict[Any, Any]:
        found: dict[Any, Any] = {"reference": council.final.reference}
        for row in {*ROWS.values()}:
            model, method = row if isinstance(row, tuple) else (row, None)
            rows = model._default_manager.order_by("pk")
            if method:
                rows = rows.filter(method=method)
            link = next(
                (name for name in ("audit", "assessment__audit") if hasattr(model, name.split("__")[0])), ""
            )
            of_audit = rows.filter(**{link: council.final}) if link else rows
            found[row] = (of_audit.first() or rows[0]).pk
        return found

    def address(self, name: str, entry: URLPattern, rows: dict[Any, Any]) -> str:
        """The address of a view in the first council, naming rows of ``rows``."""
        from django.urls import reverse

        values: dict[str, Any] = {}
        for key in (
            entry.pattern.regex.groupindex if not entry.pattern.converters else entry.pattern.converters
        ):
            if key in ("pk", "case_id"):
                values[key] = rows[ROWS[name]]
            elif key == "reference":
                values[key] = rows["reference"]
            elif key == "number":
                values[key] = 1
            elif key == "key":
                values[key] = KEYS.get(name, "voice_of_child")
            elif key == "kind":
                values[key] = KINDS.get(name, "worker_discussion")
            else:
                values[key] = WORDS[key]
        return reverse(name, kwargs={"council": "alder", **values})

    def client(self, council: WholeCouncil, role: str) -> Client:
        """A browser in which this person has signed in."""
        key = (council.authority.slug, role)
        if key not in self.clients:
            client = Client(raise_request_exception=False)
            login = council.people[role].email
            with authority_scope(council.authority):
                login = Person.objects.select_related("user").get(pk=council.people[role].pk).user.email
            client.post("/account/login/", {"login": login, "password": "correct horse battery"})
            assert "_auth_user_id" in client.session, f"{key} cannot sign in"
            self.clients[key] = client
        return self.clients[key]

    def ask(self, client: Client, method: str, path: str) -> tuple[int, str]:
        """The status and the body; whatever the request did is undone."""
        with transaction.atomic():
            answer = getattr(client, method)(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        return answer.status_code, body.decode(errors="replace")


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker):
    """Built once, in a transaction that is rolled back."""
    from django.core.cache import cache

    cache.key_prefix = "walk"
    logging.disable(logging.ERROR)  # thousands of refusals, each with its frames
    with django_db_blocker.unblock(), clock.travel(date(2026, 10, 5)), transaction.atomic():
        yield Walk()
        transaction.set_rollback(True)
    connection.close()
    logging.disable(logging.NOTSET)


def test_the_other_council_has_a_row_in_every_table_and_canaries_in_hundreds_of_texts(walk):
    with authority_scope(walk.other_authority):
        assert [model for model in tenant_models() if not model._default_manager.exists()] == []
        assert CANARY in Person.objects.order_by("pk")[0].name
    assert walk.canaries > 300


def test_nobody_is_sent_to_sign_in(walk):
    answers = {
        (name, method, answer.status_code, answer["Location"].split("?")[0])
        for name, entry in views()
        for method in METHODS
        for answer in [getattr(Client(), method)(walk.address(name, entry, walk.own_rows))]
    }
    assert {(code, where) for _, _, code, where in answers} == {(302, "/account/login/")}
    assert len(answers) >= 2 * len({name for name, _ in views()})


def test_people_of_another_council_find_nothing(walk):
    stranger = walk.client(walk.other, "stranger")
    found = {
        (name, method): code
        for name, entry in views()
        for method in METHODS
        if (code := walk.ask(stranger, method, walk.address(name, entry, walk.own_rows))[0]) != 404
    }
    assert found == {}


def test_a_row_of_another_council_is_not_there_even_for_somebody_who_may_do_everything(walk):
    client, found, asked = walk.client(walk.own, "everything"), {}, 0
    for name, entry in views():
        theirs = walk.address(name, entry, walk.other_rows)
        if theirs == walk.address(name, entry, walk.own_rows) or name in OWN_NUMBER:
            continue
        asked += 1
        for method in METHODS:
            code, body = walk.ask(client, method, theirs)
            if code not in (404, 405) or CANARY in body:
                found[name, method] = code
    assert asked > 50
    assert found == {}


def test_every_role_gets_the_declared_answer_and_nothing_of_another_council(walk):
    answers: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    wrong = []
    for role in walk.own.people:
        client = walk.client(walk.own, role)
        with authority_scope(walk.own_authority):
            held = permissions_of(Person.objects.get(pk=walk.own.people[role].pk))
        for name, entry in views():
            path, asks = walk.address(name, entry, walk.own_rows), entry.callback.permissions
            for method in METHODS:
                code, body = walk.ask(client, method, path)
                refused = bool(asks) and not held.intersection(asks)
                if code >= 500 or CANARY in body or (refused and code not in (403, 405)):
                    wrong.append((role, name, method, code, CANARY in body))
                answers[f"{method.upper():4} {name}"][code].append(role)
    assert "\n".join(str(one) for one in wrong) == ""
    text = "".join(
        f"{name}\n" + "".join(f"    {code}: {', '.join(roles)}\n" for code, roles in sorted(by_code.items()))
        for name, by_code in sorted(answers.items(), key=lambda item: item[0][5:])
    )
    if os.environ.get("QAF_WRITE_ANSWERS"):
        ANSWERS.write_text(text, encoding="utf-8")
    assert text == ANSWERS.read_text(encoding="utf-8")
