-- Which events a firm does not want as e-mail; what is new later is sent until it says no.
ALTER TABLE firms ADD COLUMN letters_unwanted text[] NOT NULL DEFAULT '{}';
