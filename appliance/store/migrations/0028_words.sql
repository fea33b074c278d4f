-- Parts of file names and of descriptions, found without reading each of them.

CREATE VIRTUAL TABLE name_words USING fts5(words, tokenize = 'trigram');
CREATE VIRTUAL TABLE told_words USING fts5(words, tokenize = 'trigram');
-- What is deleted leaves the index at once, and is not kept until it is next tidied.
INSERT INTO name_words (name_words, rank) VALUES ('secure-delete', 1);
INSERT INTO told_words (told_words, rank) VALUES ('secure-delete', 1);
INSERT INTO name_words (rowid, words) SELECT number, name FROM photos;
INSERT INTO told_words (rowid, words) SELECT photo, searched FROM descriptions;

CREATE TRIGGER a_name_is_found AFTER INSERT ON photos
BEGIN INSERT INTO name_words (rowid, words) VALUES (new.number, new.name); END;
CREATE TRIGGER a_name_is_lost AFTER DELETE ON photos
BEGIN DELETE FROM name_words WHERE rowid = old.number; END;
CREATE TRIGGER a_name_is_another AFTER UPDATE OF name ON photos WHEN old.name <> new.name
BEGIN
    DELETE FROM name_words WHERE rowid = old.number;
    INSERT INTO name_words (rowid, words) VALUES (new.number, new.name);
END;
CREATE TRIGGER a_description_is_found AFTER INSERT ON descriptions
BEGIN INSERT INTO told_words (rowid, words) VALUES (new.photo, new.searched); END;
CREATE TRIGGER a_description_is_lost AFTER DELETE ON descriptions
BEGIN DELETE FROM told_words WHERE rowid = old.photo; END;
CREATE TRIGGER a_description_is_another AFTER UPDATE OF searched ON descriptions WHEN old.searched <> new.searched
BEGIN
    DELETE FROM told_words WHERE rowid = old.photo;
    INSERT INTO told_words (rowid, words) VALUES (new.photo, new.searched);
END;
