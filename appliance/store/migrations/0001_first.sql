-- What the safe remembers. Times are ISO 8601 text in UTC, days are YYYY-MM-DD, ids are opaque.

CREATE TABLE imports (
    id          TEXT PRIMARY KEY,
    source      TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    found       INTEGER NOT NULL CHECK (found >= 0),
    stored      INTEGER NOT NULL CHECK (stored >= 0),
    known       INTEGER NOT NULL CHECK (known >= 0),
    set_aside   INTEGER NOT NULL CHECK (set_aside >= 0),
    failed      INTEGER NOT NULL CHECK (failed >= 0),
    bytes       INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;
CREATE INDEX imports_by_start ON imports (started_at);

CREATE TABLE photos (
    number        INTEGER PRIMARY KEY,  -- order of arrival; pages are cut by it
    id            TEXT NOT NULL UNIQUE,
    import_id     TEXT NOT NULL REFERENCES imports (id),
    name          TEXT NOT NULL,
    sha256        TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    bytes         INTEGER NOT NULL,
    media_type    TEXT NOT NULL,
    stage         TEXT NOT NULL CHECK (stage IN ('stored', 'analysed', 'set_aside')),
    arrived_at    TEXT NOT NULL,
    width         INTEGER NOT NULL,
    height        INTEGER NOT NULL,
    taken_at      TEXT,
    camera        TEXT NOT NULL,
    lens          TEXT NOT NULL,
    latitude      REAL,
    longitude     REAL,
    fingerprint   TEXT NOT NULL,
    head_count    INTEGER CHECK (head_count >= 0),
    set_aside_for TEXT NOT NULL,
    wrapped_key   BLOB NOT NULL,
    day           TEXT NOT NULL AS (substr(coalesce(taken_at, arrived_at), 1, 10)) STORED,
    -- The search index; what it says is never an answer by itself.
    lights_until  TEXT NOT NULL DEFAULT '',  -- the day on which its lights are out of date; '' is already
    unnamed       INTEGER NOT NULL DEFAULT 0 -- open faces without a name
) STRICT;
CREATE INDEX photos_waiting ON photos (number) WHERE stage = 'stored';
CREATE INDEX photos_by_stage ON photos (stage, number);
CREATE INDEX photos_by_import ON photos (import_id, number);
CREATE INDEX photos_by_day ON photos (day, number);
CREATE INDEX photos_by_name ON photos (name, number);
CREATE INDEX photos_by_lights_until ON photos (lights_until);
CREATE INDEX photos_unnamed ON photos (number) WHERE unnamed > 0;

CREATE TABLE lights (
    purpose TEXT NOT NULL,
    light   TEXT NOT NULL CHECK (light IN ('green', 'amber', 'red')),
    photo   INTEGER NOT NULL REFERENCES photos (number) ON DELETE CASCADE,
    PRIMARY KEY (purpose, light, photo)
) STRICT, WITHOUT ROWID;
CREATE INDEX lights_by_photo ON lights (photo);

CREATE TABLE files (
    photo_id TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL CHECK (kind IN ('original', 'proxy', 'thumbnail', 'sidecar')),
    place    TEXT NOT NULL UNIQUE,
    bytes    INTEGER NOT NULL,
    sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (photo_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL CHECK (name <> ''),
    sort_name  TEXT NOT NULL,
    department TEXT NOT NULL,
    email      TEXT NOT NULL,
    birth_date TEXT,
    standing   TEXT NOT NULL CHECK (standing IN ('none', 'photograph_not_publish', 'never_photograph'))
) STRICT;
CREATE INDEX people_by_name ON people (sort_name, id);

CREATE TABLE faces (
    id         TEXT PRIMARY KEY,
    photo_id   TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    "left"     REAL,
    top        REAL,
    width      REAL,
    height     REAL,
    origin     TEXT NOT NULL CHECK (origin IN ('machine', 'hand')),
    score      REAL NOT NULL,
    resolution TEXT NOT NULL CHECK (resolution IN ('open', 'not_recognisable', 'blur')),
    CHECK (("left" IS NULL) = (top IS NULL) AND (top IS NULL) = (width IS NULL)
           AND (width IS NULL) = (height IS NULL))
) STRICT;
CREATE INDEX faces_by_photo ON faces (photo_id);

CREATE TABLE links (
    face_id    TEXT NOT NULL REFERENCES faces (id) ON DELETE CASCADE,
    person_id  TEXT NOT NULL REFERENCES people (id),
    photo_id   TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    state      TEXT NOT NULL CHECK (state IN ('suggested', 'confirmed', 'rejected')),
    distance   REAL,
    changed_at TEXT,
    PRIMARY KEY (face_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_photo ON links (photo_id);
CREATE INDEX links_by_person ON links (person_id, state, photo_id);
-- One person stands in a photo once; a face is one person.
CREATE UNIQUE INDEX person_once_in_a_photo ON links (photo_id, person_id) WHERE state = 'confirmed';
CREATE UNIQUE INDEX face_is_one_person ON links (face_id) WHERE state = 'confirmed';

CREATE TABLE templates (
    face_id   TEXT NOT NULL REFERENCES faces (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id),
    pack      TEXT NOT NULL,
    vector    BLOB NOT NULL,
    PRIMARY KEY (face_id, pack)
) STRICT, WITHOUT ROWID;
CREATE INDEX templates_by_person ON templates (person_id);

CREATE TABLE quitclaims (
    id          TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version >= 1),
    person_id   TEXT NOT NULL REFERENCES people (id),
    recorded_at TEXT NOT NULL,
    recorded_on TEXT NOT NULL,
    basis       TEXT NOT NULL,
    terms       TEXT NOT NULL CHECK (json_valid(terms)),
    supersedes  TEXT,
    balancing   TEXT NOT NULL,
    note        TEXT NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX quitclaims_by_person ON quitclaims (person_id);

CREATE TRIGGER quitclaims_are_not_changed BEFORE UPDATE ON quitclaims
BEGIN SELECT RAISE(ABORT, 'a version of a quitclaim is never changed'); END;
CREATE TRIGGER quitclaims_are_not_deleted BEFORE DELETE ON quitclaims
BEGIN SELECT RAISE(ABORT, 'a version of a quitclaim is never deleted'); END;

CREATE TABLE releases (
    number    INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    photo_id  TEXT NOT NULL REFERENCES photos (id),
    purpose   TEXT NOT NULL,
    made_at   TEXT NOT NULL,
    made_by   TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    bytes     INTEGER NOT NULL,
    relied_on TEXT NOT NULL CHECK (json_valid(relied_on))
) STRICT;
CREATE INDEX releases_by_photo ON releases (photo_id);
CREATE INDEX releases_by_sha256 ON releases (sha256);

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    sign_in_name  TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'administrator')),
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    language      TEXT NOT NULL,
    password_hash TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    begun_at   TEXT NOT NULL,
    seen_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE sign_in_failures (
    name_key TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;
CREATE INDEX sign_in_failures_by_name ON sign_in_failures (name_key, at);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    number     INTEGER PRIMARY KEY,
    at         TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor      TEXT NOT NULL,
    action     TEXT NOT NULL,
    thing      TEXT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
    detail     TEXT NOT NULL,
    previous   TEXT NOT NULL,
    seal       TEXT NOT NULL,
    algorithm  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_thing ON audit (thing, number);
CREATE INDEX audit_by_actor ON audit (actor, number);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END;
