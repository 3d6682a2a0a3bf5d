//! Who asks: the agency, the member and the role of the token.

use async_graphql::{ID, SimpleObject};
use bellwether_domain::agency;
use bellwether_domain::member;

use crate::words::{MonthOfYear, Role, Weekday};

/// Who asks.
#[derive(Debug, SimpleObject)]
pub(crate) struct Viewer {
    /// The agency whose data the token reads.
    agency: Agency,
    /// The member that the token was issued to; null for the operator.
    member: Option<Member>,
    /// What the token may do.
    role: Role,
}

/// An agency: the tenant.
#[derive(Debug, SimpleObject)]
pub(crate) struct Agency {
    /// Its id.
    id: ID,
    /// Its short name, unique in the instance.
    slug: String,
    /// Its name as shown.
    name: String,
    /// The ISO 4217 code of the currency that it reports in.
    reporting_currency: String,
    /// The IANA time zone in which its days are meant.
    timezone: String,
    /// The day its weeks start on.
    week_start: Weekday,
    /// The month its fiscal years start in, which quarters and years are counted from.
    fiscal_year_start: MonthOfYear,
}

/// A member of an agency.
#[derive(Debug, SimpleObject)]
pub(crate) struct Member {
    /// Its id.
    id: ID,
    /// Its name as shown.
    name: String,
}

impl From<bellwether_service::Viewer> for Viewer {
    fn from(viewer: bellwether_service::Viewer) -> Self {
        Self {
            agency: viewer.agency.into(),
            member: viewer.member.map(Into::into),
            role: viewer.role.into(),
        }
    }
}

impl From<agency::Agency> for Agency {
    fn from(agency: agency::Agency) -> Self {
        Self {
            id: agency.id.into(),
            slug: agency.slug.to_string(),
            name: agency.name,
            reporting_currency: agency.reporting_currency.to_string(),
            timezone: agency.timezone.to_string(),
            week_start: agency.week_start.into(),
            fiscal_year_start: agency.fiscal_year_start.into(),
        }
    }
}

impl From<member::Member> for Member {
    fn from(member: member::Member) -> Self {
        Self {
            id: member.id.into(),
            name: member.name,
        }
    }
}
