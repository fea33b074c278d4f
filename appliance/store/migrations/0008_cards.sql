-- Cards that were in the box, what broke an import off, and which files of a card or share were taken in.

CREATE TABLE cards (
    id            TEXT PRIMARY KEY,  -- of the volume
    label         TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    shoot_id      TEXT REFERENCES shoots (id),  -- its photos belong to it, until somebody says otherwise
    insertion     TEXT NOT NULL DEFAULT '',     -- the one in which it was looked through last
    files         INTEGER NOT NULL DEFAULT 0,   -- photos that were on it then
    fresh         INTEGER NOT NULL DEFAULT 0    -- of which the box had not taken in
) STRICT;

-- A mark is a hash of a file's path, size and time: enough to tell what is new, no proof that it is the same.
CREATE TABLE taken_files (
    place TEXT NOT NULL,  -- id of the card or share
    mark  TEXT NOT NULL,
    PRIMARY KEY (place, mark)
) STRICT, WITHOUT ROWID;

ALTER TABLE imports ADD COLUMN card_id TEXT REFERENCES cards (id);
ALTER TABLE imports ADD COLUMN problem TEXT NOT NULL DEFAULT '';  -- key of the error that broke it off
CREATE INDEX imports_by_card ON imports (card_id, started_at);
CREATE INDEX imports_open ON imports (started_at) WHERE finished_at IS NULL;
