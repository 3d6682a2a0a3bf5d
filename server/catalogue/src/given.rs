//! What unit tests of several modules start from.

use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::calendar::MonthOfYear;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::money::Currency;
use bellwether_domain::time::{Timestamp, Weekday, ZoneName};

use crate::{Catalogue, CatalogueConfig, Location};

/// A fresh catalogue with one agency, and the scope of its operator.
pub(crate) fn an_agency(location: Location, now: Timestamp) -> (Catalogue, Scope) {
    let catalogue = Catalogue::open(CatalogueConfig {
        location,
        readers_max: 2,
        writer_queue_max: 4,
        busy_timeout_ms: 10_000,
    })
    .unwrap();
    catalogue.migrate().unwrap();
    let agency = Agency {
        id: AgencyId::from_parts(now, 1),
        slug: Slug::parse("mine").unwrap(),
        name: "Mine".to_owned(),
        reporting_currency: Currency::parse("USD").unwrap(),
        timezone: ZoneName::parse("UTC").unwrap(),
        week_start: Weekday::Monday,
        fiscal_year_start: MonthOfYear::January,
    };
    catalogue.create_agency(&agency, now).unwrap();
    let scope = catalogue.operator_scope(&agency.slug).unwrap();
    (catalogue, scope)
}
