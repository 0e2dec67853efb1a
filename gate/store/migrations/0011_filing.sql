-- Filing, continued: erasure of drivers, indexes of lists, a cheaper trigger.

-- A driver who is erased must be gone from what was filed, too; nothing else of it may change.
CREATE FUNCTION refuse_filing_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('gate.erasing', true) = 'filings' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER append_only ON filings;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON filings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_filing_change();

CREATE FUNCTION erase_filed_driver(erased uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET gate.erasing = 'filings' AS $$
DECLARE
    person drivers%ROWTYPE;
    gone bigint;
BEGIN
    SELECT * INTO person FROM drivers WHERE id = erased;
    UPDATE filings w SET content = w.content || '{"driver": {"name": "erased"}}'
    FROM declarations d WHERE d.id = w.declaration_id AND d.firm_id = person.firm_id
        AND w.content #>> '{driver,document_number}' = person.document_number
        AND w.content #>> '{driver,document_kind}' = person.document_kind;
    GET DIAGNOSTICS gone = ROW_COUNT;
    UPDATE declaration_drafts SET content = content || '{"driver": {"name": "erased"}}'
    WHERE firm_id = person.firm_id
        AND content #>> '{driver,document_number}' = person.document_number;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION erase_filed_driver(uuid) FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gate_service') THEN
        GRANT EXECUTE ON FUNCTION erase_filed_driver(uuid) TO gate_service;
    END IF;
END $$;

-- Lists of staff and counts: what is under way is a small part of all declarations.
CREATE INDEX declarations_under_way ON declarations (created_at DESC, id DESC)
    WHERE status IN ('submitted', 'rejected', 'accepted', 'arrived', 'clearing', 'cleared', 'released');
CREATE INDEX declarations_submitted ON declarations (submitted_at) WHERE submitted_at IS NOT NULL;
CREATE INDEX declarations_created ON declarations (created_at DESC, id DESC);

-- The worker looks by itself: a notification would cost each lane's step a lock that all share.
CREATE OR REPLACE FUNCTION note_declaration_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notices (declaration_id, number) VALUES (NEW.declaration_id, NEW.number);
    RETURN NULL;
END $$;
