-- Custom metrics: every save and every archiving of one is a revision, and none ever changes.
CREATE TABLE custom_metric_revisions (
    agency_id  TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    name       TEXT COLLATE "C"   NOT NULL,
    revision   BIGINT NOT NULL,
    state      TEXT COLLATE "C"   NOT NULL,
    formula    TEXT COLLATE "C"   NOT NULL,
    meaning    TEXT COLLATE "C"   NOT NULL,
    better     TEXT COLLATE "C"   NOT NULL,
    made_by    TEXT COLLATE "C",
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (agency_id, name, revision),
    FOREIGN KEY (agency_id, made_by) REFERENCES members (agency_id, id)
);
