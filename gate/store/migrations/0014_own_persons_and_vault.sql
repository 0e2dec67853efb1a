-- Accounts count in acts of two persons only when somebody beside their maker confirmed them.
ALTER TABLE users
    ADD COLUMN made_by      text NOT NULL DEFAULT '',
    ADD COLUMN given_by     text[] NOT NULL DEFAULT '{}',
    ADD COLUMN given_at     timestamptz,
    ADD COLUMN confirmed_by text NOT NULL DEFAULT '' CHECK (confirmed_by <> name),
    ADD COLUMN confirmed_at timestamptz,
    ADD CONSTRAINT users_givers CHECK (NOT name = ANY (given_by)),
    ADD CONSTRAINT users_own_givers CHECK (firm_id IS NULL OR given_by = '{}');
COMMENT ON COLUMN users.made_by IS 'who added the account; empty for the demonstration and what firms add';
COMMENT ON COLUMN users.given_by IS 'who made the account, drew its password or reset its second factor since it was last confirmed; empty: a person of its own (gate.core.own_person)';
COMMENT ON COLUMN users.confirmed_by IS 'who last confirmed that the account is in its holder''s hands';

-- Accounts of before keep counting, so that a gate at work goes on; who made them is in the audit.
UPDATE users u SET made_by = e.actor
FROM audit_events e
WHERE e.chain = 'administration' AND e.action = 'user_add' AND e.subject = u.id::text;

-- Secrets lie locked under a key that no database holds (gate.app.vault).
CREATE TABLE vault_key (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    key_id  text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
    since   timestamptz NOT NULL
);
COMMENT ON TABLE vault_key IS 'which key locks secrets now: a service without it does not start';
COMMENT ON COLUMN devices.secret IS 'HMAC key of its messages, locked; of a retired device a hash of that';
COMMENT ON COLUMN devices.next_secret IS 'a new key, locked';
COMMENT ON COLUMN users.totp_secret IS 'base32 secret of the second factor (RFC 6238), locked; empty where none is set up';
COMMENT ON COLUMN users.totp_pending IS 'locked secret shown on the set-up page, not confirmed by a code yet';
COMMENT ON COLUMN webhooks.secret IS 'signs what is sent there, locked';
COMMENT ON TABLE recovery_codes IS 'locked SHA-256 of random codes of 49 bits that stand in for the second factor, once each';
