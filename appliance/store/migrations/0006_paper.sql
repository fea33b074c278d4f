-- Old lists of permissions that are brought in, and paper forms that were scanned.

CREATE TABLE permission_lists (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL CHECK (name <> ''),
    received_at  TEXT NOT NULL,
    received_by  TEXT NOT NULL,
    data         BLOB NOT NULL,  -- the file as it came: what was recorded from it can be compared with it
    mapping      TEXT NOT NULL CHECK (json_valid(mapping)),
    committed_at TEXT,
    undone_at    TEXT,
    CHECK (undone_at IS NULL OR committed_at IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX permission_lists_by_time ON permission_lists (received_at);

-- What a list brought in, so that it can be taken back.
CREATE TABLE permission_list_people (
    list_id      TEXT NOT NULL REFERENCES permission_lists (id),
    person_id    TEXT NOT NULL REFERENCES people (id),
    added        INTEGER NOT NULL CHECK (added IN (0, 1)),
    filled_in    TEXT NOT NULL CHECK (json_valid(filled_in)),  -- what the safe did not know of somebody
    quitclaim_id TEXT,  -- NULL when the list says nothing of them
    PRIMARY KEY (list_id, person_id)
) STRICT, WITHOUT ROWID;

-- Pages of paper forms that somebody has yet to read and confirm.
CREATE TABLE scans (
    id          TEXT PRIMARY KEY,
    number      INTEGER NOT NULL CHECK (number >= 1),  -- of the page
    request_id  TEXT NOT NULL REFERENCES requests (id),
    made_at     TEXT NOT NULL,
    made_by     TEXT NOT NULL,
    place       TEXT NOT NULL UNIQUE,
    bytes       INTEGER NOT NULL,
    sha256      TEXT NOT NULL CHECK (length(sha256) = 64),
    wrapped_key BLOB NOT NULL,
    UNIQUE (request_id, number)
) STRICT, WITHOUT ROWID;
