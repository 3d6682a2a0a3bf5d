-- Custom metrics: every save and every archiving of one is a revision, and none ever changes.
CREATE TABLE custom_metric_revisions (
    agency_id  TEXT   NOT NULL REFERENCES agencies (id),
    name       TEXT   NOT NULL,
    revision   BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    formula    TEXT   NOT NULL,
    meaning    TEXT   NOT NULL,
    better     TEXT   NOT NULL,
    made_by    TEXT,
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (agency_id, name, revision),
    FOREIGN KEY (agency_id, made_by) REFERENCES members (agency_id, id)
);
