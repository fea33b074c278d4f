-- Erasing: what was erased, by opaque id alone, and the legal holds that stand in its way.

CREATE TABLE erasures (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('photo', 'person')),
    thing       TEXT NOT NULL,
    at          TEXT NOT NULL,
    by          TEXT NOT NULL,
    cause       TEXT NOT NULL CHECK (cause IN ('request', 'retention', 'decision')),
    counts      TEXT NOT NULL CHECK (json_valid(counts)),
    together    TEXT NOT NULL CHECK (together IN ('erase', 'blur')),
    proof_until TEXT
) STRICT;
CREATE INDEX erasures_by_thing ON erasures (thing);

CREATE TRIGGER erasures_are_not_changed BEFORE UPDATE ON erasures
BEGIN SELECT RAISE(ABORT, 'an erasure is never changed'); END;
CREATE TRIGGER erasures_are_not_deleted BEFORE DELETE ON erasures
BEGIN SELECT RAISE(ABORT, 'an erasure is never forgotten'); END;

CREATE TABLE holds (
    id        TEXT PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN ('photo', 'person', 'shoot')),
    thing     TEXT NOT NULL,
    reason    TEXT NOT NULL CHECK (reason <> ''),
    owner     TEXT NOT NULL CHECK (owner <> ''),
    review_on TEXT NOT NULL,
    begun_at  TEXT NOT NULL,
    begun_by  TEXT NOT NULL,
    ended_at  TEXT,
    ended_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_in_force ON holds (thing) WHERE ended_at IS NULL;

-- When somebody was erased. The row stays without a name, for quitclaims that prove what was permitted.
ALTER TABLE people ADD COLUMN erased_at TEXT;

-- A version of a quitclaim is deleted only when whoever gave it was erased first.
DROP TRIGGER quitclaims_are_not_deleted;
CREATE TRIGGER quitclaims_are_not_deleted BEFORE DELETE ON quitclaims
WHEN NOT EXISTS (SELECT 1 FROM people WHERE id = OLD.person_id AND erased_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a version of a quitclaim is never deleted'); END;
