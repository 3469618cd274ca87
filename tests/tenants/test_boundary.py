"""The tenant boundary, lock by lock, as the app role."""

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from qaf.tenants.models import Person, Post, TenantModel, TrailEvent, Unit
from qaf.tenants.scope import ScopeError, authority_scope
from tests.factories.people import LONG_AGO, make_person, make_role, make_service

NOT_TENANT = {
    "auth.Group": "Django's own, unused",
    "auth.Permission": "Django's own, unused",
    "contenttypes.ContentType": "Django's own",
    "sessions.Session": "needed before a council is known",
    "account.EmailAddress": "sign-in, before a council is known",
    "account.EmailConfirmation": "sign-in, before a council is known",
    "mfa.Authenticator": "sign-in, before a council is known",
    "socialaccount.SocialAccount": "sign-in, before a council is known",
    "socialaccount.SocialApp": "sign-in, before a council is known",
    "socialaccount.SocialToken": "sign-in, before a council is known",
    "tenants.User": "credentials only",
    "tenants.Authority": "the councils themselves",
    "tenants.Access": "which councils a user may enter, needed before a scope exists",
    "tenants.IdentityProvider": "sign-in, before a council is known",
}


def test_every_model_belongs_to_a_council_or_is_listed_with_a_reason():
    unlisted = {m._meta.label for m in apps.get_models() if not issubclass(m, TenantModel)}
    assert unlisted == set(NOT_TENANT)


def test_every_tenant_table_forces_row_level_security_and_is_owned_by_another_role(db):
    tables = {m._meta.db_table for m in apps.get_models() if issubclass(m, TenantModel)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relrowsecurity AND c.relforcerowsecurity AND pg_get_userbyid(c.relowner) <> current_user"
        )
        assert {row[0] for row in cursor.fetchall()} == tables


def test_the_suite_runs_as_a_role_that_bypasses_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_every_key_between_tenant_tables_carries_the_council(db):
    expected = {
        (m._meta.db_table, f.column)
        for m in apps.get_models()
        if issubclass(m, TenantModel)
        for f in m._meta.local_fields
        if f.is_relation and f.name != "authority" and issubclass(f.related_model, TenantModel)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.relname, a.attname FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid"
            " JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.conkey[2]"
            " WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 2"
        )
        assert set(cursor.fetchall()) == expected


def test_asking_without_a_scope_raises(db):
    with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic():
        list(Person.objects.all())


def test_writing_without_a_scope_raises(council):
    with pytest.raises(ScopeError):
        Person(name="Nobody's")


def test_a_council_sees_only_its_own_people(council, other_council):
    with authority_scope(council):
        make_person("Ada Alder")
    with authority_scope(other_council):
        make_person("Bob Birch")
        assert [p.name for p in Person.objects.all()] == ["Bob Birch"]
        assert Person.objects.count() == 1


def test_a_row_cannot_be_written_for_another_council(council, other_council):
    with authority_scope(council), pytest.raises(ProgrammingError), transaction.atomic():
        Unit.objects.create(authority=other_council, kind="service", key="x", name="X")


def test_a_key_cannot_reach_into_another_council(council, other_council):
    with authority_scope(other_council):
        theirs = make_person("Bob Birch")
    with authority_scope(council):
        role = make_role("team_manager")
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.create(person_id=theirs.pk, role=role, starts_on=LONG_AGO)


def test_a_second_council_cannot_be_opened_inside_the_first(council, other_council):
    with authority_scope(council), pytest.raises(ScopeError), authority_scope(other_council):
        pass


def test_the_setting_does_not_outlive_the_scope(council):
    with authority_scope(council):
        make_person("Ada Alder")
    with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic():
        Person.objects.count()


@pytest.mark.parametrize("nothing", [None, 0])
def test_no_council_is_no_scope(nothing):
    with pytest.raises(ScopeError), authority_scope(nothing):
        pass


def test_the_trail_tells_who_changed_what_from_what_to_what_and_why(scope):
    from qaf.tenants.scope import because

    service = make_service("Early help")
    ada = make_person("Ada Alder")
    with because("spelt wrongly", person=ada):
        Unit.objects.filter(pk=service.pk).update(name="Early Help")
    event = TrailEvent.objects.filter(table_name="tenants_unit", row_id=service.pk).latest("id")
    assert (event.operation, event.before, event.after) == (
        "update",
        {"name": "Early help"},
        {"name": "Early Help"},
    )
    assert (event.person_id, event.why) == (ada.pk, "spelt wrongly")


@pytest.mark.parametrize(
    "statement", ["UPDATE tenants_trailevent SET why = 'x'", "DELETE FROM tenants_trailevent"]
)
def test_the_app_role_can_neither_change_nor_delete_the_trail(scope, statement):
    make_service("Early help")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
