-- Signing in with second steps, sessions that say where they are, the source of audit entries, and signed
-- heads of the audit log.

ALTER TABLE users ADD COLUMN emergency INTEGER NOT NULL DEFAULT 0 CHECK (emergency IN (0, 1));
ALTER TABLE users ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1));
ALTER TABLE users ADD COLUMN openid TEXT;  -- issuer and subject
ALTER TABLE users ADD COLUMN seen_at TEXT;
CREATE UNIQUE INDEX users_by_openid ON users (openid) WHERE openid IS NOT NULL;

-- Administrators and privacy officers need a second step from now on, so everybody signs in once more.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN step TEXT NOT NULL DEFAULT 'second'
    CHECK (step IN ('second', 'renew', 'enrol', 'open'));
ALTER TABLE sessions ADD COLUMN confirmed_at TEXT;
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';

CREATE TABLE authenticators (  -- apps that make codes (RFC 6238)
    user_id   TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret    TEXT NOT NULL,
    added_at  TEXT NOT NULL,
    last_step INTEGER NOT NULL  -- a code is good once
) STRICT, WITHOUT ROWID;

CREATE TABLE passkeys (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL,
    added_at   TEXT NOT NULL,
    used_at    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_by_user ON passkeys (user_id);

CREATE TABLE recovery_codes (
    code_key TEXT PRIMARY KEY,
    user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    made_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

CREATE TABLE challenges (  -- what a browser has to answer, once
    token_hash TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    value      TEXT NOT NULL CHECK (json_valid(value)),
    made_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE audit ADD COLUMN source TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_by_look ON audit (thing, action, actor, number);

CREATE TABLE audit_heads (
    number     INTEGER PRIMARY KEY,
    seal       TEXT NOT NULL,
    at         TEXT NOT NULL,
    algorithm  TEXT NOT NULL,
    public_key TEXT NOT NULL,
    signature  TEXT NOT NULL
) STRICT;
