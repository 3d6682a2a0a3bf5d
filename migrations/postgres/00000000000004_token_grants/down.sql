ALTER TABLE tokens DROP COLUMN may_introspect;
ALTER TABLE tokens DROP COLUMN trusted_documents_only;
