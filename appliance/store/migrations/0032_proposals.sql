-- What takes two people: who proposed it, and who approved it. Recognition was proposed in its setting before.

CREATE TABLE proposals (
    id          TEXT PRIMARY KEY,
    act         TEXT NOT NULL,
    thing       TEXT NOT NULL,  -- id of what it is done to; empty when it is no one thing
    details     TEXT NOT NULL CHECK (json_valid(details)),
    proposed_by TEXT NOT NULL,
    proposed_at TEXT NOT NULL,
    alone       INTEGER NOT NULL CHECK (alone IN (0, 1)),  -- whether nobody else could approve it then
    answer      TEXT CHECK (answer IN ('approved', 'refused', 'withdrawn')),
    answered_by TEXT NOT NULL,
    answered_at TEXT,
    done_at     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX proposals_by_time ON proposals (proposed_at);

INSERT INTO proposals
SELECT lower(hex(randomblob(16))), 'recognition', '', json_object('dpia', value ->> 'dpia'), value ->> 'proposed_by',
    value ->> 'proposed_at', 0, NULL, '', NULL, NULL
FROM settings WHERE key = 'recognition' AND value ->> 'switch' = 'proposed';
DELETE FROM settings WHERE key = 'recognition' AND value ->> 'switch' = 'proposed';
