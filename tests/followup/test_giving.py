"""A follow-up is given to somebody else by hand; the page of a case shows what follows for the child."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from audits.followup.models import FollowUp
from audits.followup.services import raise_concern
from audits.followup.services.giving import give_follow_up
from audits.services.finalise import confirm_outcome
from qaf.notices.models import Notice
from qaf.tenants.models import TrailEvent
from qaf.tenants.scope import authority_scope
from tests.factories.assessments import make_audit, make_cast, submit_both
from tests.factories.moderation import make_seniors

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def world(council):
    """A final inadequate audit: a review and a re-audit follow."""
    with authority_scope(council):
        cast = make_cast(signs_in=True)
        seniors = make_seniors(cast, signs_in=True)
        audit = make_audit(cast)
        submit_both(audit, "inadequate", "inadequate")
        confirm_outcome(audit=audit, person=cast.wyn)
        tasks = {one.kind: one for one in FollowUp.objects.select_related("assignee")}
    return cast, seniors, audit, tasks


def sign_in(person):
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
    return client


def at(name, row):
    return reverse(name, args=["alder", row.pk])


def test_a_review_is_given_to_somebody_else_who_is_told_and_the_trail_says_why(world, council):
    cast, seniors, _, tasks = world
    review = tasks["review"]
    page, give = at("followup:follow_up", review), at("followup:give_follow_up", review)
    client = sign_in(cast.quinn)
    assert f'href="{give}"' in client.get(page).content.decode()
    wrong = client.post(give, {"assignee": "Nobody Known", "reason": "Away"})
    assert "Nobody of that name" in wrong.content.decode()
    assert 'value="Nobody Known"' in wrong.content.decode()
    assert client.post(give, {"assignee": "Mona Manager", "reason": "Sam is away"}).status_code == 302
    with authority_scope(council):
        review.refresh_from_db()
        assert review.assignee_id == seniors.mona.pk
        assert Notice.objects.filter(person=seniors.mona, kind="follow_up_assigned").exists()
        event = TrailEvent.objects.filter(table_name="followup_followup", row_id=review.pk).latest("id")
        assert (event.why, event.person_id) == ("Given to somebody else: Sam is away", cast.quinn.pk)


def test_only_those_who_follow_it_give_it_away_and_never_without_a_reason(world, council):
    cast, _, _, tasks = world
    review = tasks["review"]
    assert sign_in(cast.stranger).get(at("followup:give_follow_up", review)).status_code == 403
    with authority_scope(council):
        with pytest.raises(PermissionDenied):
            give_follow_up(follow_up=review, assignee=cast.ivor, reason="x", person=cast.stranger)
        with pytest.raises(ValidationError) as refused:
            give_follow_up(follow_up=review, assignee=cast.ivor, reason=" ", person=cast.quinn)
        assert list(refused.value.message_dict) == ["reason"]


def test_a_re_audit_goes_to_nobody_who_audited_the_case_before(world, council):
    cast, seniors, _, tasks = world
    again = tasks["re_audit"]
    with authority_scope(council):
        with pytest.raises(ValidationError) as refused:
            give_follow_up(follow_up=again, assignee=cast.petra, reason="Knows it", person=cast.quinn)
        assert "has audited this case before" in str(refused.value)
        give_follow_up(follow_up=again, assignee=seniors.mona, reason="Is free", person=cast.quinn)
    page = at("audits:re_audit", again)
    client = sign_in(seniors.mona)
    part = client.post(page, {"form": "begin"}).url
    with authority_scope(council), pytest.raises(ValidationError, match="has begun"):
        give_follow_up(follow_up=again, assignee=seniors.hal, reason="Late", person=cast.quinn)
    body = client.get(part).content.decode()
    assert "Re-auditor" in body
    assert "Re audit<" not in body
    assert "Conversations and the family" not in body


def test_the_page_of_a_case_shows_what_follows_as_far_as_each_may_see_it(world, council):
    cast, _, audit, tasks = world
    with authority_scope(council):
        raise_concern(case=audit.case, raised_by=cast.petra, text="Nobody saw her.", about=audit.reference)
    page = at("cases:case", audit.case)
    body = sign_in(cast.quinn).get(page).content.decode()
    assert "What follows for this child" in body
    assert at("followup:follow_up", tasks["review"]) in body
    assert "Urgent concern" in body.split("What follows for this child")[1]
    body = sign_in(cast.wyn).get(page).content.decode()
    assert "Urgent concern</a>" not in body
