"""script/database: four roles, each with no more than its part."""


def test_no_role_but_the_backups_passes_row_level_security(house):
    rows = house.sql(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcanlogin FROM pg_roles "
        "WHERE rolname LIKE 'qaf%' ORDER BY 1"
    )
    assert rows == str(
        [
            ("qaf_app", False, False, False, True),
            ("qaf_backup", False, True, False, True),
            ("qaf_owner", False, False, False, True),
            ("qaf_purge", False, False, False, True),
        ]
    )


def test_every_role_has_its_time_limits(house):
    rows = house.sql("SELECT rolname, rolconfig FROM pg_roles WHERE rolname LIKE 'qaf%' ORDER BY 1")
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    assert [rows.count(f"'{name}=") for name in names] == [4, 4, 4]
    assert "('qaf_app', ['lock_timeout=5s', 'statement_timeout=60s'" in rows


def test_only_the_owner_may_make_tables(house):
    rows = house.sql(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'qaf%' AND has_schema_privilege(oid, 'public', 'CREATE')"
    )
    assert rows == "[('qaf_owner',)]"


def test_a_stranger_may_not_connect(house):
    assert house.sql(
        "SELECT datacl::text LIKE '{=%' OR datacl::text LIKE '%,=%' FROM pg_database WHERE datname = 'qaf'"
    ) == ("[(False,)]")


def test_repeating_it_changes_nothing(house):
    house.sql("CREATE TABLE kept AS SELECT 42 AS answer; SELECT 1")
    before = house.sql(
        "SELECT rolname, rolconfig, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles ORDER BY 1"
    )
    (house.data / "stamps/roles").unlink()
    assert house.sql("SELECT answer FROM kept") == "[(42,)]"
    after = house.sql(
        "SELECT rolname, rolconfig, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles ORDER BY 1"
    )
    assert after == before
