-- Records: what each is and at which revision it is; what it says stands in its revisions, of
-- which none ever changes or goes.
CREATE TABLE records (
    agency_id   TEXT NOT NULL REFERENCES agencies (id),
    id          TEXT NOT NULL,
    kind        TEXT NOT NULL,
    brand_id    TEXT NOT NULL,
    campaign_id TEXT,
    key         TEXT NOT NULL,
    revision    BIGINT NOT NULL,
    PRIMARY KEY (agency_id, id),
    UNIQUE (agency_id, kind, brand_id, key),
    FOREIGN KEY (agency_id, brand_id) REFERENCES brands (agency_id, id),
    FOREIGN KEY (agency_id, campaign_id) REFERENCES campaigns (agency_id, id)
);

CREATE TABLE record_revisions (
    agency_id TEXT NOT NULL REFERENCES agencies (id),
    record_id TEXT NOT NULL,
    revision  BIGINT NOT NULL,
    state     TEXT NOT NULL,
    name      TEXT NOT NULL,
    starts_on TEXT,
    ends_on   TEXT,
    body_json TEXT NOT NULL,
    made_by   TEXT,
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (agency_id, record_id, revision),
    FOREIGN KEY (agency_id, record_id) REFERENCES records (agency_id, id),
    FOREIGN KEY (agency_id, made_by) REFERENCES members (agency_id, id)
);

CREATE TRIGGER record_revisions_never_change BEFORE UPDATE ON record_revisions
BEGIN SELECT RAISE(ABORT, 'a revision of a record never changes'); END;

CREATE TRIGGER record_revisions_never_go BEFORE DELETE ON record_revisions
BEGIN SELECT RAISE(ABORT, 'a revision of a record never goes'); END;
