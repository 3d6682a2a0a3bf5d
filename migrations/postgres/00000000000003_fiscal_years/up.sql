-- The month an agency's fiscal years start in, which quarters and years are counted from.
ALTER TABLE agencies ADD COLUMN fiscal_year_start TEXT COLLATE "C" NOT NULL DEFAULT 'JANUARY';
