-- What was known of a photo after each change, to compare and to put back. A photo that nobody changed has none.
CREATE TABLE photo_versions (
    photo   INTEGER NOT NULL REFERENCES photos (number) ON DELETE CASCADE,
    version INTEGER NOT NULL CHECK (version >= 1),
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    known   TEXT NOT NULL CHECK (json_valid(known)),
    PRIMARY KEY (photo, version)
) STRICT, WITHOUT ROWID;
