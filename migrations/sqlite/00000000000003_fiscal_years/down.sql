ALTER TABLE agencies DROP COLUMN fiscal_year_start;
