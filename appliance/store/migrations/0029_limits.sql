-- What somebody's request limits: a restriction, or an objection (GDPR, articles 18 and 21), until it is lifted.

ALTER TABLE people ADD COLUMN limited TEXT NOT NULL DEFAULT 'none'
    CHECK (limited IN ('none', 'restricted', 'objected'));
ALTER TABLE rights_requests ADD COLUMN lifted_at TEXT;

UPDATE people SET limited = 'objected' WHERE id IN (
    SELECT person_id FROM rights_requests WHERE "right" = 'objection' AND state <> 'refused');
UPDATE people SET limited = 'restricted' WHERE id IN (
    SELECT person_id FROM rights_requests WHERE "right" = 'restriction' AND state <> 'refused');
UPDATE photos SET lights_until = '0001-01-01' WHERE id IN (
    SELECT photo_id FROM links JOIN people ON people.id = links.person_id WHERE people.limited <> 'none');
