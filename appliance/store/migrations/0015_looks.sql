-- Who looked at a person or a photo is told from the index alone; refusals are no looks.
DROP INDEX audit_by_look;
CREATE INDEX audit_looks ON audit (thing, action, actor, number) WHERE outcome = 'done';
