-- The rule of a share or card may name a collection; its photos are put there once they are examined.

ALTER TABLE shares ADD COLUMN collection_id TEXT REFERENCES collections (id) ON DELETE SET NULL;
ALTER TABLE cards ADD COLUMN collection_id TEXT REFERENCES collections (id) ON DELETE SET NULL;
ALTER TABLE imports ADD COLUMN collection_id TEXT REFERENCES collections (id) ON DELETE SET NULL;
ALTER TABLE imports ADD COLUMN collected INTEGER CHECK (collected >= 0);  -- photos put there; NULL: not yet
ALTER TABLE imports ADD COLUMN no_room INTEGER NOT NULL DEFAULT 0 CHECK (no_room >= 0);
CREATE INDEX imports_to_collect ON imports (id) WHERE collection_id IS NOT NULL AND collected IS NULL;
