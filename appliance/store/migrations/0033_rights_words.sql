-- Why a request took longer and why a limit ended, beside what was done: the one no longer overwrites the other.

ALTER TABLE rights_requests ADD COLUMN extension TEXT NOT NULL DEFAULT '';
ALTER TABLE rights_requests ADD COLUMN lifted_why TEXT NOT NULL DEFAULT '';

UPDATE rights_requests SET extension = note WHERE state = 'extended';
UPDATE rights_requests SET lifted_why = note WHERE lifted_at IS NOT NULL;
