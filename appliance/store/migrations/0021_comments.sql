-- What is said of collections and of photos in them, who hears of it, and share links that follow a collection.
CREATE TABLE collection_comments (
    id         TEXT PRIMARY KEY,
    collection TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    photo      INTEGER REFERENCES photos (number) ON DELETE CASCADE, -- NULL: of the collection itself
    author     TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    text       TEXT NOT NULL CHECK (text <> '')
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_comments_of ON collection_comments (collection, made_at);
CREATE INDEX collection_comments_by_photo ON collection_comments (photo);

ALTER TABLE parcels ADD COLUMN collection_id TEXT REFERENCES collections (id) ON DELETE SET NULL;
CREATE INDEX parcels_by_collection ON parcels (collection_id);
ALTER TABLE notices ADD COLUMN collection_id TEXT REFERENCES collections (id) ON DELETE CASCADE;
CREATE INDEX notices_by_collection ON notices (collection_id);
