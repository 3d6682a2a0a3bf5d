-- Answers to imports of records, so that the same import sent again gets the first one's answer.
CREATE TABLE record_imports (
    agency_id       TEXT   NOT NULL REFERENCES agencies (id),
    idempotency_key TEXT   NOT NULL,
    fingerprint     TEXT   NOT NULL,
    answer_json     TEXT   NOT NULL,
    imported_at     BIGINT NOT NULL,
    PRIMARY KEY (agency_id, idempotency_key)
);
