//! The audience reports of a brand: who was reached, by country and by age and gender.
//!
//! Invariant: a breakdown comes near its campaign's totals and seldom meets them, since
//! platforms keep back groups too small to stay unknown.

use std::sync::Arc;

use bellwether_domain::fact::Text;
use bellwether_domain::time::{Date, day_number};
use rand_pcg::Pcg64;

use super::columns::Reported;
use super::delivery::Delivered;
use super::noise::{generator, noise};
use super::plan::{AGES, AgencyPlan, BrandPlan, Trait};

/// How far back the platforms tell who was reached.
pub(super) const AUDIENCE_DAYS: i32 = 120;

/// Groups with fewer impressions are kept back.
const IMPRESSIONS_MIN: i64 = 100;

/// Reach by age where a campaign reaches the youngest, whoever the buyers are.
const YOUNG: [f64; AGES.len()] = [0.58, 0.24, 0.1, 0.05, 0.03];

/// How readily each age group buys, around 1.
const READINESS: [f64; AGES.len()] = [0.7, 1.05, 1.2, 1.1, 0.95];

/// The key texts of one group of people.
type Texts = Vec<(&'static str, Text)>;

/// One group of people: its part of the reach and of the sales.
struct Group {
    texts: Texts,
    reached: f64,
    sold: f64,
}

/// The rows of one campaign's audience over the last [`AUDIENCE_DAYS`].
pub(super) fn rows(
    seed: u64,
    (agency, brand): (&AgencyPlan, &BrandPlan),
    delivered: &Delivered,
    today: Date,
) -> Vec<Reported> {
    let mut rng = generator(seed, &format!("audience {}", delivered.campaign));
    let mut groups = by_country(agency);
    if delivered.plan.is(Trait::AgeGender) {
        let young = delivered.plan.is(Trait::Young);
        groups.extend(by_age_and_gender(brand, young));
    }
    let mut rows = Vec::new();
    for (day, measures) in &delivered.days {
        if day_number(today) - day_number(*day) > AUDIENCE_DAYS {
            continue;
        }
        for group in &groups {
            let (reached, sold) = group.shares(&mut rng);
            let part = measures.part(&mut rng, reached, sold);
            if part.impressions() >= IMPRESSIONS_MIN {
                rows.push(Reported {
                    day: *day,
                    campaign: Arc::clone(&delivered.campaign),
                    texts: group.texts.clone(),
                    measures: part,
                });
            }
        }
    }
    rows
}

impl Group {
    fn shares(&self, rng: &mut Pcg64) -> (f64, f64) {
        (
            self.reached * noise(rng, 0.04),
            self.sold * noise(rng, 0.06),
        )
    }
}

fn by_country(agency: &AgencyPlan) -> Vec<Group> {
    let group = |(country, share): &(&str, f64)| Group {
        texts: vec![("country", Text::from(*country))],
        reached: *share,
        sold: *share,
    };
    agency.countries.iter().map(group).collect()
}

fn by_age_and_gender(brand: &BrandPlan, young: bool) -> Vec<Group> {
    let ages = if young { YOUNG } else { brand.ages };
    let genders = [("FEMALE", brand.female), ("MALE", 1.0 - brand.female)];
    let mut groups = Vec::new();
    for ((age, reached), readiness) in AGES.iter().zip(ages).zip(READINESS) {
        for (gender, part) in genders {
            groups.push(Group {
                texts: vec![("age", Text::from(*age)), ("gender", Text::from(gender))],
                reached: reached * part,
                sold: reached * part * readiness,
            });
        }
    }
    groups
}
