//! A brand: a client of the agency.

use crate::agency::Slug;
use crate::ids::BrandId;

/// A brand that an agency works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// Its short name, unique in the agency.
    pub slug: Slug,
    /// Its name as shown.
    pub name: String,
}
