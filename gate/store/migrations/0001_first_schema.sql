-- The first schema: registry, declarations, evidence, transits, commands, people.
-- Statuses are text with a CHECK: a new one is a new migration, and dumps stay readable.

CREATE TABLE firms (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    tax_number  text NOT NULL UNIQUE CHECK (tax_number ~ '^[0-9]{10}(-[0-9]{3})?$|^[0-9A-Z]{18}$'),
    country     text NOT NULL CHECK (country IN ('VN', 'CN')),
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE vehicles (
    id            uuid PRIMARY KEY,
    firm_id       uuid NOT NULL REFERENCES firms,
    kind          text NOT NULL CHECK (kind IN ('tractor', 'trailer', 'truck')),
    plate         text NOT NULL,
    country       text NOT NULL CHECK (country IN ('VN', 'CN')),
    permitted_kg  integer NOT NULL CHECK (permitted_kg > 0),
    permit_until  timestamptz,
    UNIQUE (plate, country)
);

CREATE TABLE drivers (
    id               uuid PRIMARY KEY,
    firm_id          uuid NOT NULL REFERENCES firms,
    name             text NOT NULL,
    nationality      text NOT NULL,
    document_kind    text NOT NULL CHECK (document_kind IN ('passport', 'identity_card', 'border_pass')),
    document_number  text NOT NULL,
    birth_date       date NOT NULL,
    document_until   date NOT NULL,
    UNIQUE (document_kind, document_number, nationality)
);

CREATE TABLE declarations (
    id             uuid PRIMARY KEY,
    number         text NOT NULL UNIQUE,
    firm_id        uuid NOT NULL REFERENCES firms,
    direction      text NOT NULL CHECK (direction IN ('export', 'import')),
    gate           text NOT NULL,
    status         text NOT NULL CHECK (status IN ('draft', 'submitted', 'rejected', 'accepted',
                   'arrived', 'clearing', 'cleared', 'released', 'departed', 'closed',
                   'cancelled', 'expired')),
    tractor_id     uuid NOT NULL REFERENCES vehicles,
    trailer_id     uuid REFERENCES vehicles,
    driver_id      uuid REFERENCES drivers,
    tractor_plate  text NOT NULL,
    trailer_plate  text NOT NULL DEFAULT '',
    search_keys    text[] NOT NULL,
    containers     text[] NOT NULL DEFAULT '{}',
    seals          text[] NOT NULL DEFAULT '{}',
    cargo          text NOT NULL DEFAULT '',
    gross_kg       integer NOT NULL DEFAULT 0 CHECK (gross_kg >= 0),
    customs        text NOT NULL CHECK (customs IN ('pending', 'passed', 'failed', 'not_needed')),
    border_guard   text NOT NULL CHECK (border_guard IN ('pending', 'passed', 'failed', 'not_needed')),
    quarantine     text NOT NULL CHECK (quarantine IN ('pending', 'passed', 'failed', 'not_needed')),
    un_number      text NOT NULL DEFAULT '' CHECK (un_number ~ '^(UN[0-9]{4})?$'),
    fee            text NOT NULL CHECK (fee IN ('pending', 'passed', 'failed', 'not_needed')),
    window_from    timestamptz NOT NULL,
    window_to      timestamptz NOT NULL CHECK (window_to > window_from),
    created_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN declarations.search_keys IS
    'look-alike key of both plates and its one-character deletions: gate.core.normalize';
CREATE INDEX declarations_keys ON declarations USING gin (search_keys) WITH (fastupdate = off);
CREATE INDEX declarations_tractor ON declarations (tractor_plate);
CREATE INDEX declarations_trailer ON declarations (trailer_plate) WHERE trailer_plate <> '';
CREATE INDEX declarations_firm ON declarations (firm_id, window_from);

CREATE TABLE declaration_items (
    declaration_id  uuid NOT NULL REFERENCES declarations ON DELETE CASCADE,
    line            smallint NOT NULL CHECK (line > 0),
    description     text NOT NULL,
    hs_code         text NOT NULL CHECK (hs_code ~ '^[0-9]{6,13}$'),
    quantity        integer NOT NULL CHECK (quantity > 0),
    unit            text NOT NULL,
    net_kg          integer NOT NULL CHECK (net_kg > 0),
    origin          text NOT NULL,
    PRIMARY KEY (declaration_id, line)
);

CREATE TABLE declaration_events (
    declaration_id  uuid NOT NULL REFERENCES declarations ON DELETE CASCADE,
    number          integer NOT NULL,
    at              timestamptz NOT NULL,
    actor           text NOT NULL,
    from_status     text NOT NULL,
    to_status       text NOT NULL,
    transit_id      uuid,
    PRIMARY KEY (declaration_id, number)
);

CREATE TABLE lanes (
    id           text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,32}$'),
    name         text NOT NULL,
    direction    text NOT NULL CHECK (direction IN ('export', 'import')),
    state        jsonb,
    token        bigint NOT NULL DEFAULT 0,
    holder       text NOT NULL DEFAULT '',
    lease_until  timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON COLUMN lanes.token IS 'fencing token: grows with every lease; barriers refuse a lower one';

CREATE TABLE devices (
    lane_id      text NOT NULL REFERENCES lanes,
    id           text NOT NULL CHECK (id ~ '^[a-z0-9-]{1,32}$'),
    kind         text NOT NULL CHECK (kind IN ('camera', 'barrier', 'loop', 'scale')),
    key_id       text NOT NULL,
    secret       bytea NOT NULL CHECK (length(secret) >= 16),
    online       boolean NOT NULL DEFAULT false,
    boot         uuid,
    last_seen    timestamptz,
    offset_ms    bigint,
    clock_trust  text NOT NULL DEFAULT 'unset',
    PRIMARY KEY (lane_id, id)
);

CREATE TABLE captures (
    id           uuid PRIMARY KEY,
    lane_id      text NOT NULL REFERENCES lanes,
    device       text NOT NULL,
    role         text NOT NULL,
    sha256       text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media        text NOT NULL,
    bytes        integer NOT NULL,
    width        integer NOT NULL,
    height       integer NOT NULL,
    device_at    timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    boot         uuid NOT NULL,
    seq          bigint NOT NULL,
    burst        uuid NOT NULL,
    shot         smallint NOT NULL,
    trigger      text NOT NULL,
    clock_doubt  text NOT NULL DEFAULT '',
    transit_id   uuid,
    status       text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'read', 'failed')),
    failure      text NOT NULL DEFAULT '',
    failure_text text NOT NULL DEFAULT '',
    quality      jsonb,
    read_at      timestamptz
);
CREATE INDEX captures_transit ON captures (transit_id);
CREATE INDEX captures_pending ON captures (received_at) WHERE status = 'pending';
CREATE INDEX captures_sha ON captures (sha256);

CREATE TABLE refusals (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    topic       text NOT NULL,
    code        text NOT NULL,
    text        text NOT NULL,
    claimed_id  uuid,
    bytes       integer NOT NULL,
    sha256      text,
    UNIQUE (sha256, topic)
);
COMMENT ON TABLE refusals IS 'payloads that were refused; sha256 names the kept bytes, NULL if not kept';

CREATE TABLE readings (
    id           uuid PRIMARY KEY,
    capture_id   uuid NOT NULL REFERENCES captures,
    rank         smallint NOT NULL,
    kind         text NOT NULL,
    text         text NOT NULL,
    raw          text NOT NULL,
    confidence   real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    engine       text NOT NULL,
    model        text NOT NULL,
    ms           integer NOT NULL,
    reading      jsonb NOT NULL,
    UNIQUE (capture_id, rank)
);

CREATE TABLE transits (
    id              uuid PRIMARY KEY,
    lane_id         text NOT NULL REFERENCES lanes,
    direction       text NOT NULL,
    began_at        timestamptz NOT NULL,
    ended_at        timestamptz,
    ended           text CHECK (ended IN ('departed', 'turned_back', 'referred_out', 'aborted')),
    outcome         text,
    plate           text NOT NULL DEFAULT '',
    declaration_id  uuid REFERENCES declarations,
    decision_id     uuid,
    by_officer      boolean NOT NULL DEFAULT false,
    called_at       timestamptz,
    called_why      text NOT NULL DEFAULT '',
    CHECK ((ended_at IS NULL) = (ended IS NULL))
);
CREATE UNIQUE INDEX transits_one_open_per_lane ON transits (lane_id) WHERE ended_at IS NULL;
CREATE INDEX transits_recent ON transits (lane_id, began_at DESC);
CREATE INDEX transits_plate ON transits (plate) WHERE ended_at IS NULL;
ALTER TABLE captures ADD FOREIGN KEY (transit_id) REFERENCES transits;

CREATE TABLE transit_events (
    lane_id     text NOT NULL REFERENCES lanes,
    number      bigint NOT NULL,
    transit_id  uuid REFERENCES transits,
    at          timestamptz NOT NULL,
    kind        text NOT NULL,
    data        jsonb NOT NULL,
    effects     jsonb NOT NULL,
    token       bigint NOT NULL,
    PRIMARY KEY (lane_id, number)
);
CREATE INDEX transit_events_transit ON transit_events (transit_id, number);

CREATE TABLE policies (
    hash       text PRIMARY KEY,
    name       text NOT NULL,
    version    integer NOT NULL,
    canonical  jsonb NOT NULL,
    first_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE decisions (
    id              uuid PRIMARY KEY,
    transit_id      uuid NOT NULL REFERENCES transits,
    at              timestamptz NOT NULL,
    actor           text NOT NULL,
    outcome         text NOT NULL CHECK (outcome IN ('release', 'hold', 'refer', 'deny')),
    codes           text[] NOT NULL,
    declaration_id  uuid REFERENCES declarations,
    policy_hash     text NOT NULL REFERENCES policies,
    inputs          jsonb NOT NULL,
    decision        jsonb NOT NULL,
    ms              integer NOT NULL,
    note            text NOT NULL DEFAULT ''
);
CREATE INDEX decisions_transit ON decisions (transit_id, at);
CREATE INDEX decisions_at ON decisions (at);

CREATE TABLE barrier_commands (
    id           uuid PRIMARY KEY,
    decision_id  uuid NOT NULL UNIQUE REFERENCES decisions,
    transit_id   uuid NOT NULL REFERENCES transits,
    lane_id      text NOT NULL,
    device       text NOT NULL,
    action       text NOT NULL CHECK (action IN ('open', 'close', 'hold_open')),
    token        bigint NOT NULL,
    ttl_ms       integer NOT NULL,
    created_at   timestamptz NOT NULL,
    sent_at      timestamptz,
    tries        smallint NOT NULL DEFAULT 0,
    answered_at  timestamptz,
    result       text NOT NULL DEFAULT 'pending'
                 CHECK (result IN ('pending', 'accepted', 'done', 'refused', 'lost', 'expired')),
    reason       text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN barrier_commands.decision_id IS 'unique: a decision opens at most once';
CREATE INDEX barrier_commands_transit ON barrier_commands (transit_id);

CREATE TABLE alarms (
    id          uuid PRIMARY KEY,
    lane_id     text NOT NULL REFERENCES lanes,
    kind        text NOT NULL,
    text        text NOT NULL,
    transit_id  uuid REFERENCES transits,
    raised_at   timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    count       integer NOT NULL DEFAULT 1,
    cleared_at  timestamptz,
    acked_at    timestamptz,
    acked_by    text
);
CREATE UNIQUE INDEX alarms_standing ON alarms (lane_id, kind) WHERE cleared_at IS NULL;

CREATE TABLE users (
    id             uuid PRIMARY KEY,
    name           text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9.-]{2,40}$'),
    full_name      text NOT NULL,
    role           text NOT NULL CHECK (role IN ('officer', 'shift_lead', 'supervisor', 'operations', 'administrator')),
    lanes          text[] NOT NULL DEFAULT '{}',
    password_hash  text NOT NULL,
    failed         smallint NOT NULL DEFAULT 0,
    locked_until   timestamptz,
    demo           boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN users.lanes IS 'lanes the user may see and act on; empty means all lanes of the gate';

CREATE TABLE sessions (
    token_hash  bytea PRIMARY KEY,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    csrf        text NOT NULL,
    created_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);

-- What is proof may be added to but never changed, not even by the service's own role.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON readings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
