//! The agency: the tenant of a shared instance.

use crate::calendar::MonthOfYear;
use crate::error_code::Refusal;
use crate::ids::AgencyId;
use crate::money::Currency;
use crate::time::{Weekday, ZoneName};

/// The most bytes that a slug may have; slugs stand in paths and commands.
pub const SLUG_BYTES_MAX: usize = 64;

/// The most bytes that a name shown to people may have.
pub const NAME_BYTES_MAX: usize = 256;

/// A short name for commands and addresses: lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

impl Slug {
    /// The slug, if it is one.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let well_formed = !text.is_empty()
            && text.len() <= SLUG_BYTES_MAX
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-');
        if !well_formed {
            return Err(Refusal::invalid(format!(
                "`{text}` is not a slug; use 1 to {SLUG_BYTES_MAX} lower-case letters, digits and hyphens"
            )));
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An agency and what its reports are told in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Its id.
    pub id: AgencyId,
    /// Its short name, unique in the instance.
    pub slug: Slug,
    /// Its name as shown.
    pub name: String,
    /// The currency of brand-level costs, and of reports when conversion is asked for.
    pub reporting_currency: Currency,
    /// The zone in which 'yesterday' is meant.
    pub timezone: ZoneName,
    /// The day its weeks start on.
    pub week_start: Weekday,
    /// The month its fiscal years start in.
    pub fiscal_year_start: MonthOfYear,
}
