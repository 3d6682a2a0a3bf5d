//! What the demonstration's agencies plan: the shape of the tables that its data is made from.
//!
//! Invariant: data only; money is in whole units of the agency's currency.

use bellwether_domain::campaign::{CampaignStatus, Objective, Platform};
use bellwether_domain::member::Role;
use bellwether_domain::time::{Date, DateRange, Weekday, date_of_day_number, day_number};

use super::season::{Holiday, Market};

/// An agency as planned.
#[derive(Debug)]
pub(super) struct AgencyPlan {
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    pub(super) currency: &'static str,
    pub(super) timezone: &'static str,
    pub(super) week_start: Weekday,
    pub(super) market: Market,
    /// Countries that its campaigns reach, with their parts of the reach.
    pub(super) countries: &'static [(&'static str, f64)],
    pub(super) members: &'static [(Role, &'static str)],
    pub(super) brands: &'static [BrandPlan],
}

/// A brand as planned: what it sells and to whom.
#[derive(Debug)]
pub(super) struct BrandPlan {
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    /// The mean value of an order.
    pub(super) order_value: f64,
    /// The part of revenue that buyers get back.
    pub(super) refunds: f64,
    /// The part of net revenue that the goods cost.
    pub(super) goods: f64,
    /// The change of spend over the history.
    pub(super) growth: f64,
    /// Parts of its reach in each group of [`AGES`].
    pub(super) ages: [f64; AGES.len()],
    /// The part of its reach that is female.
    pub(super) female: f64,
    pub(super) campaigns: &'static [CampaignPlan],
}

/// The age groups that the platforms report.
pub(super) const AGES: [&str; 5] = ["18-24", "25-34", "35-44", "45-54", "55+"];

/// A campaign as planned.
#[derive(Debug)]
pub(super) struct CampaignPlan {
    pub(super) external_id: &'static str,
    /// Its name; a campaign around a holiday gets the year appended.
    pub(super) name: &'static str,
    pub(super) platform: Platform,
    pub(super) objective: Objective,
    pub(super) status: CampaignStatus,
    pub(super) timing: Timing,
    /// Spend on a usual day.
    pub(super) daily: f64,
    /// Revenue for each unit of spend on a usual day.
    pub(super) roas: f64,
    pub(super) traits: &'static [Trait],
}

/// When a campaign runs. Days count from today: -1 is yesterday.
#[derive(Debug, Clone, Copy)]
pub(super) enum Timing {
    /// From a day on, with no end planned.
    Since(i32),
    /// From the first day up to and without the second.
    Between(i32, i32),
    /// Around the latest such holiday that is over: from days before it to days after it.
    Around(Holiday, i32, i32),
}

/// What sets a campaign apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Trait {
    /// It spends its daily budget to the last unit and could spend more.
    Capped,
    /// It stopped on this day, counted from today, before its planned end.
    Stopped(i32),
    /// It reaches mostly the youngest, whoever the brand's buyers are.
    Young,
    /// The platform reports it by age and gender too.
    AgeGender,
    /// The platform reports these ad groups too.
    AdGroups(&'static [&'static str]),
    /// The platform reports these ads too, each with its ad group.
    Ads(&'static [(&'static str, &'static str)]),
    /// Its conversions come in late and are restated.
    Restated,
    /// What its films and pictures cost.
    Production(f64),
    /// What its influencers cost.
    Influencer(f64),
}

impl CampaignPlan {
    /// Whether it has the trait.
    pub(super) fn is(&self, wanted: Trait) -> bool {
        self.traits.contains(&wanted)
    }

    /// Its name as shown.
    pub(super) fn full_name(&self, today: Date) -> String {
        match self.timing {
            Timing::Around(holiday, _, after) => {
                let year = holiday.latest_over(today, after).year();
                format!("{} {year}", self.name)
            }
            Timing::Since(_) | Timing::Between(..) => self.name.to_owned(),
        }
    }

    /// Its first day, and the first day after it when an end is planned.
    pub(super) fn planned(&self, today: Date) -> (Date, Option<Date>) {
        match self.timing {
            Timing::Since(from) => (shifted(today, from), None),
            Timing::Between(from, until) => (shifted(today, from), Some(shifted(today, until))),
            Timing::Around(holiday, before, after) => {
                let peak = holiday.latest_over(today, after);
                (shifted(peak, -before), Some(shifted(peak, after)))
            }
        }
    }

    /// The days of the history on which it delivered.
    pub(super) fn delivered(&self, history: DateRange) -> Option<DateRange> {
        let today = history.until();
        let (from, until) = self.planned(today);
        let stopped = self.traits.iter().find_map(|one| match one {
            Trait::Stopped(day) => Some(shifted(today, *day)),
            _ => None,
        });
        let until = stopped.or(until).unwrap_or(today);
        DateRange::new(from, until)?.intersect(&history)
    }
}

/// The day that lies so many days after.
pub(super) fn shifted(day: Date, days: i32) -> Date {
    date_of_day_number(day_number(day) + days).unwrap_or(day)
}
