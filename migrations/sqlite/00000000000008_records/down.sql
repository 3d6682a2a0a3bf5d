DROP TABLE record_revisions;
DROP TABLE records;
