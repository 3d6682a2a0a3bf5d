//! The last final day of every campaign, and its rates of late.
//!
//! Chance has one try for every value and every rate that is tested, so that both are held to the
//! false discovery rate over the whole input. Invariant: days after the last final one are never
//! looked at; a day that lacks a figure is absent from that figure's past.

use std::ops::{Range, RangeInclusive};

use bellwether_plugin_sdk::Input;

use super::finding::Finding;
use crate::config::Config;
use crate::daily::{DailyValue, judge_last_final_day};
use crate::discoveries::{benjamini_hochberg, changes_to_report};
use crate::rates::{Change, Rate, Share, rate_change, share_change};
use crate::robust::Verdict;
use crate::season::Seasonal;

/// One row of a campaign; micros and millionths as they came.
#[derive(Debug, Clone, Copy)]
struct Day {
    /// Days since 1970-01-01.
    at: i32,
    spend: Option<i64>,
    impressions: Option<i64>,
    clicks: Option<i64>,
    conversions: Option<i64>,
}

/// A figure: what it is called, and its value on a day.
type Figure = (&'static str, fn(&Day) -> Option<f64>);

const FIGURES: [Figure; 4] = [
    ("spend", |day| day.spend.map(millionths)),
    ("impressions", |day| day.impressions.map(whole)),
    ("clicks", |day| day.clicks.map(whole)),
    ("conversions", |day| day.conversions.map(millionths)),
];

pub(super) fn find(
    input: &Input,
    final_through: Option<i32>,
    config: &Config,
) -> Result<Vec<Finding>, String> {
    let campaigns = campaigns(input)?;
    let days = campaigns.iter().flat_map(|(_, days)| days);
    let Some(through) = final_through.or_else(|| days.map(|day| day.at).max()) else {
        return Ok(Vec::new());
    };
    let mut found = values(&campaigns, through, config);
    found.extend(changes(&campaigns, through, config));
    Ok(found)
}

fn campaigns(input: &Input) -> Result<Vec<(String, Vec<Day>)>, String> {
    let days = input.date("day")?;
    let (spend, impressions) = (input.int64("spend_micros")?, input.int64("impressions")?);
    let clicks = input.int64("clicks")?;
    let conversions = input.int64("conversions_millionths")?;
    let day = |row: usize| {
        Some(Day {
            at: days.get(row)?,
            spend: spend.get(row),
            impressions: impressions.get(row),
            clicks: clicks.get(row),
            conversions: conversions.get(row),
        })
    };
    let campaign = |rows: &Range<usize>| {
        let name = input.entity(rows).unwrap_or_default().to_owned();
        (name, rows.clone().filter_map(day).collect())
    };
    Ok(input.entities().iter().map(campaign).collect())
}

/// One figure of one campaign, judged.
struct Judged<'a> {
    campaign: &'a str,
    name: &'static str,
    value: f64,
    seasonal: Seasonal,
}

fn values(campaigns: &[(String, Vec<Day>)], through: i32, config: &Config) -> Vec<Finding> {
    let mut judged: Vec<Judged<'_>> = Vec::new();
    for (campaign, days) in campaigns {
        for (name, of_day) in FIGURES {
            let value = |day: &Day| Some((day.at, of_day(day)?));
            let values = days.iter().filter_map(value);
            let values: Vec<DailyValue> = values
                .map(|(day, value)| DailyValue { day, value })
                .collect();
            if let Some((last, seasonal)) = judge_last_final_day(&values, through, config) {
                let value = last.value;
                judged.push(Judged {
                    campaign,
                    name,
                    value,
                    seasonal,
                });
            }
        }
    }
    let p_values: Vec<f64> = judged.iter().map(|one| p_value(&one.seasonal)).collect();
    let kept = benjamini_hochberg(&p_values, config.rates.false_discovery_rate);
    let with_adjusted = judged.iter().zip(kept.adjusted);
    with_adjusted
        .map(|(one, adjusted)| one.told(through, adjusted, config))
        .collect()
}

impl Judged<'_> {
    fn told(&self, through: i32, adjusted: f64, config: &Config) -> Finding {
        let stays = adjusted <= config.rates.false_discovery_rate;
        let is_alert = self.seasonal.verdict.is_alert() && stays;
        let mut evidence = self.seasonal.evidence(self.value, config);
        evidence["adjusted_p_value"] = adjusted.into();
        let sentence = self.seasonal.sentence(self.name, self.value);
        Finding {
            campaign: self.campaign.to_owned(),
            metric: Some(self.name),
            day: Some(through),
            is_alert,
            message: sentence.filter(|_| is_alert),
            evidence,
        }
    }
}

fn p_value(seasonal: &Seasonal) -> f64 {
    match seasonal.verdict {
        Verdict::Judged(judgement) => judgement.p_value,
        Verdict::InsufficientHistory { .. } | Verdict::NoSpread { .. } => 1.0,
    }
}

fn changes(campaigns: &[(String, Vec<Day>)], through: i32, config: &Config) -> Vec<Finding> {
    let rates = &config.rates;
    let recent = i32::try_from(rates.recent_days).unwrap_or(i32::MAX);
    let before = i32::try_from(rates.before_days).unwrap_or(i32::MAX);
    let after = through.saturating_sub(recent - 1)..=through;
    let earlier = after.start().saturating_sub(before)..=after.start().saturating_sub(1);
    let mut tested: Vec<(&str, &'static str, Change)> = Vec::new();
    for (campaign, days) in campaigns {
        let change = |pair: Pair| pair.change(days, &earlier, &after, config);
        for (name, pair) in PAIRS {
            if let Some(change) = change(pair) {
                tested.push((campaign, name, change));
            }
        }
    }
    let all: Vec<Change> = tested.iter().map(|tested| tested.2).collect();
    let reported = changes_to_report(&all, rates);
    let p_values: Vec<f64> = all.iter().map(|change| change.p_value).collect();
    let adjusted = benjamini_hochberg(&p_values, rates.false_discovery_rate).adjusted;
    let told = |(index, (campaign, name, change)): (usize, &(&str, &'static str, Change))| {
        let is_alert = reported.contains(&index);
        Finding {
            campaign: (*campaign).to_owned(),
            metric: Some(*name),
            day: Some(through),
            is_alert,
            message: sentence(name, change).filter(|_| is_alert),
            evidence: change.evidence(adjusted[index], all.len(), rates),
        }
    };
    tested.iter().enumerate().map(told).collect()
}

/// What a rate is made of.
#[derive(Debug, Clone, Copy)]
enum Pair {
    ClicksByImpressions,
    ConversionsByClicks,
    ConversionsBySpend,
}

const PAIRS: [(&str, Pair); 3] = [
    ("ctr", Pair::ClicksByImpressions),
    ("cvr", Pair::ConversionsByClicks),
    ("conversions_per_spend", Pair::ConversionsBySpend),
];

impl Pair {
    fn change(
        self,
        days: &[Day],
        before: &RangeInclusive<i32>,
        after: &RangeInclusive<i32>,
        config: &Config,
    ) -> Option<Change> {
        let (before, after) = (self.sums(days, before)?, self.sums(days, after)?);
        if let Self::ConversionsBySpend = self {
            let rate = |(events, exposure_micros)| Rate {
                events,
                exposure_micros,
            };
            return rate_change(rate(before), rate(after)).map(|changed| changed.change);
        }
        let share = |(successes, trials)| Share { successes, trials };
        share_change(share(before), share(after), &config.rates).map(|changed| changed.change)
    }

    /// Of the days that have both sides.
    fn sums(self, days: &[Day], range: &RangeInclusive<i32>) -> Option<(u64, u64)> {
        let of_day = |day: &Day| match self {
            Self::ClicksByImpressions => day.clicks.zip(day.impressions),
            Self::ConversionsByClicks => day.conversions.zip(day.clicks),
            Self::ConversionsBySpend => day.conversions.zip(day.spend),
        };
        let within = days.iter().filter(|day| range.contains(&day.at));
        let (mut events, mut of) = (0_i128, 0_i128);
        for (event, trial) in within.filter_map(of_day) {
            events += i128::from(event);
            of += i128::from(trial);
        }
        // A part of a conversion is none that a test could count.
        let events = match self {
            Self::ClicksByImpressions => events,
            Self::ConversionsByClicks | Self::ConversionsBySpend => events / 1_000_000,
        };
        Some((u64::try_from(events).ok()?, u64::try_from(of).ok()?))
    }
}

fn sentence(name: &str, change: &Change) -> Option<String> {
    let relative = change.relative?;
    let side = if relative < 0.0 { "fell" } else { "rose" };
    let share = relative.abs() * 100.0;
    Some(format!("{name} {side} by {share:.1} % of what it was"))
}

#[expect(clippy::cast_precision_loss, reason = "exact below nine billion units")]
fn millionths(amount: i64) -> f64 {
    amount as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn whole(count: i64) -> f64 {
    count as f64
}
