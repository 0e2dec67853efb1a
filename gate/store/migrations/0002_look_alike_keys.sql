-- Candidates are found by look-alike keys in two narrow B-tree indexes: the reading's
-- neighbours are made by the asker (gate.core.clues), so that each plate is stored once
-- instead of once for each of its deletions, and a window bounds every scan.
DROP INDEX declarations_keys;
DROP INDEX declarations_tractor;
DROP INDEX declarations_trailer;
ALTER TABLE declarations DROP COLUMN search_keys;

-- The same folding as schemas.plates.plate_key; tests compare the two.
ALTER TABLE declarations
    ADD COLUMN tractor_key text NOT NULL GENERATED ALWAYS AS (translate(tractor_plate,
        'ODQĐILJZASGCTBFMNWXRVY京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新',
        '0000111245667' || '8EHHHKPUU')) STORED,
    ADD COLUMN trailer_key text NOT NULL GENERATED ALWAYS AS (translate(trailer_plate,
        'ODQĐILJZASGCTBFMNWXRVY京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新',
        '0000111245667' || '8EHHHKPUU')) STORED;
COMMENT ON COLUMN declarations.tractor_key IS 'look-alike key of the tractor plate: schemas.plates.plate_key';

CREATE INDEX declarations_tractor_key ON declarations (tractor_key, window_from) INCLUDE (id, gate);
CREATE INDEX declarations_trailer_key ON declarations (trailer_key, window_from) INCLUDE (id, gate)
    WHERE trailer_key <> '';
CREATE INDEX declarations_containers ON declarations USING gin (containers) WITH (fastupdate = off)
    WHERE containers <> '{}';
CREATE INDEX declarations_driver ON declarations (driver_id, window_from) WHERE driver_id IS NOT NULL;
CREATE INDEX drivers_document ON drivers (document_number);
CREATE INDEX transits_sightings ON transits (plate, began_at) WHERE plate <> '';
DROP INDEX transits_plate;
