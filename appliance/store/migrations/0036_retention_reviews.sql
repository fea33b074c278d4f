-- When somebody went through the work list of retention: of one shoot, or of all.

CREATE TABLE retention_reviews (
    number      INTEGER PRIMARY KEY,
    shoot_id    TEXT REFERENCES shoots (id) ON DELETE CASCADE,  -- NULL: the whole list
    reviewed_at TEXT NOT NULL,
    reviewed_by TEXT NOT NULL
) STRICT;
CREATE INDEX retention_reviews_by_shoot ON retention_reviews (shoot_id);
