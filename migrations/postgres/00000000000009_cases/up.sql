-- Cases: where each stands. What happened stands in its events, of which none ever changes or goes.
CREATE TABLE cases (
    agency_id          TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    id                 TEXT COLLATE "C" NOT NULL,
    definition         TEXT COLLATE "C" NOT NULL,
    definition_version BIGINT NOT NULL,
    brand_id           TEXT COLLATE "C",
    campaign_id        TEXT COLLATE "C",
    state              TEXT COLLATE "C" NOT NULL,
    is_final           BIGINT NOT NULL,
    version            BIGINT NOT NULL,
    n_events           BIGINT NOT NULL,
    head_sha256        TEXT COLLATE "C" NOT NULL,
    assignee           TEXT COLLATE "C",
    -- The largest number where nothing is due, so that it sorts last on both databases.
    due_at             BIGINT NOT NULL,
    began_at           BIGINT NOT NULL,
    changed_at         BIGINT NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, brand_id) REFERENCES brands (agency_id, id),
    FOREIGN KEY (agency_id, campaign_id) REFERENCES campaigns (agency_id, id),
    FOREIGN KEY (agency_id, assignee) REFERENCES members (agency_id, id)
);

CREATE INDEX cases_by_due ON cases (agency_id, is_final, due_at);

-- The chain: each entry is canonical JSON that holds the hash of the one before.
CREATE TABLE case_events (
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    case_id   TEXT COLLATE "C" NOT NULL,
    seq       BIGINT NOT NULL,
    entry     TEXT COLLATE "C" NOT NULL,
    sha256    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, case_id, seq),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id)
);

-- Personal texts beside their events, which hold salted hashes of them. Erasing one leaves the
-- chain whole.
CREATE TABLE case_texts (
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    case_id   TEXT COLLATE "C" NOT NULL,
    seq       BIGINT NOT NULL,
    field     TEXT COLLATE "C" NOT NULL,
    salt      TEXT COLLATE "C" NOT NULL,
    text      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, case_id, seq, field),
    FOREIGN KEY (agency_id, case_id, seq) REFERENCES case_events (agency_id, case_id, seq)
);

-- Commands that came with an idempotency key, so that sending one again does nothing again.
CREATE TABLE case_commands (
    agency_id       TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    idempotency_key TEXT COLLATE "C" NOT NULL,
    fingerprint     TEXT COLLATE "C" NOT NULL,
    case_id         TEXT COLLATE "C" NOT NULL,
    version         BIGINT NOT NULL,
    PRIMARY KEY (agency_id, idempotency_key),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id)
);

-- The timers that run, for the ticker.
CREATE TABLE case_timers (
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    case_id   TEXT COLLATE "C" NOT NULL,
    timer     TEXT COLLATE "C" NOT NULL,
    due_at    BIGINT NOT NULL,
    PRIMARY KEY (agency_id, case_id, timer),
    FOREIGN KEY (agency_id, case_id) REFERENCES cases (agency_id, id)
);

CREATE INDEX case_timers_by_due ON case_timers (due_at);

-- Workflow roles, apart from access roles: for the agency, a brand or a case; an empty id stands for
-- no limit to a brand or case.
CREATE TABLE workflow_roles (
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    member_id TEXT COLLATE "C" NOT NULL,
    role      TEXT COLLATE "C" NOT NULL,
    brand_id  TEXT COLLATE "C" NOT NULL,
    case_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, member_id, role, brand_id, case_id),
    FOREIGN KEY (agency_id, member_id) REFERENCES members (agency_id, id)
);

-- An agency's own versions of workflows. A case keeps the one it began with, so none ever changes.
CREATE TABLE workflow_definitions (
    agency_id       TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    name            TEXT COLLATE "C" NOT NULL,
    version         BIGINT NOT NULL,
    definition_json TEXT COLLATE "C" NOT NULL,
    saved_by        TEXT COLLATE "C",
    saved_at        BIGINT NOT NULL,
    PRIMARY KEY (agency_id, name, version),
    FOREIGN KEY (agency_id, saved_by) REFERENCES members (agency_id, id)
);

-- The days on which an agency works otherwise than Monday to Friday.
CREATE TABLE calendar_days (
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    day       TEXT COLLATE "C" NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, day)
);

-- Up to which day an agency has closed its books.
CREATE TABLE closed_periods (
    agency_id TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    through   TEXT COLLATE "C" NOT NULL,
    closed_by TEXT COLLATE "C",
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (agency_id, through),
    FOREIGN KEY (agency_id, closed_by) REFERENCES members (agency_id, id)
);

CREATE FUNCTION refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an event of a case never changes and never goes'; END $$;

CREATE TRIGGER case_events_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_event();

CREATE FUNCTION refuse_change_of_definition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a version of a workflow never changes and never goes'; END $$;

CREATE TRIGGER workflow_definitions_never_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON workflow_definitions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_definition();
