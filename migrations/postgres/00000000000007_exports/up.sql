-- Exports as files: what was asked for, how it stands, and until when the file is kept.
CREATE TABLE exports (
    agency_id       TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    id              TEXT COLLATE "C"   NOT NULL,
    member_id       TEXT COLLATE "C",
    brands          TEXT COLLATE "C"   NOT NULL,
    format          TEXT COLLATE "C"   NOT NULL,
    file_name       TEXT COLLATE "C"   NOT NULL,
    state           TEXT COLLATE "C"   NOT NULL,
    started_at      BIGINT NOT NULL,
    ended_at        BIGINT,
    expires_at      BIGINT,
    snapshot        TEXT COLLATE "C",
    n_rows          BIGINT,
    size_bytes      BIGINT,
    failure_code    TEXT COLLATE "C",
    failure_message TEXT COLLATE "C",
    PRIMARY KEY (agency_id, id),
    FOREIGN KEY (agency_id, member_id) REFERENCES members (agency_id, id)
);
