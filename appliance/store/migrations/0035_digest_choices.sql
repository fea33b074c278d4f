-- What a digest tells of, as its reader chose; until now it told everything.
ALTER TABLE digests ADD COLUMN about TEXT NOT NULL CHECK (about <> '')
    DEFAULT 'answers collections links photos safety withdrawals';
