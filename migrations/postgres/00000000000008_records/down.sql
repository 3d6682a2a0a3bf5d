DROP TABLE record_revisions;
DROP FUNCTION refuse_change_of_revision();
DROP TABLE records;
