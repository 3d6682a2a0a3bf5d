//! How many people each campaign reached, by whole calendar month, as platforms report it.
//!
//! Invariant: no month is under way, and nobody is reached more often than ads were shown.

use bellwether_domain::time::{Date, Month};

use super::delivery::Delivered;
use super::noise::{generator, noise, real, whole};
use super::plan::shifted;
use super::row::{OwnedCell, Row};

/// How many whole months are reported.
const MONTHS: usize = 6;

/// How often a person sees a campaign's ads in a month.
const FREQUENCY: f64 = 2.4;

/// The rows of one campaign, in the columns of `reach`: `from,until,campaign,reach,impressions`.
pub(super) fn rows(seed: u64, delivered: &Delivered, today: Date) -> Vec<Row> {
    let mut rng = generator(seed, &format!("reach {}", delivered.campaign));
    let mut rows = Vec::new();
    for month in whole_months_before(today) {
        let days = month.days();
        let shown = delivered.days.iter().filter(|(day, _)| days.contains(*day));
        let impressions: i64 = shown.map(|(_, measures)| measures.impressions()).sum();
        let reach = whole(real(impressions) / (FREQUENCY * noise(&mut rng, 0.3)));
        if reach > 0 {
            rows.push(Row(vec![
                OwnedCell::Date(days.from()),
                OwnedCell::Date(days.until()),
                OwnedCell::text(Some(&delivered.campaign)),
                OwnedCell::Integer(reach),
                OwnedCell::Integer(impressions),
            ]));
        }
    }
    rows
}

/// The latest months that are over, the newest first.
fn whole_months_before(today: Date) -> impl Iterator<Item = Month> {
    let latest = Month::of(shifted(Month::of(today).first_day(), -1));
    let earlier = |month: &Month| Some(Month::of(shifted(month.first_day(), -1)));
    std::iter::successors(Some(latest), earlier).take(MONTHS)
}
