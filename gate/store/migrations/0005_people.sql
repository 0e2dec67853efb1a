-- People of firms beside staff, their language, a second factor, and sessions one can list and end.
ALTER TABLE users DROP CONSTRAINT users_role_check;
ALTER TABLE users ADD CONSTRAINT users_role_check CHECK (role IN ('officer', 'shift_lead',
    'supervisor', 'operations', 'administrator', 'firm_administrator', 'firm_user'));
ALTER TABLE users DROP CONSTRAINT users_name_check;
ALTER TABLE users ADD CONSTRAINT users_name_check CHECK (name ~ '^[a-z0-9][a-z0-9.@_+-]{1,79}$');
ALTER TABLE users
    ADD COLUMN firm_id     uuid REFERENCES firms,
    ADD COLUMN language    text NOT NULL DEFAULT '' CHECK (language IN ('', 'vi', 'zh', 'en')),
    ADD COLUMN email       text NOT NULL DEFAULT '',
    ADD COLUMN active      boolean NOT NULL DEFAULT true,
    ADD COLUMN totp_secret text NOT NULL DEFAULT '',
    ADD COLUMN totp_step   bigint NOT NULL DEFAULT 0,
    ADD COLUMN created_at  timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT users_firm CHECK ((role IN ('firm_administrator', 'firm_user')) = (firm_id IS NOT NULL));
COMMENT ON COLUMN users.totp_secret IS 'base32 secret of the second factor (RFC 6238); empty where none is set up';
COMMENT ON COLUMN users.totp_step IS 'the last time step that was used: a code works once';
CREATE INDEX users_of_firm ON users (firm_id) WHERE firm_id IS NOT NULL;

ALTER TABLE sessions
    ADD COLUMN id       uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN address  text NOT NULL DEFAULT '',
    ADD COLUMN agent    text NOT NULL DEFAULT '',
    ADD COLUMN strong   boolean NOT NULL DEFAULT false,
    ADD COLUMN locked   boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sessions.strong IS 'a second factor was given in this session';
COMMENT ON COLUMN sessions.locked IS 'the lock screen is up: nothing but unlocking answers';
CREATE UNIQUE INDEX sessions_id ON sessions (id);
