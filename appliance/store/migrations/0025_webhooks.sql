-- Addresses of other programs that are told what happens.
CREATE TABLE webhooks (
    id         TEXT PRIMARY KEY,
    address    TEXT NOT NULL CHECK (address <> ''),
    happenings TEXT NOT NULL CHECK (happenings <> ''),  -- with spaces between them
    secret     TEXT NOT NULL,
    authority  TEXT NOT NULL,  -- PEM of a certificate authority to trust besides, or empty
    made_by    TEXT NOT NULL,
    made_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What each is to be told, and what became of it.
CREATE TABLE webhook_deliveries (
    id          TEXT PRIMARY KEY,
    webhook_id  TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    happening   TEXT NOT NULL,
    thing       TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    due_at      TEXT NOT NULL,
    state       TEXT NOT NULL,
    tries       INTEGER NOT NULL CHECK (tries >= 0),
    outcome     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, happened_at);
