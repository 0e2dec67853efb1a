-- What the rules ask for beyond plates and clearances, and the watchlists.
ALTER TABLE declarations ADD COLUMN lane text NOT NULL DEFAULT '';
COMMENT ON COLUMN declarations.lane IS 'the lane that was booked, or empty';
ALTER TABLE vehicles ADD COLUMN insurance_until timestamptz;

CREATE TABLE watchlist (
    id        uuid PRIMARY KEY,
    kind      text NOT NULL CHECK (kind IN ('plate', 'person', 'firm', 'container')),
    value     text NOT NULL CHECK (value <> ''),
    key       text NOT NULL,
    reason    text NOT NULL CHECK (reason <> ''),
    since     timestamptz NOT NULL,
    until     timestamptz NOT NULL CHECK (until > since AND until <= since + interval '12 months'),
    by        text NOT NULL,
    second    text NOT NULL CHECK (second <> by),
    ended_at  timestamptz,
    ended_by  text NOT NULL DEFAULT ''
);
COMMENT ON TABLE watchlist IS 'an entry is ended, never deleted before its retention; changes need two persons';
COMMENT ON COLUMN watchlist.key IS 'look-alike key for plates, else the value';
CREATE INDEX watchlist_in_force ON watchlist (kind, key) WHERE ended_at IS NULL;
