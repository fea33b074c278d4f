-- Photos put in another shoot are taken back as what is done to faces and keywords.
CREATE TABLE changes_of_today (
    id        TEXT PRIMARY KEY,
    made_at   TEXT NOT NULL,
    made_by   TEXT NOT NULL,
    before    TEXT NOT NULL CHECK (json_valid(before)),
    after     TEXT NOT NULL CHECK (json_valid(after)),
    undone_at TEXT,
    about     TEXT NOT NULL DEFAULT 'faces' CHECK (about IN ('faces', 'tags', 'shoots'))
) STRICT, WITHOUT ROWID;
INSERT INTO changes_of_today SELECT id, made_at, made_by, before, after, undone_at, about FROM changes;
DROP TABLE changes;
ALTER TABLE changes_of_today RENAME TO changes;
CREATE INDEX changes_by_time ON changes (made_at);
