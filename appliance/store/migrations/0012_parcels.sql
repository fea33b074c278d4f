-- Links by which somebody outside sees and takes along what may be used for one purpose.

CREATE TABLE parcels (
    id            TEXT PRIMARY KEY,
    token_hash    TEXT NOT NULL UNIQUE,
    title         TEXT NOT NULL CHECK (title <> ''),
    purpose       TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    created_by    TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    recipient     TEXT NOT NULL,
    email         TEXT NOT NULL CHECK (email <> ''),
    language      TEXT NOT NULL,
    downloads     INTEGER NOT NULL CHECK (downloads >= 0),  -- how many copies may leave by it
    password_hash TEXT NOT NULL,
    failures      INTEGER NOT NULL DEFAULT 0,  -- wrong passwords in a row
    revoked_at    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX shares_by_time ON parcels (created_at);

-- What was chosen; what of it is shown is decided anew at each request.
CREATE TABLE parcel_photos (
    parcel_id TEXT NOT NULL REFERENCES parcels (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    ref      TEXT NOT NULL,  -- its name within this link; the photo's own id is not told
    photo_id TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    PRIMARY KEY (parcel_id, position),
    UNIQUE (parcel_id, ref),
    UNIQUE (parcel_id, photo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_photos_by_photo ON parcel_photos (photo_id);

-- One browser behind a link, once the password was right.
CREATE TABLE parcel_visits (
    token_hash  TEXT PRIMARY KEY,
    parcel_id    TEXT NOT NULL REFERENCES parcels (id) ON DELETE CASCADE,
    begun_at    TEXT NOT NULL,
    verified_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX share_visits_by_share ON parcel_visits (parcel_id);

CREATE TABLE parcel_wishes (
    id       TEXT PRIMARY KEY,
    parcel_id TEXT NOT NULL REFERENCES parcels (id) ON DELETE CASCADE,
    made_at  TEXT NOT NULL,
    purpose  TEXT NOT NULL,
    text     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX share_wishes_by_share ON parcel_wishes (parcel_id, made_at);

ALTER TABLE notices ADD COLUMN parcel_id TEXT REFERENCES parcels (id);
