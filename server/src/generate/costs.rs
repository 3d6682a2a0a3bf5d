//! What a brand pays beside media: the agency's fee by month, films and influencers by campaign.
//!
//! Invariant: no cost lies ahead of today, so that the month under way bears only its part.

use bellwether_domain::fact::Text;
use bellwether_domain::money::Decimal;
use bellwether_domain::time::{DateRange, Month};

use super::delivery::Delivered;
use super::noise::{real, whole};
use super::plan::{Trait, shifted};
use super::row::{OwnedCell, Row};

/// The agency's fee for each unit of media.
const FEE_PART: f64 = 0.1;

/// Days over which a campaign's films and pictures are written off.
const PRODUCTION_DAYS: i32 = 60;

/// Influencers post from this day of a campaign on.
const INFLUENCER_AFTER_DAYS: i32 = 7;

/// Days over which influencers post.
const INFLUENCER_DAYS: i32 = 28;

/// The rows of the brand's costs: `from,until,campaign,kind,amount,spread`.
pub(super) fn rows(campaigns: &[Delivered], history: DateRange) -> Vec<Row> {
    let mut rows = fees(campaigns, history);
    for delivered in campaigns {
        rows.extend(of_campaign(delivered, history));
    }
    rows
}

/// One fee for each month in which the brand spent anything.
fn fees(campaigns: &[Delivered], history: DateRange) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut from = history.from();
    while let Some(month) = Month::of(from).days().intersect(&history) {
        let amount = whole(real(spend(campaigns, month)) * FEE_PART);
        if let Some(range) = DateRange::new(from, month.until()).filter(|_| amount > 0) {
            rows.push(row(range, None, "agency_fee", amount, "spend"));
        }
        if month.until() >= history.until() {
            break;
        }
        from = month.until();
    }
    rows
}

fn spend(campaigns: &[Delivered], range: DateRange) -> i64 {
    campaigns
        .iter()
        .flat_map(|delivered| &delivered.days)
        .filter(|(day, _)| range.contains(*day))
        .map(|(_, measures)| measures.spend())
        .sum()
}

fn of_campaign(delivered: &Delivered, history: DateRange) -> Vec<Row> {
    let start = delivered.plan.planned(history.until()).0;
    let range = |after, days| {
        let first = shifted(start, after);
        DateRange::new(first, shifted(first, days))?.intersect(&history)
    };
    let cost = |range: Option<DateRange>, kind, amount: f64| {
        let campaign = Some(&delivered.campaign);
        range.map(|range| row(range, campaign, kind, whole(amount * 100.0), "day"))
    };
    let of_trait = |one: &Trait| match one {
        Trait::Production(amount) => cost(range(0, PRODUCTION_DAYS), "production", *amount),
        Trait::Influencer(amount) => {
            let posting = range(INFLUENCER_AFTER_DAYS, INFLUENCER_DAYS);
            cost(posting, "influencer", *amount)
        }
        _ => None,
    };
    delivered.plan.traits.iter().filter_map(of_trait).collect()
}

fn row(range: DateRange, campaign: Option<&Text>, kind: &str, amount: i64, spread: &str) -> Row {
    Row(vec![
        OwnedCell::Date(range.from()),
        OwnedCell::Date(range.until()),
        OwnedCell::text(campaign),
        OwnedCell::Text(Text::from(kind)),
        OwnedCell::Decimal(Decimal::new(amount, 2)),
        OwnedCell::Text(Text::from(spread)),
    ])
}
