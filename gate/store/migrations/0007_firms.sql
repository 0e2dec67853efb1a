-- What trucking firms do: registration, fleet, drafts, filing, slots, fees, passes, keys, notices.

-- Firms that were there before are taken as approved; new ones apply.
ALTER TABLE firms
    ADD COLUMN status        text NOT NULL DEFAULT 'approved'
               CHECK (status IN ('registered', 'approved', 'refused', 'suspended')),
    ADD COLUMN contact_name  text NOT NULL DEFAULT '',
    ADD COLUMN contact_phone text NOT NULL DEFAULT '',
    ADD COLUMN email         text NOT NULL DEFAULT '',
    ADD COLUMN language      text NOT NULL DEFAULT 'en' CHECK (language IN ('vi', 'zh', 'en')),
    ADD COLUMN decided_at    timestamptz,
    ADD COLUMN decided_by    text NOT NULL DEFAULT '',
    ADD COLUMN reason        text NOT NULL DEFAULT '';
ALTER TABLE firms ALTER COLUMN status SET DEFAULT 'registered';
CREATE INDEX firms_waiting ON firms (created_at) WHERE status = 'registered';

-- A vehicle or driver belongs to each firm that registered it: two firms may hire the same one
-- without learning of each other. It is retired, never deleted: declarations point to it.
ALTER TABLE vehicles DROP CONSTRAINT vehicles_plate_country_key;
ALTER TABLE vehicles
    ADD COLUMN axles         smallint CHECK (axles BETWEEN 1 AND 12),
    ADD COLUMN permit_number text NOT NULL DEFAULT '',
    ADD COLUMN retired_at    timestamptz,
    ADD COLUMN version       integer NOT NULL DEFAULT 1,
    ADD COLUMN created_at    timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_at    timestamptz NOT NULL DEFAULT now();
CREATE UNIQUE INDEX vehicles_of_firm ON vehicles (firm_id, plate, country) WHERE retired_at IS NULL;
CREATE INDEX vehicles_plate ON vehicles (plate, country);
ALTER TABLE drivers DROP CONSTRAINT drivers_document_kind_document_number_nationality_key;
ALTER TABLE drivers
    ADD COLUMN phone      text NOT NULL DEFAULT '',
    ADD COLUMN retired_at timestamptz,
    ADD COLUMN version    integer NOT NULL DEFAULT 1,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
CREATE UNIQUE INDEX drivers_of_firm ON drivers (firm_id, document_kind, document_number, nationality)
    WHERE retired_at IS NULL;

-- A draft becomes the declaration of the same id; until then nobody but its firm sees it.
CREATE TABLE declaration_drafts (
    id          uuid PRIMARY KEY,
    firm_id     uuid NOT NULL REFERENCES firms,
    content     jsonb NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    created_by  text NOT NULL,
    updated_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);
CREATE INDEX declaration_drafts_firm ON declaration_drafts (firm_id, updated_at DESC, id DESC);

CREATE SEQUENCE declaration_numbers;
ALTER TABLE declarations
    ADD COLUMN version      integer NOT NULL DEFAULT 1,
    ADD COLUMN reason       text NOT NULL DEFAULT '',
    ADD COLUMN slot_at      timestamptz,
    ADD COLUMN submitted_at timestamptz,
    ADD COLUMN updated_at   timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN declarations.version IS 'counts what was filed: 1, and one more for each amendment';
COMMENT ON COLUMN declarations.reason IS 'why it was rejected or cancelled, in the words of who did';
CREATE INDEX declarations_of_firm ON declarations (firm_id, created_at DESC, id DESC);
CREATE INDEX declarations_waiting ON declarations (created_at) WHERE status = 'submitted';

-- What was filed, word for word, and each amendment of it.
CREATE TABLE filings (
    declaration_id  uuid NOT NULL REFERENCES declarations,
    version         integer NOT NULL CHECK (version > 0),
    content         jsonb NOT NULL,
    filed_at        timestamptz NOT NULL,
    filed_by        text NOT NULL,
    PRIMARY KEY (declaration_id, version)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON filings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE declaration_events
    ADD COLUMN kind text NOT NULL DEFAULT 'status',
    ADD COLUMN data jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN declaration_events.kind IS
    'status, or what happened without a step: amended, clearance, slot, fee, pass';

-- Each event waits here until it was turned into letters and web calls. A trigger fills it, so
-- that the lane, which knows nothing of firms, can't forget it.
CREATE TABLE notices (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    declaration_id  uuid NOT NULL,
    number          integer NOT NULL,
    tries           smallint NOT NULL DEFAULT 0,
    next_at         timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION note_declaration_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notices (declaration_id, number) VALUES (NEW.declaration_id, NEW.number);
    PERFORM pg_notify('notices', '');
    RETURN NULL;
END $$;
CREATE TRIGGER noted AFTER INSERT ON declaration_events
    FOR EACH ROW EXECUTE FUNCTION note_declaration_event();

-- Appointments. One conditional UPDATE counts a booking in: no hour is ever overbooked.
CREATE TABLE slot_capacity (
    gate       text NOT NULL,
    direction  text NOT NULL CHECK (direction IN ('export', 'import')),
    hour       smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    capacity   integer NOT NULL CHECK (capacity >= 0),
    PRIMARY KEY (gate, direction, hour)
);
COMMENT ON COLUMN slot_capacity.hour IS 'hour of the day, UTC';
CREATE TABLE slots (
    gate       text NOT NULL,
    direction  text NOT NULL CHECK (direction IN ('export', 'import')),
    starts_at  timestamptz NOT NULL,
    capacity   integer NOT NULL CHECK (capacity >= 0),
    booked     integer NOT NULL DEFAULT 0 CHECK (booked >= 0),
    closed     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (gate, direction, starts_at)
);
CREATE TABLE slot_bookings (
    id              uuid PRIMARY KEY,
    declaration_id  uuid NOT NULL REFERENCES declarations,
    gate            text NOT NULL,
    direction       text NOT NULL,
    starts_at       timestamptz NOT NULL,
    booked_at       timestamptz NOT NULL,
    booked_by       text NOT NULL,
    ended_at        timestamptz,
    ended_by        text NOT NULL DEFAULT '',
    FOREIGN KEY (gate, direction, starts_at) REFERENCES slots
);
CREATE UNIQUE INDEX slot_bookings_one ON slot_bookings (declaration_id) WHERE ended_at IS NULL;

CREATE TABLE fees (
    id              uuid PRIMARY KEY,
    declaration_id  uuid NOT NULL REFERENCES declarations,
    firm_id         uuid NOT NULL REFERENCES firms,
    code            text NOT NULL,
    amount          bigint NOT NULL CHECK (amount >= 0),
    currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    status          text NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'paid', 'waived', 'void')),
    due_at          timestamptz NOT NULL,
    settled_at      timestamptz,
    settled_by      text NOT NULL DEFAULT '',
    reference       text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN fees.amount IS 'whole units of the currency (dong has no smaller one)';
CREATE INDEX fees_declaration ON fees (declaration_id);
CREATE INDEX fees_due ON fees (firm_id, due_at DESC, id DESC) WHERE status = 'due';
CREATE UNIQUE INDEX fees_once ON fees (declaration_id, code) WHERE status <> 'void';

CREATE TABLE gate_passes (
    id              uuid PRIMARY KEY,
    pass_id         text NOT NULL UNIQUE,
    declaration_id  uuid NOT NULL REFERENCES declarations,
    firm_id         uuid NOT NULL REFERENCES firms,
    plate           text NOT NULL,
    text            text NOT NULL,
    valid_from      timestamptz NOT NULL,
    valid_until     timestamptz NOT NULL,
    issued_at       timestamptz NOT NULL,
    issued_by       text NOT NULL,
    revoked_at      timestamptz,
    revoked_by      text NOT NULL DEFAULT '',
    reason          text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX gate_passes_one ON gate_passes (declaration_id) WHERE revoked_at IS NULL;
CREATE INDEX gate_passes_firm ON gate_passes (firm_id, issued_at DESC, id DESC);

-- Keys of programs. The secret itself is nowhere: only its SHA-256 (it is random, 256 bits).
CREATE TABLE api_keys (
    id            uuid PRIMARY KEY,
    firm_id       uuid REFERENCES firms,
    name          text NOT NULL,
    prefix        text NOT NULL UNIQUE CHECK (prefix ~ '^[a-z0-9]{8}$'),
    secret_hash   bytea NOT NULL CHECK (length(secret_hash) = 32),
    scopes        text[] NOT NULL,
    created_at    timestamptz NOT NULL,
    created_by    text NOT NULL,
    expires_at    timestamptz,
    last_used_at  timestamptz,
    ended_at      timestamptz,
    ended_by      text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN api_keys.firm_id IS 'NULL: a key of another system of the gate, given by an administrator';
CREATE INDEX api_keys_firm ON api_keys (firm_id, created_at DESC);
CREATE TABLE api_usage (
    key_id  uuid NOT NULL REFERENCES api_keys,
    day     date NOT NULL,
    calls   bigint NOT NULL DEFAULT 0,
    errors  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (key_id, day)
);
CREATE TABLE idempotency_keys (
    key_id        uuid NOT NULL REFERENCES api_keys,
    key           text NOT NULL,
    request_hash  bytea NOT NULL,
    at            timestamptz NOT NULL,
    status        smallint,
    headers       jsonb,
    body          bytea,
    PRIMARY KEY (key_id, key)
);
COMMENT ON COLUMN idempotency_keys.status IS 'NULL while the first request is still being answered';
CREATE INDEX idempotency_keys_at ON idempotency_keys (at);

CREATE TABLE webhooks (
    id          uuid PRIMARY KEY,
    firm_id     uuid NOT NULL REFERENCES firms,
    url         text NOT NULL,
    secret      text NOT NULL,
    events      text[] NOT NULL,
    active      boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL,
    created_by  text NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX webhooks_firm ON webhooks (firm_id) WHERE ended_at IS NULL;
CREATE TABLE webhook_deliveries (
    id            uuid PRIMARY KEY,
    webhook_id    uuid NOT NULL REFERENCES webhooks,
    firm_id       uuid NOT NULL REFERENCES firms,
    event         text NOT NULL,
    body          text NOT NULL,
    status        text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'dead')),
    tries         smallint NOT NULL DEFAULT 0,
    next_at       timestamptz NOT NULL,
    created_at    timestamptz NOT NULL,
    delivered_at  timestamptz
);
CREATE INDEX webhook_deliveries_next ON webhook_deliveries (next_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_list ON webhook_deliveries (webhook_id, created_at DESC, id DESC);
CREATE TABLE webhook_attempts (
    delivery_id  uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    number       smallint NOT NULL,
    at           timestamptz NOT NULL,
    status_code  smallint,
    error        text NOT NULL DEFAULT '',
    ms           integer NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
CREATE TABLE letters (
    id          uuid PRIMARY KEY,
    firm_id     uuid NOT NULL REFERENCES firms,
    recipient   text NOT NULL,
    language    text NOT NULL,
    subject     text NOT NULL,
    body        text NOT NULL,
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'dead')),
    tries       smallint NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    sent_at     timestamptz,
    last_error  text NOT NULL DEFAULT ''
);
CREATE INDEX letters_next ON letters (next_at) WHERE status = 'pending';
CREATE INDEX letters_firm ON letters (firm_id, created_at DESC, id DESC);

CREATE TABLE bulk_previews (
    id          uuid PRIMARY KEY,
    firm_id     uuid NOT NULL REFERENCES firms,
    name        text NOT NULL,
    preview     jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    committed_at timestamptz
);
COMMENT ON TABLE bulk_previews IS 'uploads that were read and shown, for an hour, until they are committed';

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gate_service') THEN
        REVOKE UPDATE, DELETE ON filings FROM gate_service;
    END IF;
END $$;

CREATE INDEX transits_declaration ON transits (declaration_id, began_at DESC)
    WHERE declaration_id IS NOT NULL;
