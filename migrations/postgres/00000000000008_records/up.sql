-- Records: what each is and at which revision it is; what it says stands in its revisions, of
-- which none ever changes or goes.
CREATE TABLE records (
    agency_id   TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    id          TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    brand_id    TEXT COLLATE "C" NOT NULL,
    campaign_id TEXT COLLATE "C",
    key         TEXT COLLATE "C" NOT NULL,
    revision    BIGINT NOT NULL,
    PRIMARY KEY (agency_id, id),
    UNIQUE (agency_id, kind, brand_id, key),
    FOREIGN KEY (agency_id, brand_id) REFERENCES brands (agency_id, id),
    FOREIGN KEY (agency_id, campaign_id) REFERENCES campaigns (agency_id, id)
);

CREATE TABLE record_revisions (
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    record_id TEXT COLLATE "C" NOT NULL,
    revision  BIGINT NOT NULL,
    state     TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    starts_on TEXT COLLATE "C",
    ends_on   TEXT COLLATE "C",
    body_json TEXT COLLATE "C" NOT NULL,
    made_by   TEXT COLLATE "C",
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (agency_id, record_id, revision),
    FOREIGN KEY (agency_id, record_id) REFERENCES records (agency_id, id),
    FOREIGN KEY (agency_id, made_by) REFERENCES members (agency_id, id)
);

CREATE FUNCTION refuse_change_of_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a revision of a record never changes and never goes'; END $$;

CREATE TRIGGER record_revisions_never_change BEFORE UPDATE OR DELETE ON record_revisions
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_revision();
