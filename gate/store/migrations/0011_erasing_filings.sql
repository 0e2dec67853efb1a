-- Filed contents name drivers: they can be erased once the driver is, by a function and no other way.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME IN ('decisions', 'readings', 'filings')
            AND current_setting('gate.erasing', true) = TG_TABLE_NAME THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION erase_filing(wanted uuid, wanted_version integer, new_content jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET gate.erasing = 'filings' AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM declarations n JOIN drivers d ON d.id = n.driver_id
                   WHERE n.id = wanted AND d.name = 'erased') THEN
        RAISE EXCEPTION 'the driver of this filing is not erased' USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE filings SET content = new_content
        WHERE declaration_id = wanted AND version = wanted_version;
END $$;
REVOKE ALL ON FUNCTION erase_filing(uuid, integer, jsonb) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gate_service') THEN
        GRANT EXECUTE ON FUNCTION erase_filing(uuid, integer, jsonb) TO gate_service;
    END IF;
END $$;

-- The phone goes with the name, whoever erases.
CREATE FUNCTION forget_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name = 'erased' THEN NEW.phone := ''; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_phone BEFORE UPDATE OF name ON drivers
    FOR EACH ROW EXECUTE FUNCTION forget_phone();
