-- What finds photos quickly among a hundred thousand. All of it follows from other tables, by triggers.

-- Photos with a light for any of the purposes.
CREATE TABLE lights_of_any (
    light TEXT NOT NULL,
    photo INTEGER NOT NULL,
    PRIMARY KEY (light, photo)
) STRICT, WITHOUT ROWID;
INSERT INTO lights_of_any SELECT DISTINCT light, photo FROM lights;

CREATE TABLE light_counts (
    purpose TEXT NOT NULL,
    light   TEXT NOT NULL,
    photos  INTEGER NOT NULL CHECK (photos >= 0),
    PRIMARY KEY (purpose, light)
) STRICT, WITHOUT ROWID;
INSERT INTO light_counts SELECT purpose, light, count(*) FROM lights GROUP BY purpose, light;

CREATE TRIGGER light_comes AFTER INSERT ON lights
BEGIN
    INSERT INTO lights_of_any VALUES (new.light, new.photo) ON CONFLICT DO NOTHING;
    INSERT INTO light_counts VALUES (new.purpose, new.light, 1)
        ON CONFLICT DO UPDATE SET photos = photos + 1;
END;
CREATE TRIGGER light_goes AFTER DELETE ON lights
BEGIN
    DELETE FROM lights_of_any WHERE light = old.light AND photo = old.photo
        AND NOT EXISTS (SELECT 1 FROM lights WHERE photo = old.photo AND light = old.light);
    UPDATE light_counts SET photos = photos - 1 WHERE purpose = old.purpose AND light = old.light;
END;
CREATE TRIGGER lights_come_and_go BEFORE UPDATE ON lights
BEGIN SELECT RAISE(ABORT, 'a light is taken away and another put, so that they stay counted'); END;

-- Who is confirmed in which photo, by the number that pages are cut by.
CREATE TABLE shown (
    person_id TEXT NOT NULL,
    photo     INTEGER NOT NULL REFERENCES photos (number) ON DELETE CASCADE,
    PRIMARY KEY (person_id, photo)
) STRICT, WITHOUT ROWID;
CREATE INDEX shown_by_photo ON shown (photo);
INSERT INTO shown SELECT DISTINCT links.person_id, photos.number FROM links
    JOIN photos ON photos.id = links.photo_id WHERE links.state = 'confirmed';

CREATE TRIGGER somebody_is_named AFTER INSERT ON links WHEN new.state = 'confirmed'
BEGIN
    INSERT INTO shown SELECT new.person_id, number FROM photos WHERE id = new.photo_id;
END;
CREATE TRIGGER a_name_goes AFTER DELETE ON links WHEN old.state = 'confirmed'
BEGIN
    DELETE FROM shown WHERE person_id = old.person_id
        AND photo = (SELECT number FROM photos WHERE id = old.photo_id);
END;
CREATE TRIGGER a_name_changes AFTER UPDATE ON links
    WHEN old.state <> new.state OR old.person_id <> new.person_id OR old.photo_id <> new.photo_id
BEGIN
    DELETE FROM shown WHERE old.state = 'confirmed' AND person_id = old.person_id
        AND photo = (SELECT number FROM photos WHERE id = old.photo_id);
    INSERT INTO shown SELECT new.person_id, number FROM photos
        WHERE new.state = 'confirmed' AND id = new.photo_id;
END;

-- Narrow, so that thousands of photos are looked at in little memory.
CREATE INDEX photos_in_short ON photos (number, day, stage, unnamed);

-- The log by kind of action, of everybody or of one actor.
CREATE INDEX audit_by_action ON audit (action, number);
CREATE INDEX audit_by_actor_and_action ON audit (actor, action, number);
DROP INDEX audit_by_actor;
