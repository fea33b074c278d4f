-- The quitclaim's whole life: templates, asking, signing, evidence, mail, alerts, notices, and the past of photos.

ALTER TABLE quitclaims ADD COLUMN signer TEXT NOT NULL DEFAULT 'staff'
    CHECK (signer IN ('subject', 'guardian', 'staff'));
ALTER TABLE quitclaims ADD COLUMN guardians TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(guardians));
ALTER TABLE quitclaims ADD COLUMN guardians_needed INTEGER NOT NULL DEFAULT 0;

CREATE TABLE quitclaim_templates (
    id          TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version >= 1),
    audience    TEXT NOT NULL,
    basis       TEXT NOT NULL,
    name        TEXT NOT NULL CHECK (name <> ''),
    texts       TEXT NOT NULL CHECK (json_valid(texts)),
    months      TEXT NOT NULL CHECK (json_valid(months)),
    recorded_at TEXT NOT NULL,
    guardians   INTEGER NOT NULL CHECK (guardians BETWEEN 0 AND 2),
    alert_days  TEXT NOT NULL CHECK (json_valid(alert_days)),
    in_use      INTEGER NOT NULL CHECK (in_use IN (0, 1)),
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER quitclaim_templates_are_not_changed BEFORE UPDATE ON quitclaim_templates
BEGIN SELECT RAISE(ABORT, 'a version of a template is never changed'); END;
CREATE TRIGGER quitclaim_templates_are_not_deleted BEFORE DELETE ON quitclaim_templates
BEGIN SELECT RAISE(ABORT, 'a version of a template is never deleted'); END;

CREATE TABLE requests (
    id               TEXT PRIMARY KEY,
    token_hash       TEXT NOT NULL UNIQUE,
    template_id      TEXT NOT NULL,
    template_version INTEGER NOT NULL,
    channel          TEXT NOT NULL CHECK (channel IN ('link', 'email', 'poster', 'tablet', 'paper')),
    language         TEXT NOT NULL,
    created_at       TEXT NOT NULL,
    created_by       TEXT NOT NULL,
    expires_at       TEXT NOT NULL,
    person_id        TEXT REFERENCES people (id),
    shoot_id         TEXT REFERENCES shoots (id),
    renews           TEXT,
    answered_at      TEXT,
    cancelled_at     TEXT,
    FOREIGN KEY (template_id, template_version) REFERENCES quitclaim_templates (id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_by_person ON requests (person_id);
CREATE INDEX requests_by_time ON requests (created_at);

-- The subject's own page: a link that stays, for withdrawing must take no more steps than giving.
CREATE TABLE own_links (
    token_hash TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES people (id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX own_links_by_person ON own_links (person_id);

CREATE TABLE codes (
    token_hash TEXT PRIMARY KEY,  -- of the link for which the code was sent
    code_hash  TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence (
    id               TEXT PRIMARY KEY,
    quitclaim_id     TEXT NOT NULL,
    version          INTEGER NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('signed', 'scan')),
    made_at          TEXT NOT NULL,
    place            TEXT NOT NULL UNIQUE,
    bytes            INTEGER NOT NULL,
    sha256           TEXT NOT NULL CHECK (length(sha256) = 64),
    seal             TEXT NOT NULL,
    wrapped_key      BLOB NOT NULL,
    request_id       TEXT,
    template_id      TEXT,
    template_version INTEGER,
    FOREIGN KEY (quitclaim_id, version) REFERENCES quitclaims (id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_by_quitclaim ON evidence (quitclaim_id, version);
CREATE INDEX evidence_by_request ON evidence (request_id);

-- A template measured from a selfie that was not kept.
CREATE TABLE reference_templates (
    id        TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    pack      TEXT NOT NULL,
    vector    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_templates_by_person ON reference_templates (person_id);

CREATE TABLE messages (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    address    TEXT NOT NULL,
    language   TEXT NOT NULL,
    person_id  TEXT REFERENCES people (id),
    subject    TEXT NOT NULL,
    text       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    tries      INTEGER NOT NULL DEFAULT 0,
    next_try   TEXT,
    sent_at    TEXT,
    problem    TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_waiting ON messages (next_try) WHERE state = 'queued';
CREATE INDEX messages_by_time ON messages (created_at);

CREATE TABLE alerts (
    quitclaim_id TEXT NOT NULL,
    version      INTEGER NOT NULL,
    purpose      TEXT NOT NULL,
    days         INTEGER NOT NULL,
    sent_at      TEXT NOT NULL,
    PRIMARY KEY (quitclaim_id, version, purpose, days)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
    id        TEXT PRIMARY KEY,
    user_id   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    photo_id  TEXT REFERENCES photos (id) ON DELETE CASCADE,
    person_id TEXT REFERENCES people (id),
    purpose   TEXT,
    made_at   TEXT NOT NULL,
    seen_at   TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_unseen ON notices (user_id, made_at) WHERE seen_at IS NULL;

-- What was known of a photo at the end of each day on which that changed; with the versions of quitclaims
-- it answers what held on any past day (P13). The day of today is written anew until it is over.
CREATE TABLE photo_history (
    photo   INTEGER NOT NULL REFERENCES photos (number) ON DELETE CASCADE,
    day     TEXT NOT NULL,
    facts   TEXT NOT NULL CHECK (json_valid(facts)),
    PRIMARY KEY (photo, day)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER photo_history_is_not_rewritten BEFORE UPDATE ON photo_history
WHEN OLD.day <> (SELECT max(day) FROM photo_history WHERE photo = OLD.photo)
BEGIN SELECT RAISE(ABORT, 'the past of a photo is never changed'); END;

-- Every photo is indexed anew once, which writes the first day of its history.
UPDATE photos SET lights_until = '';
