-- Versions of facts: segments of several commits, removals, retractions, the retention's horizon
-- with the snapshots that hold it back, files that left the manifest, and labels of campaigns.

ALTER TABLE agencies ADD COLUMN oldest_commit BIGINT NOT NULL DEFAULT 0;

ALTER TABLE batches ADD COLUMN n_rows_written BIGINT;
UPDATE batches
SET n_rows_written = (SELECT CAST(COALESCE(SUM(s.n_rows), 0) AS BIGINT)
                      FROM segments s
                      WHERE s.agency_id = batches.agency_id AND s.batch_id = batches.id)
WHERE state = 'COMMITTED';

-- A segment's `commit_number` and `batch_id` are those of its newest part; `parts` lists all of
-- them as `commit:batch`, oldest first, with commas between. It holds no row that a removal up to
-- `settled_commit` took.
ALTER TABLE segments ADD COLUMN oldest_commit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN parts TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE segments ADD COLUMN settled_commit BIGINT NOT NULL DEFAULT 0;
UPDATE segments
SET oldest_commit = commit_number, parts = CAST(commit_number AS TEXT) || ':' || batch_id;

-- Which commits changed a partition by rows, by a removal or by a retraction.
CREATE TABLE partition_commits (
    agency_id      TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    dataset        TEXT COLLATE "C"   NOT NULL,
    month          TEXT COLLATE "C"   NOT NULL,
    commit_number  BIGINT NOT NULL,
    PRIMARY KEY (agency_id, dataset, month, commit_number),
    FOREIGN KEY (agency_id, commit_number) REFERENCES commits (agency_id, number)
);
CREATE INDEX partition_commits_by_commit ON partition_commits (agency_id, commit_number);
INSERT INTO partition_commits (agency_id, dataset, month, commit_number)
SELECT DISTINCT agency_id, dataset, month, commit_number FROM segments;

-- What batches with `replace=range` took away. `campaigns` and `shapes` have commas between their
-- items; `attributions` has one a line, `=` before each that is given and `-` for the unspecified.
CREATE TABLE removals (
    agency_id      TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    dataset        TEXT COLLATE "C"   NOT NULL,
    month          TEXT COLLATE "C"   NOT NULL,
    commit_number  BIGINT NOT NULL,
    from_day       TEXT COLLATE "C"   NOT NULL,
    until_day      TEXT COLLATE "C"   NOT NULL,
    campaigns      TEXT COLLATE "C"   NOT NULL,
    shapes         TEXT COLLATE "C"   NOT NULL,
    attributions   TEXT COLLATE "C"   NOT NULL,
    PRIMARY KEY (agency_id, dataset, month, commit_number),
    FOREIGN KEY (agency_id, commit_number) REFERENCES commits (agency_id, number)
);

-- Commits whose rows and removals count no more from another commit on.
CREATE TABLE retractions (
    agency_id         TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    retracted_commit  BIGINT NOT NULL,
    commit_number     BIGINT NOT NULL,
    batch_id          TEXT COLLATE "C"   NOT NULL,
    PRIMARY KEY (agency_id, retracted_commit),
    UNIQUE (agency_id, commit_number),
    UNIQUE (agency_id, batch_id),
    FOREIGN KEY (agency_id, retracted_commit) REFERENCES commits (agency_id, number),
    FOREIGN KEY (agency_id, commit_number) REFERENCES commits (agency_id, number),
    FOREIGN KEY (agency_id, batch_id) REFERENCES batches (agency_id, id)
);

-- Files of segments that were compacted away; readers of an older manifest may still want them.
CREATE TABLE dropped_files (
    agency_id   TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    path        TEXT COLLATE "C"   NOT NULL UNIQUE,
    dropped_at  BIGINT NOT NULL,
    PRIMARY KEY (agency_id, path)
);
CREATE INDEX dropped_files_by_moment ON dropped_files (dropped_at);

CREATE TABLE snapshot_pins (
    agency_id      TEXT COLLATE "C"   NOT NULL REFERENCES agencies (id),
    id             TEXT COLLATE "C"   NOT NULL,
    commit_number  BIGINT NOT NULL,
    purpose        TEXT COLLATE "C"   NOT NULL,
    expires_at     BIGINT NOT NULL,
    PRIMARY KEY (agency_id, id)
);
CREATE INDEX snapshot_pins_by_expiry ON snapshot_pins (expires_at);

CREATE TABLE campaign_labels (
    agency_id    TEXT COLLATE "C" NOT NULL REFERENCES agencies (id),
    campaign_id  TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    value        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (agency_id, campaign_id, name),
    FOREIGN KEY (agency_id, campaign_id) REFERENCES campaigns (agency_id, id)
);
CREATE INDEX campaign_labels_by_name ON campaign_labels (agency_id, name);
