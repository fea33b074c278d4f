-- In the words of whoever asked, when they asked on their own page.

ALTER TABLE rights_requests ADD COLUMN asked TEXT NOT NULL DEFAULT '';
