-- Filing an upload goes on beside the requests: what was asked, and what became of each row.
CREATE TABLE bulk_commits (
    upload_id       uuid PRIMARY KEY REFERENCES bulk_previews ON DELETE CASCADE,
    firm_id         uuid NOT NULL REFERENCES firms,
    actor           text NOT NULL,
    all_or_nothing  boolean NOT NULL,
    submit          boolean NOT NULL,
    rows            integer NOT NULL CHECK (rows >= 0),
    left_out        integer NOT NULL CHECK (left_out >= 0),
    asked_at        timestamptz NOT NULL,
    turn_at         timestamptz NOT NULL,
    ended_at        timestamptz,
    stopped         text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN bulk_commits.rows IS 'declarations to be filed: the good ones';
COMMENT ON COLUMN bulk_commits.left_out IS 'declarations that the check found wrong, which nobody files';
COMMENT ON COLUMN bulk_commits.turn_at IS 'when a piece of it was filed: the one that waited longest is next';
COMMENT ON COLUMN bulk_commits.stopped IS 'why it ended before all rows; empty where it did not';
CREATE INDEX bulk_commits_turn ON bulk_commits (turn_at, upload_id) WHERE ended_at IS NULL;

-- Written in the transaction that files the row, so that each is filed exactly once.
CREATE TABLE bulk_results (
    id              uuid PRIMARY KEY,
    upload_id       uuid NOT NULL REFERENCES bulk_commits ON DELETE CASCADE,
    firm_id         uuid NOT NULL REFERENCES firms,
    line            integer NOT NULL,
    reference       text NOT NULL,
    declaration_id  uuid,
    number          text NOT NULL DEFAULT '',
    status          text NOT NULL DEFAULT '',
    problems        jsonb NOT NULL DEFAULT '[]',
    UNIQUE (upload_id, line)
);
COMMENT ON COLUMN bulk_results.line IS 'the first row of the declaration in the file (the heading is row 1)';
COMMENT ON COLUMN bulk_results.declaration_id IS 'what was filed, a declaration or a draft; NULL: nothing, for its problems';

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gate_service') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON bulk_commits, bulk_results TO gate_service;
    END IF;
END $$;

-- Fees of an amended declaration: what was paid stays paid, the difference is due or a credit.
ALTER TABLE fees DROP CONSTRAINT fees_status_check;
ALTER TABLE fees ADD CONSTRAINT fees_status_check
    CHECK (status IN ('due', 'paid', 'waived', 'void', 'credit', 'returned'));
COMMENT ON COLUMN fees.status IS 'credit: paid too much, and owed to the firm; returned: paid back';
DROP INDEX fees_once;
CREATE UNIQUE INDEX fees_once ON fees (declaration_id, code) WHERE status IN ('due', 'credit');
CREATE INDEX fees_credit ON fees (firm_id, due_at DESC, id DESC) WHERE status = 'credit';

-- Another gate tells where it saw a plate with a key that speaks for its site and no other.
ALTER TABLE api_keys ADD COLUMN site text NOT NULL DEFAULT ''
    CHECK (site = '' OR (firm_id IS NULL AND site ~ '^[a-z0-9-]{1,32}$'));
COMMENT ON COLUMN api_keys.site IS 'the other gate that a key of a system speaks for; empty for none';
ALTER TABLE foreign_sightings ADD COLUMN told_by text NOT NULL DEFAULT '';
COMMENT ON COLUMN foreign_sightings.told_by IS 'prefix of the key that told it';
CREATE INDEX transits_ended ON transits (ended_at, id) WHERE ended_at IS NOT NULL AND plate <> '';
