-- Who may do what where. Nothing changes by it: everybody is in one group, and that group may do everything.

CREATE TABLE groups (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL CHECK (name <> ''),
    sort_name     TEXT NOT NULL UNIQUE,
    joined_by_new INTEGER NOT NULL CHECK (joined_by_new IN (0, 1))  -- whether new users are put into it
) STRICT, WITHOUT ROWID;

CREATE TABLE group_members (
    group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id  TEXT NOT NULL,
    PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_user ON group_members (user_id);

CREATE TABLE grants (
    id          TEXT PRIMARY KEY,
    holder_kind TEXT NOT NULL CHECK (holder_kind IN ('user', 'group')),
    holder      TEXT NOT NULL,
    scope_kind  TEXT NOT NULL,
    scope       TEXT NOT NULL,  -- id of a shoot, folded name of a department, empty for everything
    effect      TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
    rights      TEXT NOT NULL CHECK (json_valid(rights)),
    made_by     TEXT NOT NULL,
    made_at     TEXT NOT NULL,
    UNIQUE (holder_kind, holder, scope_kind, scope, effect)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_by_scope ON grants (scope_kind, scope);

INSERT INTO groups VALUES ('colleagues', 'Colleagues', 'colleagues', 1);
INSERT INTO group_members SELECT 'colleagues', id FROM users;
INSERT INTO grants VALUES ('colleagues-everything', 'group', 'colleagues', 'everything', '', 'allow',
    '["see","edit","add","download","consent","share"]', 'migration', '2026-11-25T00:00:00.000000+00:00');

-- Narrow, so that thousands of photos are tried against a user's grants in little memory.
CREATE INDEX photos_by_place ON photos (number, shoot_id, id);
