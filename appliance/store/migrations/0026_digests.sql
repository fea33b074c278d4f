-- Who wants to hear by e-mail, now and then, what happened in the safe.
CREATE TABLE digests (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    address TEXT NOT NULL CHECK (address <> ''),
    every   TEXT NOT NULL CHECK (every IN ('daily', 'weekly')),
    sent_at TEXT NOT NULL -- until when it was told
) STRICT, WITHOUT ROWID;
