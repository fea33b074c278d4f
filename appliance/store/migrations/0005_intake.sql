-- Pictures that look alike, variants of one item, uploads that outlive a broken connection, archives moved in.

-- variant_of: the photo that stands for the item, when this is its raw file or another frame of the same burst.
-- quarantined: it may be a duplicate, and waits until somebody has decided. Neither is in the library.
ALTER TABLE photos ADD COLUMN variant_of TEXT REFERENCES photos (id) ON DELETE SET NULL;
ALTER TABLE photos ADD COLUMN quarantined INTEGER NOT NULL DEFAULT 0 CHECK (quarantined IN (0, 1));
CREATE INDEX photos_by_variant ON photos (variant_of) WHERE variant_of IS NOT NULL;
CREATE INDEX photos_left_out ON photos (number) WHERE quarantined = 1 OR variant_of IS NOT NULL;

-- turn: grows with each fingerprint, so that whoever holds them in memory asks for the new ones only.
CREATE TABLE fingerprints (
    turn     INTEGER PRIMARY KEY AUTOINCREMENT,
    photo    INTEGER NOT NULL UNIQUE REFERENCES photos (number) ON DELETE CASCADE,
    value    TEXT NOT NULL CHECK (length(value) = 32),
    compared INTEGER NOT NULL DEFAULT 0 CHECK (compared IN (0, 1))
) STRICT;
CREATE INDEX fingerprints_not_compared ON fingerprints (photo) WHERE compared = 0;
CREATE TRIGGER fingerprint_comes AFTER UPDATE OF fingerprint ON photos
    WHEN new.fingerprint <> old.fingerprint AND length(new.fingerprint) = 32
BEGIN
    INSERT OR REPLACE INTO fingerprints (photo, value) VALUES (new.number, new.fingerprint);
END;
-- Fingerprints of the first kind hold one hash; they are made anew.
CREATE INDEX photos_without_fingerprint ON photos (number) WHERE stage = 'analysed' AND length(fingerprint) < 32;

-- Two photos that look alike. photo: the one that came later, which waits; both are kept once it was decided so.
CREATE TABLE suspects (
    photo      TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    other      TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    likeness   REAL NOT NULL,
    found_at   TEXT NOT NULL,
    decided_at TEXT,
    decided_by TEXT,
    PRIMARY KEY (photo, other),
    CHECK (photo <> other AND (decided_at IS NULL) = (decided_by IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX suspects_by_other ON suspects (other);
CREATE INDEX suspects_open ON suspects (found_at) WHERE decided_at IS NULL;
CREATE TRIGGER suspicion_comes AFTER INSERT ON suspects WHEN new.decided_at IS NULL
BEGIN
    UPDATE photos SET quarantined = 1 WHERE id = new.photo;
END;
CREATE TRIGGER suspicion_is_decided AFTER UPDATE ON suspects
BEGIN
    UPDATE photos SET quarantined =
        EXISTS (SELECT 1 FROM suspects WHERE photo = new.photo AND decided_at IS NULL) WHERE id = new.photo;
END;
CREATE TRIGGER suspicion_goes AFTER DELETE ON suspects
BEGIN
    UPDATE photos SET quarantined =
        EXISTS (SELECT 1 FROM suspects WHERE photo = old.photo AND decided_at IS NULL) WHERE id = old.photo;
END;

-- Duplicates that were deleted: the same bytes do not come in again.
CREATE TABLE blocked (
    sha256     TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    kept       TEXT NOT NULL,  -- id of the photo kept instead, which may be gone by now
    blocked_at TEXT NOT NULL,
    blocked_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Of an import: at most so many of the photos found, spread over all of them; NULL for every one.
ALTER TABLE imports ADD COLUMN at_most INTEGER CHECK (at_most > 0);

CREATE TABLE uploads (
    id          TEXT PRIMARY KEY,
    import_id   TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    begun_by    TEXT NOT NULL,
    name        TEXT NOT NULL,
    folder      TEXT NOT NULL,
    bytes       INTEGER NOT NULL CHECK (bytes >= 0),
    modified    INTEGER NOT NULL,
    received    INTEGER NOT NULL CHECK (received BETWEEN 0 AND bytes),
    state       TEXT NOT NULL CHECK (state IN ('open', 'kept', 'failed')),
    wrapped_key BLOB NOT NULL,
    touched_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_import ON uploads (import_id, state);

CREATE TABLE upload_parts (
    upload_id TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    place     TEXT NOT NULL UNIQUE,
    bytes     INTEGER NOT NULL CHECK (bytes > 0),
    PRIMARY KEY (upload_id, number)
) STRICT, WITHOUT ROWID;

-- An archive that is moved in: counted, tried with a few of its photos, then all of it. The stage is the queue.
CREATE TABLE moves (
    id           TEXT PRIMARY KEY,
    folder       TEXT NOT NULL,
    begun_by     TEXT NOT NULL,
    begun_at     TEXT NOT NULL,
    stage        TEXT NOT NULL CHECK (stage IN ('counting', 'counted', 'trying', 'tried', 'moving', 'moved', 'stopped')),
    looked_at    INTEGER NOT NULL CHECK (looked_at >= 0),  -- how many photos are opened to count faces and dates
    inventory    TEXT CHECK (json_valid(inventory)),
    trial_import TEXT REFERENCES imports (id),
    whole_import TEXT REFERENCES imports (id),
    problem      TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX moves_by_time ON moves (begun_at);
