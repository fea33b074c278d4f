-- Shoots, recognition per shoot, the privacy officer, doubts, points of a face, people merged, and undo.

CREATE TABLE shoots (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL CHECK (name <> ''),
    day        TEXT NOT NULL,
    scope      TEXT CHECK (scope IN ('invited', 'agreed')),  -- of recognition; NULL: it is off
    enabled_by TEXT,
    enabled_at TEXT,
    CHECK ((scope IS NULL) = (enabled_by IS NULL) AND (scope IS NULL) = (enabled_at IS NULL))
) STRICT;
CREATE INDEX shoots_by_day ON shoots (day);

CREATE TABLE invitations (
    shoot_id  TEXT NOT NULL REFERENCES shoots (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (shoot_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_by_person ON invitations (person_id);

ALTER TABLE imports ADD COLUMN shoot_id TEXT REFERENCES shoots (id);
ALTER TABLE photos ADD COLUMN shoot_id TEXT REFERENCES shoots (id);
CREATE INDEX photos_by_shoot ON photos (shoot_id, number);
ALTER TABLE photos ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0 CHECK (doubts >= 0);
ALTER TABLE faces ADD COLUMN points TEXT CHECK (points IS NULL OR json_valid(points));
ALTER TABLE faces ADD COLUMN lookalike INTEGER;

-- A person merged into another is another name for them; taking that back needs no more than emptying
-- merged_into. identity: who they are in the end, derived from it, to join on.
ALTER TABLE people ADD COLUMN merged_into TEXT REFERENCES people (id);
ALTER TABLE people ADD COLUMN identity TEXT REFERENCES people (id);
UPDATE people SET identity = id;
CREATE INDEX people_by_identity ON people (identity);

-- Links as people are: of somebody merged into another, the other's.
CREATE VIEW named_links AS
    SELECT face_id, people.identity AS person_id, photo_id, state, distance, changed_at
    FROM links JOIN people ON people.id = links.person_id;

-- What was done to faces in one act, as they were before and after, so that it can be taken back.
CREATE TABLE changes (
    id        TEXT PRIMARY KEY,
    made_at   TEXT NOT NULL,
    made_by   TEXT NOT NULL,
    before    TEXT NOT NULL CHECK (json_valid(before)),
    after     TEXT NOT NULL CHECK (json_valid(after)),
    undone_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_by_time ON changes (made_at);

-- The roles are a closed set, so the table is made anew; everybody signs in once more after the upgrade.
DELETE FROM sessions;
CREATE TABLE users_of_today (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    sign_in_name  TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'administrator', 'privacy_officer')),
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    language      TEXT NOT NULL,
    password_hash TEXT NOT NULL
) STRICT;
INSERT INTO users_of_today SELECT id, name, sign_in_name, role, active, language, password_hash FROM users;
DROP TABLE users;
ALTER TABLE users_of_today RENAME TO users;

-- Whoever switched recognition on did so alone; from now on it takes two people, so it starts off again.
DELETE FROM templates;
DELETE FROM settings WHERE key = 'recognition';
