-- By which another program acts for a user.
CREATE TABLE tokens (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash TEXT NOT NULL,
    label       TEXT NOT NULL CHECK (label <> ''),
    scopes      TEXT NOT NULL CHECK (scopes <> ''),  -- permissions, with spaces between them
    made_at     TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    used_at     TEXT,
    revoked_at  TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_user ON tokens (user_id, made_at);
