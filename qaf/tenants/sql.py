"""The two trigger functions that tenant tables share; created by the first migration."""

TRAIL = """
CREATE FUNCTION qaf_trail() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    by_person bigint := nullif(current_setting('qaf.person', true), '')::bigint;
    because text := coalesce(current_setting('qaf.why', true), '');
    request text := coalesce(current_setting('qaf.request', true), '');
    business timestamptz := coalesce(
        nullif(current_setting('qaf.now', true), '')::timestamptz, clock_timestamp());
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO tenants_trailevent
            (authority_id, table_name, row_id, operation, before, after, at, business_at, person_id, why, request_id)
        SELECT n.authority_id, TG_TABLE_NAME, n.id, 'insert', NULL, to_jsonb(n) - 'authority_id' - 'id',
            clock_timestamp(), business, by_person, because, request FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO tenants_trailevent
            (authority_id, table_name, row_id, operation, before, after, at, business_at, person_id, why, request_id)
        SELECT o.authority_id, TG_TABLE_NAME, o.id, 'delete', to_jsonb(o) - 'authority_id' - 'id', NULL,
            clock_timestamp(), business, by_person, because, request FROM old_rows o;
    ELSE
        INSERT INTO tenants_trailevent
            (authority_id, table_name, row_id, operation, before, after, at, business_at, person_id, why, request_id)
        SELECT n.authority_id, TG_TABLE_NAME, n.id, 'update',
            (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(o))
             WHERE to_jsonb(n) -> key IS DISTINCT FROM value),
            (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(n))
             WHERE to_jsonb(o) -> key IS DISTINCT FROM value),
            clock_timestamp(), business, by_person, because, request
        FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE o.* IS DISTINCT FROM n.*;
    END IF;
    RETURN NULL;
END $$;
"""

REFUSE_UPDATE = """
CREATE FUNCTION qaf_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed once written', TG_TABLE_NAME USING ERRCODE = 'raise_exception';
END $$;
"""
