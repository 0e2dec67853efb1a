-- Statistics: the facts of each finished transit, written once, and exact roll-ups of
-- them by the hour and the day. Everything is computed from what is kept as proof; nothing here is proof itself.

-- Transits that ended and are not counted yet; a row comes with the very step that ends one.
CREATE TABLE statistics_due (
    transit_id  uuid PRIMARY KEY,
    ended_at    timestamptz NOT NULL,
    failed      text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN statistics_due.failed IS 'why it could not be counted; empty while it waits. Empty it to try again';
CREATE INDEX statistics_due_ended ON statistics_due (ended_at);

CREATE FUNCTION note_transit_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO statistics_due (transit_id, ended_at) VALUES (NEW.id, NEW.ended_at)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER statistics_due AFTER UPDATE OF ended_at ON transits FOR EACH ROW
    WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION note_transit_ended();
INSERT INTO statistics_due (transit_id, ended_at)
    SELECT id, ended_at FROM transits WHERE ended_at IS NOT NULL;

-- No foreign key to transits: the figures of a day stay when its transits reach their retention.
CREATE TABLE transit_facts (
    transit_id       uuid PRIMARY KEY,
    ended_at         timestamptz NOT NULL,
    hour             timestamptz NOT NULL,
    day              date NOT NULL,
    began_at         timestamptz NOT NULL,
    lane_id          text NOT NULL,
    direction        text NOT NULL,
    ended            text NOT NULL,
    outcome          text NOT NULL,
    codes            text[] NOT NULL,
    officers         text[] NOT NULL,
    decided_by       text NOT NULL,
    overridden       boolean NOT NULL,
    dwell_ms         bigint NOT NULL,
    arriving_ms      bigint NOT NULL,
    reading_ms       bigint NOT NULL,
    deciding_ms      bigint NOT NULL,
    with_officer_ms  bigint NOT NULL,
    releasing_ms     bigint NOT NULL,
    passing_ms       bigint NOT NULL,
    clearing_ms      bigint NOT NULL,
    fault_ms         bigint NOT NULL,
    barrier_ms       bigint,
    lead_s           integer,
    read_exact       text[] NOT NULL,
    read_wrong       text[] NOT NULL,
    read_unread      text[] NOT NULL,
    demo             boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE transit_facts IS 'gate.core.operations.facts, one row a finished transit';
COMMENT ON COLUMN transit_facts.hour IS 'the hour of ended_at in the gate''s time zone';
COMMENT ON COLUMN transit_facts.day IS 'the day of ended_at in the gate''s time zone';
COMMENT ON COLUMN transit_facts.demo IS 'made up for the demonstration: no transit is kept behind it';
CREATE INDEX transit_facts_ended ON transit_facts (ended_at, transit_id);
CREATE INDEX transit_facts_lane ON transit_facts (lane_id, ended_at, transit_id);
CREATE INDEX transit_facts_reasons ON transit_facts (ended_at, transit_id) WHERE codes <> '{}';
CREATE TRIGGER never_changed BEFORE UPDATE ON transit_facts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE hourly_transits (
    hour             timestamptz NOT NULL,
    lane_id          text NOT NULL,
    direction        text NOT NULL,
    departed         integer NOT NULL,
    turned_back      integer NOT NULL,
    referred_out     integer NOT NULL,
    aborted          integer NOT NULL,
    unaided          integer NOT NULL,
    held             integer NOT NULL,
    overridden       integer NOT NULL,
    declared         integer NOT NULL,
    lead_s           bigint NOT NULL,
    dwell_ms         bigint NOT NULL,
    arriving_ms      bigint NOT NULL,
    reading_ms       bigint NOT NULL,
    deciding_ms      bigint NOT NULL,
    with_officer_ms  bigint NOT NULL,
    releasing_ms     bigint NOT NULL,
    passing_ms       bigint NOT NULL,
    clearing_ms      bigint NOT NULL,
    fault_ms         bigint NOT NULL,
    cycles           integer NOT NULL,
    cycle_ms         bigint NOT NULL,
    answers          integer NOT NULL,
    barrier_ms       bigint NOT NULL,
    demo             integer NOT NULL,
    PRIMARY KEY (hour, lane_id, direction)
);
COMMENT ON COLUMN hourly_transits.unaided IS 'departed without any act of an officer';
COMMENT ON COLUMN hourly_transits.held IS 'the machine did not release at first, or an officer had the truck';

CREATE TABLE daily_transits (
    day              date NOT NULL,
    direction        text NOT NULL,
    departed         integer NOT NULL,
    turned_back      integer NOT NULL,
    referred_out     integer NOT NULL,
    aborted          integer NOT NULL,
    unaided          integer NOT NULL,
    held             integer NOT NULL,
    overridden       integer NOT NULL,
    declared         integer NOT NULL,
    lead_s           bigint NOT NULL,
    dwell_ms         bigint NOT NULL,
    arriving_ms      bigint NOT NULL,
    reading_ms       bigint NOT NULL,
    deciding_ms      bigint NOT NULL,
    with_officer_ms  bigint NOT NULL,
    releasing_ms     bigint NOT NULL,
    passing_ms       bigint NOT NULL,
    clearing_ms      bigint NOT NULL,
    fault_ms         bigint NOT NULL,
    cycles           integer NOT NULL,
    cycle_ms         bigint NOT NULL,
    answers          integer NOT NULL,
    barrier_ms       bigint NOT NULL,
    demo             integer NOT NULL,
    PRIMARY KEY (day, direction)
);

CREATE TABLE hourly_reasons (
    hour       timestamptz NOT NULL,
    lane_id    text NOT NULL,
    direction  text NOT NULL,
    code       text NOT NULL,
    transits   integer NOT NULL,
    PRIMARY KEY (hour, lane_id, direction, code)
);

CREATE TABLE hourly_reads (
    hour     timestamptz NOT NULL,
    lane_id  text NOT NULL,
    device   text NOT NULL,
    exact    integer NOT NULL,
    wrong    integer NOT NULL,
    unread   integer NOT NULL,
    PRIMARY KEY (hour, lane_id, device)
);
CREATE INDEX hourly_reads_camera ON hourly_reads (lane_id, device, hour);

CREATE TABLE hourly_officers (
    hour        timestamptz NOT NULL,
    officer     text NOT NULL,
    acted       integer NOT NULL,
    decided     integer NOT NULL,
    overridden  integer NOT NULL,
    PRIMARY KEY (hour, officer)
);

-- Up-time of devices: spans in which heartbeats came without a gap. Kept from here on.
CREATE TABLE device_uptime (
    lane_id  text NOT NULL,
    device   text NOT NULL,
    since    timestamptz NOT NULL,
    until    timestamptz NOT NULL,
    over     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (lane_id, device, since)
);
COMMENT ON COLUMN device_uptime.over IS 'the device said goodbye, or its last will came';

CREATE FUNCTION note_device_heard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    span timestamptz;
BEGIN
    -- 100 s: three heartbeats and a little, as gate.app.sensors counts silence.
    SELECT since INTO span FROM device_uptime
        WHERE lane_id = NEW.lane_id AND device = NEW.id AND NOT over
          AND until >= NEW.last_seen - interval '100 seconds'
        ORDER BY since DESC LIMIT 1;
    IF span IS NOT NULL THEN
        UPDATE device_uptime SET until = greatest(until, NEW.last_seen), over = NOT NEW.online
            WHERE lane_id = NEW.lane_id AND device = NEW.id AND since = span;
    ELSIF NEW.online THEN
        INSERT INTO device_uptime (lane_id, device, since, until)
            VALUES (NEW.lane_id, NEW.id, NEW.last_seen, NEW.last_seen)
            ON CONFLICT (lane_id, device, since) DO UPDATE SET over = false;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER device_heard AFTER UPDATE OF last_seen ON devices FOR EACH ROW
    WHEN (NEW.last_seen IS NOT NULL) EXECUTE FUNCTION note_device_heard();

CREATE INDEX alarms_raised ON alarms (raised_at);
CREATE INDEX declarations_due ON declarations (window_to)
    WHERE status IN ('accepted', 'clearing', 'cleared');
