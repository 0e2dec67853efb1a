-- Scales and seal readers as devices, and where other gates saw a vehicle.
ALTER TABLE devices DROP CONSTRAINT devices_kind_check;
ALTER TABLE devices ADD CONSTRAINT devices_kind_check
    CHECK (kind IN ('camera', 'barrier', 'loop', 'scale', 'seal_reader'));

CREATE TABLE foreign_sightings (
    site      text NOT NULL CHECK (site ~ '^[a-z0-9-]{1,32}$'),
    plate     text NOT NULL CHECK (plate <> ''),
    at        timestamptz NOT NULL,
    id        uuid NOT NULL DEFAULT gen_random_uuid(),
    noted_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (plate, site, at)
);
COMMENT ON TABLE foreign_sightings IS 'a vehicle was at another gate at this moment: for the clone rules, kept for days';
CREATE INDEX foreign_sightings_at ON foreign_sightings (at);
