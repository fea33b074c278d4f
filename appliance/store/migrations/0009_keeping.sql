-- Keeping: where backups go, and how each periodic duty went.

CREATE TABLE backup_targets (
    name    TEXT PRIMARY KEY,
    kind    TEXT NOT NULL CHECK (kind IN ('rest', 's3', 'disk')),
    address TEXT NOT NULL,
    country TEXT NOT NULL,
    region  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    user    TEXT NOT NULL,
    secret  TEXT NOT NULL,
    days    INTEGER NOT NULL CHECK (days >= 1),
    upload  INTEGER NOT NULL CHECK (upload >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE duty_runs (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    duty        TEXT NOT NULL,
    target      TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    passed      INTEGER NOT NULL CHECK (passed IN (0, 1)),
    findings    TEXT NOT NULL CHECK (json_valid(findings))
) STRICT;
CREATE INDEX duty_runs_by_duty ON duty_runs (duty, target, number);
