-- What was asked, in the words of whoever asked: on their own page, or as staff wrote it down.

ALTER TABLE rights_requests ADD COLUMN words TEXT NOT NULL DEFAULT '';
