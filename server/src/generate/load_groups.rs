//! What a campaign's day is divided into in the facts for load tests: ads, or groups of people.
//!
//! Invariant: the key texts of a campaign's groups differ from each other.

use bellwether_domain::fact::Text;
use rand::RngExt;
use rand_pcg::Pcg64;

use super::plan::AGES;

/// The key texts of one row of a campaign's day.
pub(super) type Texts = Vec<(&'static str, Text)>;

const COUNTRIES: [&str; 8] = ["US", "GB", "DE", "FR", "JP", "CN", "BR", "AU"];

const GENDERS: [&str; 2] = ["FEMALE", "MALE"];

/// The most countries that a campaign reaches.
pub(super) const fn countries_max() -> usize {
    COUNTRIES.len()
}

/// The most ads of a campaign where there are about so many: three tenths more.
pub(super) const fn ads_max(about: u32) -> u32 {
    let more = about.saturating_mul(13) / 10;
    if more == 0 { 1 } else { more }
}

/// A campaign's ads in its ad groups: about so many, and at least `min`.
pub(super) fn ad_groups_and_ads(
    external_id: &str,
    about: u32,
    min: u32,
    rng: &mut Pcg64,
) -> Vec<Texts> {
    let fewest = (about.saturating_mul(7) / 10).max(1);
    let n_ads = rng.random_range(fewest..=ads_max(about)).max(min);
    let n_groups = rng.random_range(2..=3_u32).min(n_ads);
    (0..n_ads)
        .map(|ad| {
            let group = ad * n_groups / n_ads;
            vec![
                ("ad_group", Text::from(format!("{external_id}{group:02}"))),
                ("ad", Text::from(format!("{external_id}{group:02}{ad:03}"))),
            ]
        })
        .collect()
}

/// The groups of people in the first so many countries, by country, age and gender.
pub(super) fn people(countries: usize) -> Vec<Texts> {
    let mut groups = Vec::new();
    for country in &COUNTRIES[..countries.min(COUNTRIES.len())] {
        for age in AGES {
            for gender in GENDERS {
                let texts = [("country", *country), ("age", age), ("gender", gender)];
                groups.push(texts.map(|(name, text)| (name, Text::from(text))).to_vec());
            }
        }
    }
    groups
}
