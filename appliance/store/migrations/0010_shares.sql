-- Shares and folders from which photos are taken by themselves. The password is as closed as the database.

CREATE TABLE shares (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE CHECK (name <> ''),
    place     TEXT NOT NULL,  -- a path, or smb://host/share/folder
    user      TEXT NOT NULL,
    password  TEXT NOT NULL,
    shoot_id  TEXT REFERENCES shoots (id),
    after     TEXT NOT NULL CHECK (after IN ('keep', 'move')),
    active    INTEGER NOT NULL CHECK (active IN (0, 1)),
    looked_at TEXT,                        -- when it was looked at last
    problem   TEXT NOT NULL DEFAULT '',    -- key of the error at that look; '' when there was none
    waiting   INTEGER NOT NULL DEFAULT 0,  -- files that are not whole yet
    refused   INTEGER NOT NULL DEFAULT 0   -- files that are still, and no photo
) STRICT, WITHOUT ROWID;

ALTER TABLE imports ADD COLUMN share_id TEXT REFERENCES shares (id) ON DELETE SET NULL;
