-- How often the recipient of a copy that was called back was reminded, and when last.
ALTER TABLE recalls ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0 CHECK (reminders >= 0);
ALTER TABLE recalls ADD COLUMN reminded_at TEXT;
