-- Who is on which lane, with what was handed over, and what a referred truck is inspected for.
CREATE TABLE lane_watch (
    number   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane_id  text NOT NULL REFERENCES lanes,
    at       timestamptz NOT NULL,
    kind     text NOT NULL CHECK (kind IN ('taken', 'handed_over')),
    officer  text NOT NULL,
    before   text NOT NULL DEFAULT '',
    note     text NOT NULL DEFAULT '',
    matters  jsonb NOT NULL DEFAULT '[]'
);
COMMENT ON TABLE lane_watch IS 'append-only: the newest row of a lane tells who is on it';
COMMENT ON COLUMN lane_watch.before IS 'who was on the lane until then; empty where nobody was';
COMMENT ON COLUMN lane_watch.matters IS 'what was open at that time: held trucks, tasks, alarms, lane mode';
CREATE INDEX lane_watch_newest ON lane_watch (lane_id, number DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lane_watch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE inspection_tasks (
    id          uuid PRIMARY KEY,
    transit_id  uuid NOT NULL REFERENCES transits,
    code        text NOT NULL,
    words       text NOT NULL DEFAULT '',
    asked_at    timestamptz NOT NULL,
    asked_by    text NOT NULL,
    done_at     timestamptz,
    done_by     text NOT NULL DEFAULT '',
    result      text NOT NULL DEFAULT '' CHECK (result IN ('', 'passed', 'failed')),
    note        text NOT NULL DEFAULT '',
    UNIQUE (transit_id, code, words),
    CHECK ((done_at IS NULL) = (result = ''))
);
COMMENT ON COLUMN inspection_tasks.words IS 'the officer''s own words; empty where the code says it all';
CREATE INDEX inspection_tasks_open ON inspection_tasks (asked_at) WHERE done_at IS NULL;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gate_service') THEN
        GRANT SELECT, INSERT ON lane_watch TO gate_service;
        REVOKE UPDATE, DELETE ON lane_watch FROM gate_service;
        GRANT SELECT, INSERT, UPDATE, DELETE ON inspection_tasks TO gate_service;
    END IF;
END $$;
