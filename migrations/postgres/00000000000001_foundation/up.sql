-- The foundation. Moments are BIGINT microseconds since 1970 UTC, days are TEXT `2026-04-01`,
-- money is BIGINT micros. Every table with tenant data has `agency_id NOT NULL` and a primary key
-- that leads with it; references carry the agency too, so that none can cross tenants.
-- Texts compare by bytes (`COLLATE "C"`), as they do in SQLite, whatever the machine's locale.

CREATE TABLE agencies (
    id                  TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    slug                TEXT COLLATE "C"   NOT NULL UNIQUE,
    name                TEXT COLLATE "C"   NOT NULL,
    reporting_currency  TEXT COLLATE "C"   NOT NULL,
    timezone            TEXT COLLATE "C"   NOT NULL,
    week_start          TEXT COLLATE "C"   NOT NULL,
    last_commit         BIGINT NOT NULL,
    catalogue_version   BIGINT NOT NULL,
    created_at          BIGINT NOT NULL
);

CREATE TABLE operator_tokens (
    name           TEXT COLLATE "C"   NOT NULL PRIMARY KEY,
    secret_sha256  TEXT COLLATE "C"   NOT NULL UNIQUE,
    created_at     BIGINT NOT NULL
);

-- The one data folder that holds the segments, from the instance's first start on.
CREATE TABLE data_store (
    place     BIGINT NOT NULL PRIMARY KEY CHECK (place = 1),
    store_id  TEXT COLLATE "C" NOT NULL
);

CREATE TABLE members (
    agency_id  TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    id         TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, id)
);

CREATE TABLE tokens (
    agency_id      TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    id             TEXT COLLATE "C"   NOT NULL,
    member_id      TEXT COLLATE "C"   NOT NULL,
    name           TEXT COLLATE "C"   NOT NULL,
    secret_sha256  TEXT COLLATE "C"   NOT NULL UNIQUE,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT,
    revoked_at     BIGINT,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, member_id) REFERENCES members (agency_id, id)
);
CREATE INDEX tokens_by_name ON tokens (agency_id, name);

CREATE TABLE brands (
    agency_id   TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    id          TEXT COLLATE "C"   NOT NULL,
    slug        TEXT COLLATE "C"   NOT NULL,
    name        TEXT COLLATE "C"   NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (agency_id, id),
    UNIQUE (agency_id, slug)
);

CREATE TABLE member_brands (
    agency_id  TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    member_id  TEXT COLLATE "C" NOT NULL,
    brand_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, member_id, brand_id),
    FOREIGN KEY (agency_id, member_id) REFERENCES members (agency_id, id),
    FOREIGN KEY (agency_id, brand_id) REFERENCES brands (agency_id, id)
);

CREATE TABLE campaigns (
    agency_id      TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    id             TEXT COLLATE "C"   NOT NULL,
    brand_id       TEXT COLLATE "C"   NOT NULL,
    external_id    TEXT COLLATE "C"   NOT NULL,
    name           TEXT COLLATE "C"   NOT NULL,
    platform       TEXT COLLATE "C"   NOT NULL,
    objective      TEXT COLLATE "C"   NOT NULL,
    status         TEXT COLLATE "C"   NOT NULL,
    currency       TEXT COLLATE "C"   NOT NULL,
    timezone       TEXT COLLATE "C"   NOT NULL,
    starts_on      TEXT COLLATE "C",
    ends_on        TEXT COLLATE "C",
    budget_micros  BIGINT,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (agency_id, id),
    UNIQUE (agency_id, brand_id, external_id),
    FOREIGN KEY (agency_id, brand_id) REFERENCES brands (agency_id, id)
);

CREATE TABLE codes (
    agency_id  TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    dimension  TEXT COLLATE "C"   NOT NULL,
    code       BIGINT NOT NULL,
    text       TEXT COLLATE "C"   NOT NULL,
    PRIMARY KEY (agency_id, dimension, code),
    UNIQUE (agency_id, dimension, text)
);

CREATE TABLE staging_leases (
    agency_id   TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    id          TEXT COLLATE "C"   NOT NULL UNIQUE,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (agency_id, id)
);
CREATE INDEX staging_leases_by_expiry ON staging_leases (expires_at);

CREATE TABLE staging_paths (
    agency_id   TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    staging_id  TEXT COLLATE "C" NOT NULL,
    path        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, staging_id, path),
    FOREIGN KEY (agency_id, staging_id) REFERENCES staging_leases (agency_id, id) ON DELETE CASCADE
);

CREATE TABLE batches (
    agency_id         TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    id                TEXT COLLATE "C"   NOT NULL,
    dataset           TEXT COLLATE "C"   NOT NULL,
    brand_id          TEXT COLLATE "C"   NOT NULL,
    idempotency_key   TEXT COLLATE "C",
    fingerprint       TEXT COLLATE "C"   NOT NULL,
    state             TEXT COLLATE "C"   NOT NULL,
    received_at       BIGINT NOT NULL,
    lease_expires_at  BIGINT NOT NULL,
    finished_at       BIGINT,
    commit_number     BIGINT,
    n_rows_accepted   BIGINT,
    answer_json       TEXT COLLATE "C",
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, brand_id) REFERENCES brands (agency_id, id)
);
-- An abandoned batch has freed its key.
CREATE UNIQUE INDEX batches_by_key ON batches (agency_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL AND state <> 'ABANDONED';
CREATE INDEX batches_by_finish ON batches (finished_at);

CREATE TABLE commits (
    agency_id     TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    number        BIGINT NOT NULL,
    batch_id      TEXT COLLATE "C"   NOT NULL,
    committed_at  BIGINT NOT NULL,
    PRIMARY KEY (agency_id, number),
    FOREIGN KEY (agency_id, batch_id) REFERENCES batches (agency_id, id)
);
CREATE INDEX commits_by_moment ON commits (agency_id, committed_at);

CREATE TABLE segments (
    agency_id      TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    id             TEXT COLLATE "C"   NOT NULL,
    dataset        TEXT COLLATE "C"   NOT NULL,
    month          TEXT COLLATE "C"   NOT NULL,
    commit_number  BIGINT NOT NULL,
    batch_id       TEXT COLLATE "C"   NOT NULL,
    path           TEXT COLLATE "C"   NOT NULL UNIQUE,
    n_rows         BIGINT NOT NULL,
    size_bytes     BIGINT NOT NULL,
    sha256         TEXT COLLATE "C"   NOT NULL,
    first_day      TEXT COLLATE "C"   NOT NULL,
    last_day       TEXT COLLATE "C"   NOT NULL,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, commit_number) REFERENCES commits (agency_id, number),
    FOREIGN KEY (agency_id, batch_id) REFERENCES batches (agency_id, id)
);
CREATE INDEX segments_by_partition ON segments (agency_id, dataset, month, commit_number);

CREATE TABLE score_runs (
    agency_id          TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    id                 TEXT COLLATE "C"   NOT NULL,
    plugin             TEXT COLLATE "C"   NOT NULL,
    plugin_version     TEXT COLLATE "C"   NOT NULL,
    plugin_sha256      TEXT COLLATE "C"   NOT NULL,
    config_json        TEXT COLLATE "C"   NOT NULL,
    config_sha256      TEXT COLLATE "C"   NOT NULL,
    commit_number      BIGINT NOT NULL,
    catalogue_version  BIGINT NOT NULL,
    ran_at             BIGINT NOT NULL,
    PRIMARY KEY (agency_id, id),
    UNIQUE (agency_id, plugin, config_sha256, commit_number, catalogue_version)
);

CREATE TABLE scores (
    agency_id      TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    run_id         TEXT COLLATE "C" NOT NULL,
    campaign_id    TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    value          DOUBLE PRECISION,
    verdict        TEXT COLLATE "C",
    evidence_json  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, run_id, campaign_id, name),
    FOREIGN KEY (agency_id, run_id) REFERENCES score_runs (agency_id, id) ON DELETE CASCADE,
    FOREIGN KEY (agency_id, campaign_id) REFERENCES campaigns (agency_id, id)
);
CREATE INDEX scores_by_campaign ON scores (agency_id, campaign_id, run_id);
