-- Photos that a team puts together, in an order of its own, and every change of that.
CREATE TABLE collections (
    id      TEXT PRIMARY KEY,
    title   TEXT NOT NULL CHECK (title <> ''),
    note    TEXT NOT NULL,
    cover   INTEGER REFERENCES photos (number) ON DELETE SET NULL, -- NULL: the first photo
    owner   TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX collections_by_cover ON collections (cover);

CREATE TABLE collection_photos (
    collection TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    photo      INTEGER NOT NULL REFERENCES photos (number) ON DELETE CASCADE,
    place      INTEGER NOT NULL CHECK (place >= 0),
    PRIMARY KEY (collection, photo)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_photos_by_photo ON collection_photos (photo);

CREATE TABLE collection_changes (
    number     INTEGER PRIMARY KEY,
    collection TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    made_at    TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    steps      TEXT NOT NULL CHECK (json_valid(steps)),
    undoes     INTEGER REFERENCES collection_changes (number) ON DELETE CASCADE
) STRICT;
CREATE INDEX collection_changes_of ON collection_changes (collection, number);
CREATE INDEX collection_changes_by_undone ON collection_changes (undoes);
