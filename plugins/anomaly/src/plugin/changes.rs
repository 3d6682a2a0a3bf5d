//! Shares and rates before and after, and p-values that were tested at once.

use bellwether_plugin_sdk::Input;
use serde_json::{Value, json};

use super::finding::Finding;
use crate::config::Config;
use crate::discoveries::benjamini_hochberg;
use crate::rates::{Rate, Share, rate_change, share_change};

/// The campaign and its two rows, before and after.
fn pairs(input: &Input) -> Result<Vec<(String, usize, usize)>, String> {
    let pair = |rows: &std::ops::Range<usize>| {
        let campaign = input.entity(rows).unwrap_or_default().to_owned();
        if rows.len() == 2 {
            return Ok((campaign, rows.start, rows.start + 1));
        }
        Err(format!(
            "`{campaign}` has {} rows; this task takes two, before and after",
            rows.len()
        ))
    };
    input.entities().iter().map(pair).collect()
}

fn count(name: &str, value: Option<i64>) -> Result<u64, String> {
    let value = value.ok_or_else(|| format!("`{name}` is missing in a row"))?;
    u64::try_from(value).map_err(|_| format!("`{name}` is {value}, it must be 0 or more"))
}

fn finding(campaign: String, is_alert: bool, evidence: Value) -> Finding {
    Finding {
        campaign,
        metric: None,
        day: None,
        is_alert,
        message: None,
        evidence,
    }
}

pub(super) fn shares(input: &Input, config: &Config) -> Result<Vec<Finding>, String> {
    let (events, trials) = (input.int64("events")?, input.int64("trials")?);
    let share = |row: usize| {
        Ok::<_, String>(Share {
            successes: count("events", events.get(row))?,
            trials: count("trials", trials.get(row))?,
        })
    };
    let mut found = Vec::new();
    for (campaign, before, after) in pairs(input)? {
        let Some(changed) = share_change(share(before)?, share(after)?, &config.rates) else {
            let evidence = json!({ "state": "no_trials", "alert": false });
            found.push(finding(campaign, false, evidence));
            continue;
        };
        let is_alert = changed.change.is_alert(&config.rates);
        let evidence = json!({
            "test": changed.change.test.name(),
            "z": changed.z,
            "p_z": changed.p_z,
            "p_fisher": changed.p_fisher,
            "relative_change": changed.change.relative,
            "alert": is_alert,
        });
        found.push(finding(campaign, is_alert, evidence));
    }
    Ok(found)
}

pub(super) fn rates(input: &Input, config: &Config) -> Result<Vec<Finding>, String> {
    let (events, exposure) = (input.int64("events")?, input.int64("exposure_micros")?);
    let rate = |row: usize| {
        Ok::<_, String>(Rate {
            events: count("events", events.get(row))?,
            exposure_micros: count("exposure_micros", exposure.get(row))?,
        })
    };
    let mut found = Vec::new();
    for (campaign, before, after) in pairs(input)? {
        let Some(changed) = rate_change(rate(before)?, rate(after)?) else {
            let evidence = json!({ "state": "no_exposure", "alert": false });
            found.push(finding(campaign, false, evidence));
            continue;
        };
        let is_alert = changed.change.is_alert(&config.rates);
        let evidence = json!({
            "rate_before": changed.before,
            "rate_after": changed.after,
            "ratio": changed.ratio,
            "p_value": changed.change.p_value,
            "alert": is_alert,
        });
        found.push(finding(campaign, is_alert, evidence));
    }
    Ok(found)
}

pub(super) fn discoveries(input: &Input, config: &Config) -> Result<Vec<Finding>, String> {
    let given = input.float64("p_value")?;
    let p_values: Vec<f64> = (0..input.rows())
        .map(|row| given.get(row).unwrap_or(f64::NAN))
        .collect();
    let found = benjamini_hochberg(&p_values, config.rates.false_discovery_rate);
    let mut told = Vec::new();
    for rows in input.entities() {
        let campaign = input.entity(rows).unwrap_or_default();
        for row in rows.clone() {
            let is_alert = found.rejected.binary_search(&row).is_ok();
            let evidence = json!({
                "p_value": given.get(row),
                "adjusted": found.adjusted[row],
                "alert": is_alert,
            });
            told.push(finding(campaign.to_owned(), is_alert, evidence));
        }
    }
    Ok(told)
}
