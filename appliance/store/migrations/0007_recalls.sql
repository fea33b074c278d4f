-- What left says to whom and in which shape, so that it is recognised and can be called back.

ALTER TABLE releases ADD COLUMN shape TEXT NOT NULL
    DEFAULT '{"size":"original","crop":"whole","format":"jpeg","colours":"srgb"}' CHECK (json_valid(shape));
ALTER TABLE releases ADD COLUMN recipient TEXT NOT NULL DEFAULT '';
ALTER TABLE releases ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE releases ADD COLUMN medium TEXT NOT NULL DEFAULT '';
ALTER TABLE releases ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';  -- of the copy; '' where none was taken
ALTER TABLE releases ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
ALTER TABLE releases ADD COLUMN share_id TEXT;  -- the link by which it left
CREATE INDEX releases_by_share ON releases (share_id) WHERE share_id IS NOT NULL;

-- A copy that left and may no longer be used. It is open until its recipient, or staff, say what became of it.
CREATE TABLE recalls (
    id          TEXT PRIMARY KEY,
    release_id  TEXT NOT NULL REFERENCES releases (id),
    why         TEXT NOT NULL,
    opened_at   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'removed', 'refused', 'lifted')),
    told_at     TEXT,  -- when the recipient's e-mail was written
    token_hash  TEXT UNIQUE,
    answered_at TEXT,
    answered_by TEXT NOT NULL DEFAULT '',
    note        TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX recalls_by_release ON recalls (release_id);
CREATE INDEX recalls_by_state ON recalls (state, opened_at);
-- One copy is called back once at a time.
CREATE UNIQUE INDEX one_running_recall ON recalls (release_id) WHERE state <> 'lifted';
