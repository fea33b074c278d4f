-- Places where somebody may be though no face was made out. Photos examined before keep their number alone.
CREATE TABLE doubts (
    id       TEXT PRIMARY KEY,
    photo_id TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    "left"   REAL NOT NULL,
    top      REAL NOT NULL,
    width    REAL NOT NULL,
    height   REAL NOT NULL,
    sign     TEXT NOT NULL CHECK (sign IN ('unclear_face', 'body_without_face')),
    score    REAL NOT NULL,
    nobody   INTEGER NOT NULL DEFAULT 0 CHECK (nobody IN (0, 1)), -- somebody looked, and nobody is there
    face_id  TEXT REFERENCES faces (id) ON DELETE SET NULL        -- the face that was marked there
) STRICT;
CREATE INDEX doubts_by_photo ON doubts (photo_id);
CREATE INDEX doubts_by_face ON doubts (face_id);

-- A photo's number of doubts is of those without an answer; where a face is taken away again, it is one more.
CREATE TRIGGER a_doubt_changes AFTER UPDATE ON doubts
BEGIN
    UPDATE photos SET doubts =
        (SELECT count(*) FROM doubts WHERE photo_id = new.photo_id AND nobody = 0 AND face_id IS NULL)
        WHERE id = new.photo_id;
END;
CREATE TRIGGER a_doubt_comes AFTER INSERT ON doubts
BEGIN
    UPDATE photos SET doubts =
        (SELECT count(*) FROM doubts WHERE photo_id = new.photo_id AND nobody = 0 AND face_id IS NULL)
        WHERE id = new.photo_id;
END;
