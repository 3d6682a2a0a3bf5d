//! One campaign: every component from what is known of it, and the composite.
//!
//! Invariant: a component without evidence is absent from the composite, and its row in the evidence
//! is null.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::affordability::{Affordability, affordability};
use crate::audience::{Audience, across_dimensions, audience};
use crate::composite::{Components, Composite, composite};
use crate::config::Config;
use crate::conversion::{Conversion, Conversions, conversion};
use crate::feedback::{Counts, Feedback, feedback};
use crate::offer::{Offer, Promise, offer};
use crate::tone::{Tone, tone};

/// The hard rule of claims.
pub const UNSUPPORTED_CLAIM: &str = "UNSUPPORTED_CLAIM_SEVERITY_1";

/// What is known of a campaign.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Subject {
    /// Intended shares and people reached, by dimension.
    pub audience: BTreeMap<String, (Vec<f64>, Vec<f64>)>,
    /// What its content promises.
    pub promise: Promise,
    /// Intended and observed tone.
    pub tone: Option<(BTreeMap<String, f64>, BTreeMap<String, f64>)>,
    /// Intended and reached shares of price tiers, cheapest first.
    pub tiers: Option<(Vec<f64>, Vec<f64>)>,
    /// Conversions before and now.
    pub conversions: Option<(Conversions, Conversions)>,
    /// Refunds, bad reviews and the like, by name.
    pub feedback: BTreeMap<String, Counts>,
    /// Earlier mismatches within the window of the configuration.
    pub earlier_mismatches: u32,
}

/// A campaign's components and composite.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// By dimension.
    pub audience: BTreeMap<String, Audience>,
    /// The offer.
    pub offer: Option<Offer>,
    /// The tone.
    pub tone: Option<Tone>,
    /// The price tiers.
    pub affordability: Option<Affordability>,
    /// The conversions.
    pub conversion: Option<Conversion>,
    /// By name.
    pub feedback: BTreeMap<String, Feedback>,
    /// The composite.
    pub composite: Composite,
}

/// Judges a campaign.
pub fn judge(subject: &Subject, config: &Config) -> Judgement {
    let dimensions = subject.audience.iter();
    let audience: BTreeMap<String, Audience> = dimensions
        .filter_map(|(name, (intended, reached))| {
            let compared = audience(intended, reached, &config.audience)?;
            Some((name.clone(), compared))
        })
        .collect();
    let kinds = subject.feedback.iter();
    let feedback: BTreeMap<String, Feedback> = kinds
        .filter_map(|(name, counts)| Some((name.clone(), feedback(counts, &config.feedback)?)))
        .collect();
    let offer = offer(&subject.promise, &config.offer);
    let tone = subject
        .tone
        .as_ref()
        .and_then(|(intended, observed)| tone(intended, observed, &config.tone));
    let affordability = subject
        .tiers
        .as_ref()
        .and_then(|(intended, reached)| affordability(intended, reached, &config.affordability));
    let conversion = subject
        .conversions
        .and_then(|(baseline, current)| conversion(baseline, current, &config.conversion));
    let scores: Vec<f64> = audience.values().map(|dimension| dimension.score).collect();
    let with_evidence = feedback.values().filter(|feedback| feedback.n > 0);
    let components = Components {
        audience: across_dimensions(&scores),
        offer: offer.as_ref().map(|offer| offer.score),
        tone: tone.as_ref().map(|tone| tone.score),
        affordability: affordability.map(|affordability| affordability.score),
        conversion: conversion.map(|conversion| conversion.score),
        // The worst of them: good reviews don't pay refunds back.
        feedback: with_evidence
            .map(|feedback| feedback.score)
            .max_by(f64::total_cmp),
    };
    let hard_rule = offer
        .as_ref()
        .filter(|offer| offer.has_breach)
        .map(|_| UNSUPPORTED_CLAIM);
    let repeats = subject.earlier_mismatches;
    Judgement {
        composite: composite(
            &components,
            repeats,
            hard_rule,
            &config.weights,
            &config.composite,
        ),
        audience,
        offer,
        tone,
        affordability,
        conversion,
        feedback,
    }
}

impl Judgement {
    /// Every number, and the thresholds that it rests on; what is not known is null or empty.
    pub fn evidence(&self, config: &Config) -> Value {
        json!({
            "composite": self.composite,
            "audience": self.audience,
            "offer": self.offer,
            "tone": self.tone,
            "affordability": self.affordability,
            "conversion": self.conversion,
            "feedback": self.feedback,
            "thresholds": config,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_campaign_of_which_nothing_is_known_is_not_judged() {
        let judgement = judge(&Subject::default(), &Config::default());
        assert_eq!(judgement.composite.score, None);
        assert_eq!(judgement.composite.band, "insufficient_evidence");
    }

    #[test]
    fn feedback_without_orders_is_no_evidence() {
        let none = Counts {
            bad: 0,
            n: 0,
            base: 0.05,
            cap: 0.25,
        };
        let subject = Subject {
            feedback: BTreeMap::from([("refunds".to_owned(), none)]),
            ..Subject::default()
        };
        let judgement = judge(&subject, &Config::default());
        assert!(judgement.composite.coverage < 1e-9);
    }

    #[test]
    fn a_miracle_cure_breaks_the_hard_rule_however_well_the_rest_fits() {
        let promise = Promise {
            claims: vec!["miracle cure".to_owned()],
            claims_approved: Some(BTreeSet::new()),
            severities: BTreeMap::from([("miracle cure".to_owned(), 1.0)]),
            ..Promise::default()
        };
        let fits = (vec![0.5, 0.5], vec![500.0, 500.0]);
        let subject = Subject {
            audience: BTreeMap::from([("age".to_owned(), fits)]),
            promise,
            ..Subject::default()
        };
        let config = Config::default();
        let judgement = judge(&subject, &config);
        assert_eq!(judgement.composite.band, "severe");
        let evidence = judgement.evidence(&config);
        assert_eq!(evidence["composite"]["hard_rule"], UNSUPPORTED_CLAIM);
        assert_eq!(evidence["tone"], Value::Null);
    }
}
