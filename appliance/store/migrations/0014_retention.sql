-- How long photos are kept, what was announced, and what subjects asked.

CREATE TABLE retention_rules (
    id       TEXT PRIMARY KEY,
    shoot_id TEXT REFERENCES shoots (id) ON DELETE CASCADE,  -- NULL: all that have no rule of their own
    purpose  TEXT,                                           -- NULL: whatever they are for
    months   INTEGER NOT NULL CHECK (months > 0),
    then_do  TEXT NOT NULL CHECK (then_do IN ('purge', 'archive'))
) STRICT, WITHOUT ROWID;

CREATE TABLE retention_warnings (
    photo_id  TEXT PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
    purge_on  TEXT NOT NULL,
    warned_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rights_requests (
    id          TEXT PRIMARY KEY,
    person_id   TEXT NOT NULL REFERENCES people (id),
    "right"     TEXT NOT NULL,
    received_on TEXT NOT NULL,
    due_on      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'extended', 'done', 'refused')),
    note        TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    closed_at   TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX rights_requests_by_person ON rights_requests (person_id);
