-- Which copies carry an invisible mark that names them.

ALTER TABLE releases ADD COLUMN marked INTEGER NOT NULL DEFAULT 0 CHECK (marked IN (0, 1));
CREATE INDEX releases_marked ON releases (number) WHERE marked = 1;
