//! `mismatch_cases.json`, through `audience_fit`.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_plugin_host::ColumnData;
use bellwether_reference_cases::{Case, Tolerance, path_of, run};
use serde::Deserialize;
use serde_json::{Value, json};

use super::COPIES;
use super::asked::{Plugin, Rows, day, read};

#[test]
fn the_mismatch_cases_pass_through_the_built_library() {
    let plugin = Plugin::built("audience_fit");
    let ask = |facts: Vec<Fact>, config: Value| plugin.evidence(&config, rows(&facts)).remove(0);
    let answer = |case: &Case| {
        let input = &case.input;
        Some(match case.kind.as_str() {
            "audience" => {
                let facts = shares("AUDIENCE", &read(input));
                ask(facts, json!({}))["audience"]["it"].take()
            }
            "affordability" => ask(shares("TIER", &read(input)), json!({}))["affordability"].take(),
            "price" => {
                let input: PriceInput = read(input);
                let facts = vec![price(input.price_ad, input.price_catalogue)];
                ask(facts, json!({}))["offer"]["price"].take()
            }
            "offer" => ask(offer(&read(input)), json!({}))["offer"].take(),
            "tone" => ask(tone(&read(input)), json!({}))["tone"].take(),
            "conversion" => ask(conversion(&read(input)), json!({}))["conversion"].take(),
            "feedback" => {
                let input: FeedbackInput = read(input);
                let strength = input.strength.map_or(
                    json!({}),
                    |strength| json!({ "feedback": { "strength": strength } }),
                );
                ask(vec![feedback(&input)], strength)["feedback"]["it"].take()
            }
            "composite" => {
                let input: CompositeInput = read(input);
                let weights = input.weights.as_ref();
                let config = weights.map_or(json!({}), |weights| json!({ "weights": weights }));
                ask(composite(&input), config)["composite"].take()
            }
            _ => return None,
        })
    };
    // `tolerance_abs` of the file's header.
    run(&path_of("mismatch_cases.json", COPIES), answer, |_, _| {
        Tolerance {
            absolute: 1e-6,
            relative: 1e-6,
        }
    });
}

/// One row of the input, as far as it is filled.
#[derive(Debug, Default, Clone)]
struct Fact {
    aspect: &'static str,
    name: Option<String>,
    label: Option<String>,
    intended: Option<f64>,
    observed: Option<f64>,
    intended_text: Option<String>,
    observed_text: Option<String>,
    intended_day: Option<i32>,
    observed_day: Option<i32>,
    count: Option<i64>,
    total: Option<i64>,
    base: Option<f64>,
    cap: Option<f64>,
}

/// All of one campaign.
fn rows(facts: &[Fact]) -> Rows {
    let texts =
        |of: &dyn Fn(&Fact) -> Option<String>| ColumnData::Utf8(facts.iter().map(of).collect());
    let numbers =
        |of: &dyn Fn(&Fact) -> Option<f64>| ColumnData::Float64(facts.iter().map(of).collect());
    let days = |of: &dyn Fn(&Fact) -> Option<i32>| ColumnData::Date(facts.iter().map(of).collect());
    let counts =
        |of: &dyn Fn(&Fact) -> Option<i64>| ColumnData::Int64(facts.iter().map(of).collect());
    Rows::of(vec!["0000".to_owned(); facts.len()])
        .with("aspect", texts(&|fact| Some(fact.aspect.to_owned())))
        .with("name", texts(&|fact| fact.name.clone()))
        .with("label", texts(&|fact| fact.label.clone()))
        .with("intended", numbers(&|fact| fact.intended))
        .with("observed", numbers(&|fact| fact.observed))
        .with("intended_text", texts(&|fact| fact.intended_text.clone()))
        .with("observed_text", texts(&|fact| fact.observed_text.clone()))
        .with("intended_day", days(&|fact| fact.intended_day))
        .with("observed_day", days(&|fact| fact.observed_day))
        .with("count", counts(&|fact| fact.count))
        .with("total", counts(&|fact| fact.total))
        .with("base", numbers(&|fact| fact.base))
        .with("cap", numbers(&|fact| fact.cap))
}

#[derive(Deserialize)]
struct SharesInput {
    intended: Vec<f64>,
    #[serde(alias = "reached_counts")]
    reached: Vec<f64>,
}

fn shares(aspect: &'static str, input: &SharesInput) -> Vec<Fact> {
    let pairs = input.intended.iter().zip(&input.reached);
    let fact = |(intended, reached): (&f64, &f64)| Fact {
        aspect,
        name: Some("it".to_owned()),
        intended: Some(*intended),
        observed: Some(*reached),
        ..Fact::default()
    };
    pairs.map(fact).collect()
}

#[derive(Deserialize)]
struct PriceInput {
    price_ad: f64,
    price_catalogue: f64,
}

fn price(advertised: f64, catalogue: f64) -> Fact {
    Fact {
        aspect: "PRICE",
        intended: Some(catalogue),
        observed: Some(advertised),
        ..Fact::default()
    }
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
    content_updated: Option<String>,
    product_updated: Option<String>,
}

fn offer(input: &OfferInput) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    facts.extend(
        input
            .price
            .map(|[advertised, catalogue]| price(advertised, catalogue)),
    );
    let names = input
        .attributes_ad
        .keys()
        .chain(input.attributes_catalogue.keys());
    for name in names.collect::<BTreeSet<_>>() {
        facts.push(Fact {
            aspect: "ATTRIBUTE",
            label: Some(name.clone()),
            intended_text: input.attributes_catalogue.get(name).cloned(),
            observed_text: input.attributes_ad.get(name).cloned(),
            ..Fact::default()
        });
    }
    let advertised: BTreeSet<&String> = input.claims_ad.iter().collect();
    let approved = input.claims_approved.iter().flatten();
    let quiet = approved.filter(|claim| !advertised.contains(claim));
    for claim in input.claims_ad.iter().chain(quiet) {
        let approval = input.claims_approved.as_ref().map(|approved| {
            let approval = if approved.contains(claim) {
                "APPROVED"
            } else {
                "NOT_APPROVED"
            };
            approval.to_owned()
        });
        facts.push(Fact {
            aspect: "CLAIM",
            label: Some(claim.clone()),
            observed: input.claim_severity.get(claim).copied(),
            intended_text: approval,
            observed_text: advertised.contains(claim).then(|| "ADVERTISED".to_owned()),
            ..Fact::default()
        });
    }
    let days = input
        .content_updated
        .as_ref()
        .zip(input.product_updated.as_ref());
    facts.extend(days.map(|(content, product)| Fact {
        aspect: "CONTENT",
        intended_day: Some(day(product)),
        observed_day: Some(day(content)),
        ..Fact::default()
    }));
    facts
}

#[derive(Deserialize)]
struct ToneInput {
    intended: BTreeMap<String, f64>,
    observed: BTreeMap<String, f64>,
}

fn tone(input: &ToneInput) -> Vec<Fact> {
    let axes: BTreeSet<_> = input.intended.keys().chain(input.observed.keys()).collect();
    let fact = |axis: &String| Fact {
        aspect: "TONE",
        label: Some(axis.clone()),
        intended: input.intended.get(axis).copied(),
        observed: input.observed.get(axis).copied(),
        ..Fact::default()
    };
    axes.into_iter().map(fact).collect()
}

#[derive(Deserialize)]
struct ConversionInput {
    baseline: [i64; 2],
    current: [i64; 2],
}

fn conversion(input: &ConversionInput) -> Vec<Fact> {
    let fact = |label: &str, [converted, visits]: [i64; 2]| Fact {
        aspect: "CONVERSION",
        label: Some(label.to_owned()),
        count: Some(converted),
        total: Some(visits),
        ..Fact::default()
    };
    vec![
        fact("BASELINE", input.baseline),
        fact("CURRENT", input.current),
    ]
}

#[derive(Deserialize)]
struct FeedbackInput {
    bad: i64,
    n: i64,
    base: f64,
    cap: f64,
    strength: Option<f64>,
}

fn feedback(input: &FeedbackInput) -> Fact {
    Fact {
        aspect: "FEEDBACK",
        label: Some("it".to_owned()),
        count: Some(input.bad),
        total: Some(input.n),
        base: Some(input.base),
        cap: Some(input.cap),
        ..Fact::default()
    }
}

#[derive(Deserialize)]
struct CompositeInput {
    components: BTreeMap<String, Option<f64>>,
    weights: Option<BTreeMap<String, f64>>,
    hard: Option<String>,
    #[serde(default)]
    repeat: i64,
}

fn composite(input: &CompositeInput) -> Vec<Fact> {
    let component = |(name, score): (&String, &Option<f64>)| Fact {
        aspect: "COMPONENT",
        label: Some(name.clone()),
        observed: *score,
        ..Fact::default()
    };
    let mut facts: Vec<Fact> = input.components.iter().map(component).collect();
    facts.push(Fact {
        aspect: "REPEATS",
        count: Some(input.repeat),
        ..Fact::default()
    });
    facts.extend(input.hard.as_ref().map(|rule| Fact {
        aspect: "HARD_RULE",
        label: Some(rule.clone()),
        ..Fact::default()
    }));
    facts
}
