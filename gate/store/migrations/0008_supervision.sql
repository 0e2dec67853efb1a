-- Second factor, lock screen, acts of two persons, access log, search, key change, retention.
ALTER TABLE users
    ADD COLUMN must_change boolean NOT NULL DEFAULT false,
    ADD COLUMN password_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN totp_pending text NOT NULL DEFAULT '';
COMMENT ON COLUMN users.must_change IS 'the password was given by an administrator: change it at sign-in';
COMMENT ON COLUMN users.totp_pending IS 'secret shown on the set-up page, not confirmed by a code yet';

ALTER TABLE sessions
    ADD COLUMN stage text NOT NULL DEFAULT '' CHECK (stage IN ('', 'code', 'password', 'enrol')),
    ADD COLUMN strong_at timestamptz;
COMMENT ON COLUMN sessions.stage IS 'the step of signing in that is still to do; empty: signed in';
COMMENT ON COLUMN sessions.strong_at IS 'when the person last proved to be there (code, or password where none has a code)';

CREATE TABLE recovery_codes (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    code_hash  text NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (user_id, code_hash)
);
COMMENT ON TABLE recovery_codes IS 'SHA-256 of random codes of 50 bits that stand in for the second factor, once each';

CREATE TABLE proposals (
    id          uuid PRIMARY KEY,
    act         text NOT NULL,
    data        jsonb NOT NULL,
    proposed_by text NOT NULL,
    at          timestamptz NOT NULL,
    until       timestamptz NOT NULL CHECK (until > at),
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'rejected', 'withdrawn')),
    second      text NOT NULL DEFAULT '' CHECK (second <> proposed_by OR state <> 'done'),
    decided_at  timestamptz,
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK (state <> 'done' OR second <> '')
);
CREATE INDEX proposals_open ON proposals (at) WHERE state = 'open';
COMMENT ON TABLE proposals IS 'acts that two persons must want; ended ones go with the next retention run';

CREATE TABLE access_log (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    what     text NOT NULL,
    subject  text NOT NULL,
    person   text NOT NULL DEFAULT '',
    why      text NOT NULL DEFAULT '',
    address  text NOT NULL DEFAULT ''
);
CREATE INDEX access_log_at ON access_log (at DESC, id DESC);
CREATE INDEX access_log_actor ON access_log (actor, at DESC);
CREATE INDEX access_log_person ON access_log (person, at DESC) WHERE person <> '';
COMMENT ON COLUMN access_log.person IS 'id of the driver whose data was shown, where there is one';

-- Policies put in force, by the settings' file or by two persons on the page.
CREATE TABLE policy_acts (
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    hash    text NOT NULL REFERENCES policies,
    source  text NOT NULL CHECK (source IN ('file', 'page')),
    by      text NOT NULL,
    second  text NOT NULL DEFAULT '' CHECK (source = 'file' OR (second <> '' AND second <> by)),
    note    text NOT NULL DEFAULT '',
    toml    text NOT NULL DEFAULT ''
);

ALTER TABLE watchlist ADD COLUMN renews uuid REFERENCES watchlist ON DELETE SET NULL;
CREATE TABLE watchlist_hits (
    entry       uuid NOT NULL REFERENCES watchlist ON DELETE CASCADE,
    transit_id  uuid NOT NULL REFERENCES transits,
    at          timestamptz NOT NULL,
    PRIMARY KEY (entry, transit_id)
);
CREATE INDEX watchlist_hits_transit ON watchlist_hits (transit_id);

ALTER TABLE devices
    ADD COLUMN next_key_id text NOT NULL DEFAULT '',
    ADD COLUMN next_secret bytea CHECK (length(next_secret) >= 16),
    ADD COLUMN version text NOT NULL DEFAULT '',
    ADD COLUMN key_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN retired_at timestamptz;
COMMENT ON COLUMN devices.next_key_id IS 'a new key that the device may change to: the first message under it makes it the key';

-- Search by a piece of a plate. An index of our own three-letter pieces over the look-alike key
-- does what the extension pg_trgm does, on any server; the key is that of schemas.plates.plate_key.
ALTER TABLE transits ADD COLUMN plate_key text NOT NULL GENERATED ALWAYS AS (translate(plate,
        'ODQĐILJZASGCTBFMNWXRVY京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新',
        '0000111245667' || '8EHHHKPUU')) STORED;
CREATE FUNCTION plate_pieces(key text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(key, i, n)), '{}')
    FROM generate_series(1, length(key)) AS i, generate_series(2, 3) AS n
    WHERE i + n - 1 <= length(key)
$$;
CREATE INDEX transits_plate_pieces ON transits USING gin (plate_pieces(plate_key)) WHERE plate <> '';
CREATE INDEX transits_by_time ON transits (began_at DESC, id DESC);
CREATE INDEX decisions_officer ON decisions (actor, at) WHERE actor <> 'machine';

-- Retention.
ALTER TABLE captures ADD COLUMN picture_gone_at timestamptz;
CREATE INDEX captures_kept ON captures (received_at) WHERE picture_gone_at IS NULL;

CREATE TABLE legal_holds (
    id        uuid PRIMARY KEY,
    kind      text NOT NULL CHECK (kind IN ('transit', 'plate')),
    value     text NOT NULL CHECK (value <> ''),
    reason    text NOT NULL CHECK (reason <> ''),
    since     timestamptz NOT NULL,
    by        text NOT NULL,
    ended_at  timestamptz,
    ended_by  text NOT NULL DEFAULT '',
    second    text NOT NULL DEFAULT ''
);
CREATE INDEX legal_holds_standing ON legal_holds (kind, value) WHERE ended_at IS NULL;

CREATE TABLE retention_runs (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    by          text NOT NULL,
    counts      jsonb NOT NULL,
    audit       bigint NOT NULL
);

-- What was erased from decisions: the hash that the chain vouches for, and that of what remains.
CREATE TABLE erasures (
    decision_id  uuid NOT NULL REFERENCES decisions,
    number       smallint NOT NULL CHECK (number > 0),
    at           timestamptz NOT NULL,
    was          text NOT NULL,
    remains      text NOT NULL,
    audit        bigint NOT NULL,
    PRIMARY KEY (decision_id, number)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON erasures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_acts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The one way round the triggers: two functions that the owner made and the service may call.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME IN ('decisions', 'readings') AND current_setting('gate.erasing', true) = TG_TABLE_NAME THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION erase_decision(wanted uuid, new_inputs jsonb, new_decision jsonb, new_note text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET gate.erasing = 'decisions' AS $$
BEGIN
    -- Only beside its row in erasures, written by this transaction.
    IF NOT EXISTS (SELECT FROM erasures WHERE decision_id = wanted
                   AND xmin = pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION 'an erasure needs its record first' USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE decisions SET inputs = new_inputs, decision = new_decision, note = new_note WHERE id = wanted;
END $$;

CREATE FUNCTION erase_readings(wanted uuid[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET gate.erasing = 'readings' AS $$
DECLARE gone bigint;
BEGIN
    DELETE FROM readings WHERE capture_id = ANY (wanted)
        AND capture_id IN (SELECT id FROM captures WHERE picture_gone_at IS NOT NULL);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION erase_decision(uuid, jsonb, jsonb, text), erase_readings(uuid[]) FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gate_service') THEN
        REVOKE UPDATE, DELETE ON erasures, policy_acts, retention_runs FROM gate_service;
        REVOKE UPDATE ON access_log FROM gate_service;
        GRANT EXECUTE ON FUNCTION erase_decision(uuid, jsonb, jsonb, text), erase_readings(uuid[])
            TO gate_service;
    END IF;
END $$;
