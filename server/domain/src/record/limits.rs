//! The named limits of records.

/// The most bytes of the key that the agency gives a record.
pub const RECORD_KEY_BYTES_MAX: usize = 128;

/// The most bytes of a name or another short text in a record.
pub const RECORD_NAME_BYTES_MAX: usize = 256;

/// The most bytes of a description or another long text in a record.
pub const RECORD_TEXT_BYTES_MAX: usize = 4_096;

/// The most entries of a list in a record.
pub const RECORD_LIST_MAX: usize = 100;

/// The most bytes of a record's body as JSON.
pub const RECORD_BODY_BYTES_MAX: usize = 65_536;

/// The most records of one kind in an agency: what a check among all of them reads at once.
pub const RECORDS_PER_KIND_MAX: u32 = 10_000;

/// The most revisions of one record; the last one is left for archiving it.
pub const RECORD_REVISIONS_MAX: u32 = 1_000;

/// How far the shares of a distribution may be from 1 together, in millionths.
pub const DISTRIBUTION_TOLERANCE_MILLIONTHS: i64 = 1;

/// The longest notice that is not a slip of the keyboard: ten years, in days.
pub const RECORD_NOTICE_DAYS_MAX: u32 = 3_660;

/// The most bytes of a file of records.
pub const IMPORT_FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most lines of a file of records: what one transaction holds the agency's row for.
pub const IMPORT_LINES_MAX: usize = 5_000;
