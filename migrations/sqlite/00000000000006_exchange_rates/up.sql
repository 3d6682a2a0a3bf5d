-- Exchange rates of an agency: each import that changes any is a revision, and no row ever changes.
-- `rate` is in parts of 10 to the power of -12; `carried_from` is the day of whose rate it is a copy.
CREATE TABLE rate_imports (
    agency_id   TEXT   NOT NULL REFERENCES agencies (id),
    revision    BIGINT NOT NULL,
    imported_by TEXT,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (agency_id, revision),
    FOREIGN KEY (agency_id, imported_by) REFERENCES members (agency_id, id)
);

CREATE TABLE exchange_rates (
    agency_id     TEXT   NOT NULL,
    to_currency   TEXT   NOT NULL,
    from_currency TEXT   NOT NULL,
    day           TEXT   NOT NULL,
    revision      BIGINT NOT NULL,
    rate          BIGINT NOT NULL,
    source        TEXT   NOT NULL,
    carried_from  TEXT,
    PRIMARY KEY (agency_id, to_currency, from_currency, day, revision),
    FOREIGN KEY (agency_id, revision) REFERENCES rate_imports (agency_id, revision)
);
