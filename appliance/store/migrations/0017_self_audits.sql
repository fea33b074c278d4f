-- Reports of the self-audit, what each found until it is fixed, and the photos to look at by hand.

CREATE TABLE self_audits (
    number     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    made_at    TEXT NOT NULL,
    report     TEXT NOT NULL CHECK (json_valid(report)),  -- the bytes that were signed
    algorithm  TEXT NOT NULL,
    public_key TEXT NOT NULL,
    signature  TEXT NOT NULL
) STRICT;

CREATE TABLE self_audit_findings (
    number   INTEGER PRIMARY KEY,
    key      TEXT NOT NULL,
    finding  TEXT NOT NULL CHECK (json_valid(finding)),
    found_at TEXT NOT NULL,
    due_on   TEXT NOT NULL,
    fixed_at TEXT,
    told_at  TEXT
) STRICT;
CREATE UNIQUE INDEX self_audit_findings_open ON self_audit_findings (key) WHERE fixed_at IS NULL;

CREATE TABLE self_audit_sample (
    audit_id  TEXT NOT NULL REFERENCES self_audits (id),
    photo_id  TEXT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    looked_at TEXT,
    looked_by TEXT,
    "right"   INTEGER CHECK ("right" IN (0, 1)),
    PRIMARY KEY (audit_id, photo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX self_audit_sample_by_photo ON self_audit_sample (photo_id);
