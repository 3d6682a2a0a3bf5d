//! The reference cases of mismatches, by the functions of the plugin.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_plugin_audience_fit::affordability::affordability;
use bellwether_plugin_audience_fit::audience::audience;
use bellwether_plugin_audience_fit::composite::{Components, composite};
use bellwether_plugin_audience_fit::config::{Config, Weights};
use bellwether_plugin_audience_fit::conversion::{Conversions, conversion};
use bellwether_plugin_audience_fit::feedback::{Counts, feedback};
use bellwether_plugin_audience_fit::offer::{Promise, offer, price};
use bellwether_plugin_audience_fit::tone::tone;
use bellwether_reference_cases::{Case, Tolerance, path_of, run};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[test]
fn reference_mismatch_cases() {
    let copies = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference");
    // `tolerance_abs` of the file's header.
    run(&path_of("mismatch_cases.json", copies), answer, |_, _| {
        Tolerance {
            absolute: 1e-6,
            relative: 1e-6,
        }
    });
}

fn answer(case: &Case) -> Option<Value> {
    let input = &case.input;
    let config = Config::default();
    Some(match case.kind.as_str() {
        "audience" => {
            let input: SharesInput = read(input);
            json!(audience(&input.intended, &input.reached, &config.audience))
        }
        "affordability" => {
            let input: SharesInput = read(input);
            json!(affordability(
                &input.intended,
                &input.reached,
                &config.affordability
            ))
        }
        "price" => {
            let input: PriceInput = read(input);
            let (advertised, catalogue) = (micros(input.price_ad), micros(input.price_catalogue));
            json!(price(advertised, catalogue, &config.offer))
        }
        "offer" => json!(offer(&read::<OfferInput>(input).promise(), &config.offer)),
        "tone" => {
            let input: ToneInput = read(input);
            json!(tone(&input.intended, &input.observed, &config.tone))
        }
        "conversion" => {
            let input: ConversionInput = read(input);
            let of = |[converted, visits]: [u64; 2]| Conversions { converted, visits };
            json!(conversion(
                of(input.baseline),
                of(input.current),
                &config.conversion
            ))
        }
        "feedback" => judged_feedback(&read(input)),
        "composite" => joined(&read(input)),
        _ => return None,
    })
}

fn read<T: DeserializeOwned>(input: &Value) -> T {
    serde_json::from_value(input.clone()).expect("a case's input has its kind's form")
}

#[derive(Deserialize)]
struct SharesInput {
    intended: Vec<f64>,
    #[serde(alias = "reached_counts")]
    reached: Vec<f64>,
}

#[derive(Deserialize)]
struct PriceInput {
    price_ad: f64,
    price_catalogue: f64,
}

#[derive(Deserialize)]
struct ToneInput {
    intended: BTreeMap<String, f64>,
    observed: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct ConversionInput {
    baseline: [u64; 2],
    current: [u64; 2],
}

#[derive(Deserialize)]
struct OfferInput {
    price: Option<[f64; 2]>,
    #[serde(default)]
    attributes_ad: BTreeMap<String, String>,
    #[serde(default)]
    attributes_catalogue: BTreeMap<String, String>,
    #[serde(default)]
    claims_ad: Vec<String>,
    claims_approved: Option<BTreeSet<String>>,
    #[serde(default)]
    claim_severity: BTreeMap<String, f64>,
    content_updated: Option<Date>,
    product_updated: Option<Date>,
}

impl OfferInput {
    fn promise(self) -> Promise {
        let dates = self.content_updated.zip(self.product_updated);
        Promise {
            price_micros: self
                .price
                .map(|[ad, catalogue]| (micros(ad), micros(catalogue))),
            attributes_advertised: self.attributes_ad,
            attributes_of_product: self.attributes_catalogue,
            claims: self.claims_ad,
            claims_approved: self.claims_approved,
            severities: self.claim_severity,
            updated: dates.map(|(content, product)| (day(content), day(product))),
        }
    }
}

#[derive(Deserialize)]
struct FeedbackInput {
    bad: u64,
    n: u64,
    base: f64,
    cap: f64,
    strength: Option<f64>,
}

fn judged_feedback(input: &FeedbackInput) -> Value {
    let mut config = Config::default().feedback;
    config.strength = input.strength.unwrap_or(config.strength);
    let counts = Counts {
        bad: input.bad,
        n: input.n,
        base: input.base,
        cap: input.cap,
    };
    json!(feedback(&counts, &config))
}

#[derive(Deserialize)]
struct CompositeInput {
    components: BTreeMap<String, Option<f64>>,
    weights: Option<Weights>,
    hard: Option<String>,
    #[serde(default)]
    repeat: u32,
}

fn joined(input: &CompositeInput) -> Value {
    let config = Config::default();
    let of = |name: &str| input.components.get(name).copied().flatten();
    let components = Components {
        audience: of("audience"),
        offer: of("offer"),
        tone: of("tone"),
        affordability: of("affordability"),
        conversion: of("conversion"),
        feedback: of("feedback"),
    };
    let weights = input.weights.unwrap_or(config.weights);
    let hard = input.hard.as_deref();
    json!(composite(
        &components,
        input.repeat,
        hard,
        &weights,
        &config.composite
    ))
}

/// The cases print money with two decimals, which the nearest micro is exactly.
#[expect(
    clippy::cast_possible_truncation,
    reason = "amounts of the cases are small"
)]
fn micros(amount: f64) -> i64 {
    (amount * 1e6).round() as i64
}

fn day(date: Date) -> i32 {
    (date - jiff::civil::date(1970, 1, 1)).get_days()
}
