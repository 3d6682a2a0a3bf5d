//! The curves of all campaigns, from their final days.
//!
//! Invariant: days after the last final one, and days without spend, are never looked at.

use std::collections::BTreeSet;

use crate::bootstrap::WeekDraws;
use crate::config::Config;
use crate::count::units;
use crate::curve::{Curve, MeanCurve};
use crate::fit::{Days, Fit, fit};
use crate::request::{Campaign, Day, Request};

/// Every campaign's usable days, their weeks, and the fits.
pub(crate) struct Portfolio {
    days: Vec<Days>,
    weeks: Vec<Vec<i32>>,
    pub(crate) fits: Vec<Option<Fit>>,
    pub(crate) pooled_roi: f64,
}

impl Portfolio {
    pub(crate) fn fit(request: &Request, config: &Config) -> Self {
        let usable = |campaign: &Campaign| {
            let days = campaign.days.iter();
            let usable =
                days.filter(|day| day.day <= request.final_through && day.spend_micros > 0);
            usable.copied().collect::<Vec<Day>>()
        };
        let usable: Vec<Vec<Day>> = request.campaigns.iter().map(usable).collect();
        let (mut spend, mut value) = (0_i128, 0_i128);
        for day in usable.iter().flatten() {
            spend += i128::from(day.spend_micros);
            value += i128::from(day.value_micros);
        }
        let pooled_roi = if spend > 0 { ratio(value, spend) } else { 0.0 };
        let amounts = |day: &Day| (units(day.spend_micros), units(day.value_micros));
        let days: Vec<Days> = usable
            .iter()
            .map(|days| Days::new(days.iter().map(amounts)))
            .collect();
        // Weeks begin on Mondays; 1970-01-01 was a Thursday.
        let week = |day: &Day| (day.day + 3).div_euclid(7);
        Self {
            fits: days
                .iter()
                .map(|days| fit(days, pooled_roi, &config.fit))
                .collect(),
            weeks: usable
                .iter()
                .map(|days| days.iter().map(week).collect())
                .collect(),
            days,
            pooled_roi,
        }
    }

    pub(crate) fn mean_curves(&self, config: &Config) -> Vec<MeanCurve> {
        let weeks: BTreeSet<i32> = self.weeks.iter().flatten().copied().collect();
        let draws = WeekDraws::new(&weeks, config.gate.draws, config.gate.seed);
        let one = |index: usize| {
            let curves = match &self.fits[index] {
                Some(fit) => draws.curves(fit, &self.days[index], &self.weeks[index]),
                None => vec![Curve::saturating(0.0, 1.0); config.gate.draws],
            };
            MeanCurve::new(curves).expect("fitted curves are concave, and at least one is drawn")
        };
        (0..self.fits.len()).map(one).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a ratio shown to a few digits")]
fn ratio(value: i128, spend: i128) -> f64 {
    value as f64 / spend as f64
}
