-- Lists of staff and counts: what is under way is a small part of all declarations.
CREATE INDEX declarations_under_way ON declarations (created_at DESC, id DESC)
    WHERE status IN ('submitted', 'rejected', 'accepted', 'arrived', 'clearing', 'cleared', 'released');
CREATE INDEX declarations_submitted ON declarations (submitted_at) WHERE submitted_at IS NOT NULL;
CREATE INDEX declarations_created ON declarations (created_at DESC, id DESC);

-- The worker looks by itself: a notification would cost each lane's step a lock that all share.
CREATE OR REPLACE FUNCTION note_declaration_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notices (declaration_id, number) VALUES (NEW.declaration_id, NEW.number);
    RETURN NULL;
END $$;
