"""People in the browser: posts, absences, leavers."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from qaf.lib import clock
from qaf.tenants.models import Absence, Person, Post, Role
from qaf.tenants.permissions import may
from qaf.tenants.scope import authority_scope
from qaf.tenants.selectors import acting_for, holders_in_line, line_of
from qaf.tenants.services import create_person, give_post, record_absence
from tests.factories.people import LONG_AGO, make_person, make_role, make_service, make_team


def test_a_person_is_added_given_a_role_and_may_then_do_what_the_role_allows(sign_in, ada, council, frozen):
    client = sign_in(ada)
    client.post("/a/alder/people/add/", {"name": "Cal Crane", "email": "Cal@Example.org", "signs_in": "on"})
    with authority_scope(council):
        cal = Person.objects.get(name="Cal Crane")
        role = Role.objects.get(key="qa_lead")
    response = client.post(
        f"/a/alder/people/{cal.pk}/roles/add/",
        {"role": role.pk, "starts_on_0": "1", "starts_on_1": "10", "starts_on_2": "2026"},
    )
    assert response.status_code == 302, response.content.decode()
    with authority_scope(council):
        assert cal.email == "cal@example.org"
        assert may(Person.objects.get(pk=cal.pk), "tenants.manage_people")


def test_a_second_person_with_the_same_address_is_refused_in_words(sign_in, ada):
    response = sign_in(ada).post("/a/alder/people/add/", {"name": "Ada Two", "email": ada.email})
    assert "Another person here has this e-mail address." in response.content.decode()


def test_a_post_gives_permissions_only_from_its_first_day_to_its_last(scope):
    make_role("qa_lead", "tenants.manage_people")
    cal = create_person(name="Cal Crane")
    give_post(person=cal, role="qa_lead", starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))
    allowed = {}
    for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1)):
        with clock.travel(day):
            allowed[day.isoformat()] = may(Person.objects.get(pk=cal.pk), "tenants.manage_people")
    assert allowed == {"2026-09-30": False, "2026-10-01": True, "2026-10-31": True, "2026-11-01": False}


def test_asking_for_a_permission_nobody_declares_is_an_error_not_a_no(scope):
    with pytest.raises(LookupError):
        may(create_person(name="Cal Crane"), "nobody.declares_this")


def test_the_line_of_a_team_is_its_managers_the_services_and_the_councils_but_not_its_workers(scope):
    for key, rank in (("team_manager", 1), ("service_manager", 2), ("head_of_service", 3), ("director", 4)):
        make_role(key, in_line=True, rank=rank, whole_council=key == "director")
    service, other = make_service("Safeguarding"), make_service("Early help")
    team, neighbour = make_team("Heron", service), make_team("Kite", service)
    tom = make_person("Tom Teal", "team_manager", unit=team)
    sue = make_person("Sue Swan", "service_manager", unit=service)
    dee = make_person("Dee Dunlin", "director")
    make_person("Hal Hawk", "head_of_service")  # of no service: in nobody's line
    make_person("Nia Nightjar", "team_manager", unit=neighbour)
    make_person("Olu Owl", "service_manager", unit=other)
    make_person("Wes Wren", "social_worker", unit=team)
    assert line_of(team, on=date(2026, 10, 5)) == {tom.pk, sue.pk, dee.pk}
    assert holders_in_line(team, "service_manager", on=date(2026, 10, 5)) == [sue]


def test_a_deputys_deputy_answers_and_a_ring_of_deputies_ends(scope):
    ann, ben, cat = (make_person(name) for name in ("Ann Auk", "Ben Bittern", "Cat Coot"))
    day = date(2026, 10, 5)
    record_absence(person=ann, starts_on=day, ends_on=day, deputy=ben)
    assert acting_for(ann, on=day) == ben
    record_absence(person=ben, starts_on=day, ends_on=day, deputy=cat)
    assert acting_for(ann, on=day) == cat
    record_absence(person=cat, starts_on=day, ends_on=day, deputy=ann)
    assert acting_for(ann, on=day) in {ann, ben, cat}
    assert acting_for(ann, on=date(2026, 10, 6)) == ann


def test_nobody_deputises_for_themselves(scope):
    ann = make_person("Ann Auk")
    with pytest.raises(ValidationError):
        record_absence(person=ann, starts_on=LONG_AGO, ends_on=LONG_AGO, deputy=ann)
    assert not Absence.objects.exists()


def test_anybody_may_say_that_they_are_away(sign_in, will, ada, council):
    response = sign_in(will).post(
        "/a/alder/people/away/",
        {
            "starts_on_0": "12", "starts_on_1": "10", "starts_on_2": "2026",
            "ends_on_0": "16", "ends_on_1": "10", "ends_on_2": "2026",
            "deputy": str(ada.pk),
        },
    )  # fmt: skip
    assert response.status_code == 302
    with authority_scope(council):
        absence = Absence.objects.get()
        assert (absence.person_id, absence.deputy_id, absence.ends_on) == (
            will.pk,
            ada.pk,
            date(2026, 10, 16),
        )


def test_ending_a_post_keeps_who_was_responsible_then(sign_in, ada, will, council):
    with authority_scope(council):
        post = Post.objects.get(person=will)
    sign_in(ada).post(f"/a/alder/people/posts/{post.pk}/end/")
    with authority_scope(council):
        post.refresh_from_db()
        assert post.ends_on == clock.today()


def test_a_failing_view_leaves_nothing_half_done(sign_in, ada, council, monkeypatch):
    from qaf.tenants.views import people

    def explode(**fields):
        create_person(name="Half Done")
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(people, "create_person", explode)
    client = sign_in(ada)
    client.raise_request_exception = False
    response = client.post("/a/alder/people/add/", {"name": "Cal Crane"})
    assert response.status_code == 500
    with authority_scope(council):
        assert not Person.objects.filter(name="Half Done").exists()


def test_the_trail_shows_who_changed_what_to_those_who_may_read_it(sign_in, ada, will, council):
    with authority_scope(council, person=ada):
        make_role("auditor_of_trails", "tenants.read_trail")
        give_post(person=ada, role="auditor_of_trails", starts_on=LONG_AGO)
    client = sign_in(ada)
    client.post(
        f"/a/alder/people/{will.pk}/change/", {"name": "William Alder", "email": will.email, "signs_in": "on"}
    )
    page = client.get("/a/alder/people/trail/", {"kind": "tenants_person", "row": will.pk}).content.decode()
    assert "name: Will Alder → William Alder" in page
    assert "Ada Alder" in page
    assert sign_in(will).get("/a/alder/people/trail/").status_code == 403


@pytest.mark.parametrize("odd", ["%00", "%C2%B2", "9" * 30, "%F0%9F%90%A6", "-1"])
def test_an_address_that_somebody_made_up_finds_nothing_and_breaks_nothing(sign_in, ada, council, odd):
    with authority_scope(council):
        make_role("auditor_of_trails", "tenants.read_trail")
        give_post(person=Person.objects.get(pk=ada.pk), role="auditor_of_trails", starts_on=LONG_AGO)
    client = sign_in(ada)
    for path in (
        "people/?q=",
        "people/?page=",
        "people/trail/?row=",
        "people/trail/?person=",
        "people/trail/?day=",
    ):
        assert client.get(f"/a/alder/{path}{odd}").status_code == 200, path


def test_what_is_opened_now_and_then_stands_on_a_page_of_its_own(sign_in, ada, will):
    client = sign_in(ada)
    menu = [link.text for link in client.get("/a/alder/").context["shell"].menu]
    assert menu[0] == "To do"
    assert menu[-1] == "More"
    assert "People" not in menu
    assert "Who works here" in client.get("/a/alder/more/").content.decode()
    assert "Who works here" not in sign_in(will).get("/a/alder/more/").content.decode()


@pytest.mark.req("HER-27")
def test_the_council_chooses_what_goes_onto_the_childs_record(sign_in, ada, will, council):
    client = sign_in(ada)
    page = client.get("/a/alder/copy-settings/").content.decode()
    assert "Left out unless you choose it." in page
    client.post("/a/alder/copy-settings/", {"sections": ["outcome", "actions", "disputes"]})
    council.refresh_from_db()
    assert council.file_copy_sections == ["outcome", "actions", "disputes"]
    assert sign_in(will).post("/a/alder/copy-settings/", {"sections": ["outcome"]}).status_code == 403
