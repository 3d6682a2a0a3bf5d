-- Answers to imports of records, so that the same import sent again gets the first one's answer.
CREATE TABLE record_imports (
    agency_id       TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    idempotency_key TEXT COLLATE "C" NOT NULL,
    fingerprint     TEXT COLLATE "C" NOT NULL,
    answer_json     TEXT COLLATE "C" NOT NULL,
    imported_at     BIGINT NOT NULL,
    PRIMARY KEY (agency_id, idempotency_key)
);
