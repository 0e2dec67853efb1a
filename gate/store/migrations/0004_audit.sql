-- The audit chains, their signed anchors, and a role for the service that can add but not change.
CREATE TABLE audit_events (
    chain      text NOT NULL,
    number     bigint NOT NULL CHECK (number > 0),
    at         timestamptz NOT NULL,
    actor      text NOT NULL,
    action     text NOT NULL,
    subject    text NOT NULL,
    data_hash  text NOT NULL,
    previous   text NOT NULL,
    hash       text NOT NULL,
    PRIMARY KEY (chain, number),
    UNIQUE (chain, previous)
);
CREATE UNIQUE INDEX audit_events_subject ON audit_events (chain, subject) WHERE chain LIKE 'lane/%';
COMMENT ON TABLE audit_events IS 'a chain a lane and one for administration: gate.core.audit';

-- What an administration entry hashed, kept beside it so that it can be erased.
CREATE TABLE audit_data (
    chain   text NOT NULL,
    number  bigint NOT NULL,
    salt    text NOT NULL,
    data    jsonb NOT NULL,
    PRIMARY KEY (chain, number),
    FOREIGN KEY (chain, number) REFERENCES audit_events
);

CREATE TABLE audit_anchors (
    number     bigint PRIMARY KEY CHECK (number > 0),
    body       jsonb NOT NULL,
    key_id     text NOT NULL,
    signature  text NOT NULL
);
COMMENT ON TABLE audit_anchors IS 'daily heads of all chains, signed with a key that no database holds';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchors
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gate_service') THEN
        CREATE ROLE gate_service LOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of the server was faster
    WHEN insufficient_privilege THEN
        RAISE WARNING 'the role gate_service could not be made: ask the administrator to create it';
END $$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gate_service') THEN
        GRANT USAGE ON SCHEMA public TO gate_service;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gate_service;
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO gate_service;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gate_service;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO gate_service;
        REVOKE UPDATE, DELETE ON audit_events, audit_anchors, transit_events, decisions, readings,
            policies FROM gate_service;
        REVOKE INSERT ON audit_anchors FROM gate_service;
        REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM gate_service;
    END IF;
END $$;
