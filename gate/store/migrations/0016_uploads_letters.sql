-- Whether a declaration came with an upload is asked for each of its first events: those of an
-- upload are told in one letter at its end.
CREATE INDEX bulk_results_declaration ON bulk_results (declaration_id)
    WHERE declaration_id IS NOT NULL;
