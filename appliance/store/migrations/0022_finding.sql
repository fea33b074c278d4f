-- Finding photos: tags, cameras and departments under ids that say nothing, words of searches, saved searches.

-- Each keyword once, accents and capitals aside.
CREATE TABLE tags (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL CHECK (name <> ''),
    sort_name TEXT NOT NULL UNIQUE,
    photos    INTEGER NOT NULL DEFAULT 0 CHECK (photos >= 0)  -- how many have it, kept by the triggers below
) STRICT, WITHOUT ROWID;
INSERT INTO tags SELECT lower(hex(randomblob(16))), min(keyword), folded, count(DISTINCT photo) FROM keywords
    GROUP BY folded;

CREATE TRIGGER a_keyword_comes AFTER INSERT ON keywords
BEGIN
    INSERT INTO tags VALUES (lower(hex(randomblob(16))), new.keyword, new.folded, 0)
        ON CONFLICT (sort_name) DO NOTHING;
    UPDATE tags SET photos = photos + 1 WHERE sort_name = new.folded AND NOT EXISTS (
        SELECT 1 FROM keywords WHERE folded = new.folded AND photo = new.photo AND place <> new.place);
END;
CREATE TRIGGER a_keyword_goes AFTER DELETE ON keywords
BEGIN
    UPDATE tags SET photos = photos - 1 WHERE sort_name = old.folded AND NOT EXISTS (
        SELECT 1 FROM keywords WHERE folded = old.folded AND photo = old.photo);
END;

-- What one act did to the keywords of photos is taken back as what is done to faces.
ALTER TABLE changes ADD COLUMN about TEXT NOT NULL DEFAULT 'faces' CHECK (about IN ('faces', 'tags'));

CREATE TABLE cameras (
    id     TEXT PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE CHECK (name <> ''),
    photos INTEGER NOT NULL CHECK (photos >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO cameras SELECT lower(hex(randomblob(16))), camera, count(*) FROM photos WHERE camera <> '' GROUP BY camera;
CREATE INDEX photos_by_camera ON photos (camera, number);

CREATE TRIGGER a_camera_comes AFTER INSERT ON photos WHEN new.camera <> ''
BEGIN
    INSERT INTO cameras VALUES (lower(hex(randomblob(16))), new.camera, 1)
        ON CONFLICT (name) DO UPDATE SET photos = photos + 1;
END;
CREATE TRIGGER a_camera_goes AFTER DELETE ON photos WHEN old.camera <> ''
BEGIN UPDATE cameras SET photos = photos - 1 WHERE name = old.camera; END;
CREATE TRIGGER a_camera_changes AFTER UPDATE OF camera ON photos WHEN old.camera <> new.camera
BEGIN
    UPDATE cameras SET photos = photos - 1 WHERE name = old.camera;
    INSERT INTO cameras SELECT lower(hex(randomblob(16))), new.camera, 1 WHERE new.camera <> ''
        ON CONFLICT (name) DO UPDATE SET photos = photos + 1;
END;

CREATE TABLE departments (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT, WITHOUT ROWID;
INSERT INTO departments SELECT lower(hex(randomblob(16))), department FROM people WHERE department <> ''
    GROUP BY department;
CREATE INDEX people_by_department ON people (department);

CREATE TRIGGER a_department_comes AFTER INSERT ON people WHEN new.department <> ''
BEGIN
    INSERT INTO departments VALUES (lower(hex(randomblob(16))), new.department) ON CONFLICT (name) DO NOTHING;
END;
CREATE TRIGGER a_department_changes AFTER UPDATE OF department ON people WHEN new.department <> ''
BEGIN
    INSERT INTO departments VALUES (lower(hex(randomblob(16))), new.department) ON CONFLICT (name) DO NOTHING;
END;

-- What somebody typed to search for, so that an address holds its id and not a name.
CREATE TABLE search_words (
    id       TEXT PRIMARY KEY,
    words    TEXT NOT NULL UNIQUE CHECK (words <> ''),
    asked_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_searches (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL CHECK (name <> ''),
    owner    TEXT NOT NULL,
    shared   INTEGER NOT NULL CHECK (shared IN (0, 1)),
    wanted   TEXT NOT NULL CHECK (json_valid(wanted)),
    saved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX saved_searches_by_owner ON saved_searches (owner);
