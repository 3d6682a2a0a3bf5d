//! Whether the content promises what the product is: price, attributes, claims, and their age.
//!
//! - price: min(1, |advertised - catalogue| / catalogue / cap)
//! - attributes: the share of those named on both sides that differ
//! - claims: min(1, sum of the severities of claims that are not approved)
//! - stale: 1 when the content is older than the product's data
//!
//! score = max(weighted mean of what is known, 0.9 x the larger of price and claims): a wrong price
//! is not mended by right attributes. Invariant: prices are compared as whole micros.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::OfferConfig;

/// A claim of this severity or above is a breach by itself.
pub const SEVERITY_OF_BREACH: f64 = 1.0;

/// What is promised and what is true.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Promise {
    /// The advertised and the catalogue's price, in micros of one currency.
    pub price_micros: Option<(i64, i64)>,
    /// Attributes that the content names.
    pub attributes_advertised: BTreeMap<String, String>,
    /// Attributes of the product.
    pub attributes_of_product: BTreeMap<String, String>,
    /// Claims that the content makes.
    pub claims: Vec<String>,
    /// Claims that are approved; `None` when nobody said.
    pub claims_approved: Option<BTreeSet<String>>,
    /// How grave each claim is when it isn't approved, 0 to 1.
    pub severities: BTreeMap<String, f64>,
    /// When the content and the product's data were changed last; days since 1970-01-01.
    pub updated: Option<(i32, i32)>,
}

/// The comparison; its fields are the evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Offer {
    /// The parts, 0 to 1 each.
    pub parts: Parts,
    /// The prices.
    pub price: Option<Price>,
    /// Attributes that differ.
    pub mismatched_attributes: Vec<String>,
    /// Claims that are not approved.
    pub unsupported_claims: Vec<String>,
    /// Whether one of them is a breach by itself.
    pub has_breach: bool,
    /// The weighted mean of the parts that are known.
    pub weighted_mean: f64,
    /// 0 to 1.
    pub score: f64,
}

/// The parts of an offer's score; `None` is not known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Parts {
    /// The price's.
    pub price: Option<f64>,
    /// The attributes'.
    pub attributes: Option<f64>,
    /// The claims'.
    pub claims: Option<f64>,
    /// The age's.
    pub stale: Option<f64>,
}

/// Two prices.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Price {
    /// Their distance by the catalogue's.
    pub relative_difference: f64,
    /// `ad_lower`, `ad_higher` or `equal`.
    pub direction: &'static str,
    /// 0 to 1.
    pub score: f64,
}

/// Compares; `None` when nothing is known.
pub fn offer(promise: &Promise, config: &OfferConfig) -> Option<Offer> {
    let price = promise
        .price_micros
        .and_then(|(advertised, catalogue)| price(advertised, catalogue, config));
    let (attributes, mismatched_attributes) = attributes(promise);
    let unsupported = unsupported(promise);
    let severity = |claim: &String| {
        let known = promise.severities.get(claim).copied();
        known.unwrap_or(config.severity_default)
    };
    let severities: Option<Vec<f64>> = unsupported
        .as_ref()
        .map(|claims| claims.iter().map(severity).collect());
    let parts = Parts {
        price: price.map(|price| price.score),
        attributes,
        claims: severities
            .as_ref()
            .map(|severities| severities.iter().sum::<f64>().min(1.0)),
        stale: promise
            .updated
            .map(|(content, product)| if content < product { 1.0 } else { 0.0 }),
    };
    let weighted_mean = parts.weighted_mean(config)?;
    let worst = parts.price.unwrap_or(0.0).max(parts.claims.unwrap_or(0.0));
    let breaches = |severity: &f64| *severity >= SEVERITY_OF_BREACH;
    Some(Offer {
        parts,
        price,
        mismatched_attributes,
        unsupported_claims: unsupported.unwrap_or_default(),
        has_breach: severities.is_some_and(|severities| severities.iter().any(breaches)),
        weighted_mean,
        score: weighted_mean.max(config.worst_part_share * worst),
    })
}

/// Compares two prices; `None` when the catalogue's is not above 0.
pub fn price(advertised_micros: i64, catalogue_micros: i64, config: &OfferConfig) -> Option<Price> {
    if catalogue_micros <= 0 {
        return None;
    }
    let distance = i128::from(advertised_micros) - i128::from(catalogue_micros);
    #[expect(clippy::cast_precision_loss, reason = "a ratio shown to a few digits")]
    let relative_difference = distance.unsigned_abs() as f64 / catalogue_micros as f64;
    // 24.00 for 30.00 is a fifth exactly, which no float of it may miss by its last bit.
    let score = relative_difference / config.price_cap;
    Some(Price {
        relative_difference,
        direction: match distance.signum() {
            -1 => "ad_lower",
            0 => "equal",
            _ => "ad_higher",
        },
        score: if score > 1.0 - 1e-12 { 1.0 } else { score },
    })
}

impl Parts {
    fn weighted_mean(&self, config: &OfferConfig) -> Option<f64> {
        let parts = [
            (self.price, config.price_weight),
            (self.attributes, config.attributes_weight),
            (self.claims, config.claims_weight),
            (self.stale, config.stale_weight),
        ];
        let known = || {
            parts
                .iter()
                .filter_map(|(part, weight)| Some(((*part)?, weight)))
        };
        let weight: f64 = known().map(|(_, weight)| weight).sum();
        let sum: f64 = known().map(|(part, weight)| part * weight).sum();
        (weight > 0.0).then(|| sum / weight)
    }
}

/// The share of attributes named on both sides that differ, and which.
fn attributes(promise: &Promise) -> (Option<f64>, Vec<String>) {
    let mut mismatched = Vec::new();
    let mut shared = 0_u32;
    for (name, advertised) in &promise.attributes_advertised {
        if let Some(true_value) = promise.attributes_of_product.get(name) {
            shared += 1;
            if !is_same(advertised, true_value) {
                mismatched.push(name.clone());
            }
        }
    }
    let wrong = u32::try_from(mismatched.len()).unwrap_or(u32::MAX);
    let share = (shared > 0).then(|| f64::from(wrong) / f64::from(shared));
    (share, mismatched)
}

fn unsupported(promise: &Promise) -> Option<Vec<String>> {
    let approved = promise.claims_approved.as_ref()?;
    let is_approved = |claim: &&String| approved.iter().any(|known| is_same(known, claim));
    let unsupported = promise.claims.iter().filter(|claim| !is_approved(claim));
    Some(unsupported.cloned().collect())
}

/// Words that differ in case or in surrounding blanks alone say the same.
fn is_same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(promise: &Promise) -> Option<Offer> {
        offer(promise, &OfferConfig::default())
    }

    #[test]
    fn an_offer_of_which_nothing_is_known_has_no_score() {
        assert_eq!(compared(&Promise::default()), None);
    }

    #[test]
    fn only_what_is_known_is_weighed() {
        let promise = Promise {
            price_micros: Some((95_000_000, 100_000_000)),
            ..Promise::default()
        };
        let found = compared(&promise).unwrap();
        assert!((found.weighted_mean - 0.25).abs() < 1e-12);
        assert_eq!(found.parts.claims, None);
    }

    #[test]
    fn the_case_of_a_word_makes_no_difference() {
        let promise = Promise {
            claims: vec![" Hydrates".to_owned()],
            claims_approved: Some(BTreeSet::from(["hydrates".to_owned()])),
            ..Promise::default()
        };
        assert_eq!(
            compared(&promise).unwrap().unsupported_claims,
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_claim_of_full_severity_is_a_breach_and_one_below_is_not() {
        let breach = |severity| {
            let promise = Promise {
                claims: vec!["cures".to_owned()],
                claims_approved: Some(BTreeSet::new()),
                severities: BTreeMap::from([("cures".to_owned(), severity)]),
                ..Promise::default()
            };
            compared(&promise).unwrap().has_breach
        };
        assert!(breach(1.0));
        assert!(!breach(0.99));
    }

    #[test]
    fn a_price_without_a_catalogue_price_is_not_compared() {
        assert_eq!(price(5, 0, &OfferConfig::default()), None);
    }
}
