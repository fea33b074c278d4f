-- What the maker of a photo wrote about it. A photo of which nothing is told has no row.
CREATE TABLE descriptions (
    photo            INTEGER PRIMARY KEY REFERENCES photos (number) ON DELETE CASCADE,
    title            TEXT NOT NULL,
    caption          TEXT NOT NULL,
    creator          TEXT NOT NULL,
    credit           TEXT NOT NULL,
    copyright_notice TEXT NOT NULL,
    searched         TEXT NOT NULL -- title, caption, keywords and creator, lower case without accents
) STRICT;

CREATE TABLE keywords (
    photo   INTEGER NOT NULL REFERENCES photos (number) ON DELETE CASCADE,
    place   INTEGER NOT NULL CHECK (place >= 0), -- as they were written
    keyword TEXT NOT NULL CHECK (keyword <> ''),
    folded  TEXT NOT NULL,
    PRIMARY KEY (photo, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX keywords_by_word ON keywords (folded, photo);
