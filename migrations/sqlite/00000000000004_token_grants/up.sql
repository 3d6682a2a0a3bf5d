-- What a token may do with documents: 0 is no, 1 is yes.

ALTER TABLE tokens ADD COLUMN trusted_documents_only BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN may_introspect BIGINT NOT NULL DEFAULT 1;
