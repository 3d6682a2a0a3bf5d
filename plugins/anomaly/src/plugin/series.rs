//! Series of any origin: the last value against those before it, or all of a finished one.

use bellwether_plugin_sdk::Input;
use serde_json::{Value, json};

use super::finding::Finding;
use crate::config::Config;
use crate::esd::{Outliers, generalised_esd};
use crate::robust::{self, Verdict};
use crate::season::{self, Sample};

/// One series: whose, and its values in their order; `None` is a missing one.
struct Series {
    campaign: String,
    samples: Vec<(i64, Option<f64>)>,
}

fn all(input: &Input) -> Result<Vec<Series>, String> {
    let values = input.float64("value")?;
    let slots = input.int64("slot")?;
    let one = |rows: &std::ops::Range<usize>| Series {
        campaign: input.entity(rows).unwrap_or_default().to_owned(),
        samples: rows
            .clone()
            .map(|row| (slots.get(row).unwrap_or(0), values.get(row)))
            .collect(),
    };
    Ok(input.entities().iter().map(one).collect())
}

fn finding(series: &Series, is_alert: bool, message: Option<String>, evidence: Value) -> Finding {
    Finding {
        campaign: series.campaign.clone(),
        metric: None,
        day: None,
        is_alert,
        message,
        evidence,
    }
}

pub(super) fn levels(input: &Input, config: &Config) -> Result<Vec<Finding>, String> {
    let judged = |series: Series| {
        let (last, past) = series.samples.split_last()?;
        let past: Vec<f64> = past.iter().filter_map(|(_, value)| *value).collect();
        let verdict = robust::judge(&past, last.1?, config);
        let evidence = level_evidence(&verdict);
        Some(finding(&series, verdict.is_alert(), None, evidence))
    };
    Ok(all(input)?.into_iter().filter_map(judged).collect())
}

fn level_evidence(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::InsufficientHistory { n } | Verdict::NoSpread { n } => {
            json!({ "state": verdict.state(), "n": n, "alert": false })
        }
        Verdict::Judged(judgement) => json!({
            "state": verdict.state(),
            "n": judgement.n,
            "median": judgement.expected,
            "mad_scaled": judgement.deviation,
            "scale": judgement.scale,
            "score": judgement.score,
            "threshold": judgement.threshold,
            "alert": judgement.is_alert(),
            "direction": judgement.direction().name(),
        }),
    }
}

pub(super) fn seasons(input: &Input, config: &Config) -> Result<Vec<Finding>, String> {
    let mut found = Vec::new();
    for series in all(input)? {
        let sample = |(slot, value): &(i64, Option<f64>)| {
            let slot = usize::try_from(*slot).map_err(|_| "`slot` must be 0 or more".to_owned())?;
            Ok::<_, String>(value.map(|value| Sample { slot, value }))
        };
        let samples = series.samples.iter().map(sample);
        let mut samples = samples.collect::<Result<Vec<_>, _>>()?;
        let Some(Some(last)) = samples.pop() else {
            continue;
        };
        let past: Vec<Sample> = samples.into_iter().flatten().collect();
        let judged = season::judge(&past, last, config);
        let evidence = judged.evidence(last.value, config);
        let message = judged.sentence("the last value", last.value);
        found.push(finding(
            &series,
            judged.verdict.is_alert(),
            message,
            evidence,
        ));
    }
    Ok(found)
}

pub(super) fn scans(input: &Input, config: &Config) -> Result<Vec<Finding>, String> {
    let scanned = |series: Series| {
        let values: Vec<f64> = series
            .samples
            .iter()
            .filter_map(|(_, value)| *value)
            .collect();
        let scan = &config.scan;
        let outliers = generalised_esd(&values, scan.max_outliers, scan.alpha);
        let evidence = scan_evidence(&outliers);
        finding(&series, outliers.count > 0, None, evidence)
    };
    Ok(all(input)?.into_iter().map(scanned).collect())
}

fn scan_evidence(outliers: &Outliers) -> Value {
    let removed = outliers.steps.iter().map(|step| step.removed);
    let steps = outliers.steps.iter().zip(1..).map(|(step, i)| {
        json!({ "i": i, "removed": step.removed, "R": step.deviate, "lam": step.critical })
    });
    json!({
        "outliers": outliers.count,
        "values": removed.take(outliers.count).collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
    })
}
