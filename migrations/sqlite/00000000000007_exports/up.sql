-- Exports as files: what was asked for, how it stands, and until when the file is kept.
CREATE TABLE exports (
    agency_id       TEXT   NOT NULL REFERENCES agencies (id),
    id              TEXT   NOT NULL,
    member_id       TEXT,
    brands          TEXT   NOT NULL,
    format          TEXT   NOT NULL,
    file_name       TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    started_at      BIGINT NOT NULL,
    ended_at        BIGINT,
    expires_at      BIGINT,
    snapshot        TEXT,
    n_rows          BIGINT,
    size_bytes      BIGINT,
    failure_code    TEXT,
    failure_message TEXT,
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, member_id) REFERENCES members (agency_id, id)
);
