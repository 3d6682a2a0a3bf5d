//! From the rows of one campaign to what is known of it.

use std::collections::BTreeMap;
use std::ops::Range;

use bellwether_plugin_sdk::Input;

use crate::composite::{Components, composite};
use crate::config::Config;
use crate::conversion::Conversions;
use crate::feedback::Counts;
use crate::subject::{Judgement, Subject, judge};

/// What the rows say.
#[derive(Debug, Default)]
pub(super) struct Known {
    subject: Subject,
    /// Components that were judged elsewhere: they stand for those of the rows.
    given: Option<Components>,
    hard_rule: Option<String>,
    baseline: Option<Conversions>,
    current: Option<Conversions>,
}

/// The words of `aspect`.
const ASPECTS: &str = "AUDIENCE, TIER, PRICE, ATTRIBUTE, CLAIM, CONTENT, TONE, CONVERSION, \
     FEEDBACK, REPEATS, COMPONENT, HARD_RULE";

impl Known {
    pub(super) fn of(input: &Input, rows: &Range<usize>) -> Result<Self, String> {
        let aspects = input.utf8("aspect")?;
        let mut known = Self::default();
        for row in rows.clone() {
            let row = Row { input, row };
            match aspects.get(row.row).unwrap_or_default() {
                "AUDIENCE" => known.audience(&row)?,
                "TIER" => known.tier(&row)?,
                "PRICE" => known.price(&row)?,
                "ATTRIBUTE" => known.attribute(&row)?,
                "CLAIM" => known.claim(&row)?,
                "CONTENT" => known.content(&row)?,
                "TONE" => known.tone(&row)?,
                "CONVERSION" => known.conversion(&row)?,
                "FEEDBACK" => known.feedback(&row)?,
                "REPEATS" => known.repeats(&row)?,
                "COMPONENT" => known.component(&row)?,
                "HARD_RULE" => known.hard_rule = Some(row.text("label")?),
                other => return Err(format!("aspect `{other}` is none of {ASPECTS}")),
            }
        }
        known.subject.conversions = known.baseline.zip(known.current);
        Ok(known)
    }

    pub(super) fn judged(&self, config: &Config) -> Judgement {
        let mut judgement = judge(&self.subject, config);
        if let Some(components) = &self.given {
            judgement.composite = composite(
                components,
                self.subject.earlier_mismatches,
                self.hard_rule.as_deref(),
                &config.weights,
                &config.composite,
            );
        }
        judgement
    }

    fn audience(&mut self, row: &Row<'_>) -> Result<(), String> {
        let shares = self.subject.audience.entry(row.text("name")?).or_default();
        shares.0.push(row.number("intended")?);
        shares.1.push(row.number("observed")?);
        Ok(())
    }

    fn tier(&mut self, row: &Row<'_>) -> Result<(), String> {
        let tiers = self.subject.tiers.get_or_insert_default();
        tiers.0.push(row.number("intended")?);
        tiers.1.push(row.number("observed")?);
        Ok(())
    }

    fn price(&mut self, row: &Row<'_>) -> Result<(), String> {
        let (advertised, catalogue) = (row.number("observed")?, row.number("intended")?);
        self.subject.promise.price_micros = Some((micros(advertised), micros(catalogue)));
        Ok(())
    }

    fn attribute(&mut self, row: &Row<'_>) -> Result<(), String> {
        let name = row.text("label")?;
        let promise = &mut self.subject.promise;
        let of_product = row.maybe_text("intended_text")?;
        let advertised = row.maybe_text("observed_text")?;
        let product = of_product.map(|value| (name.clone(), value));
        promise.attributes_of_product.extend(product);
        promise
            .attributes_advertised
            .extend(advertised.map(|value| (name, value)));
        Ok(())
    }

    /// `intended_text` says whether the claim is approved, `observed_text` whether it is made.
    fn claim(&mut self, row: &Row<'_>) -> Result<(), String> {
        let claim = row.text("label")?;
        let promise = &mut self.subject.promise;
        match row.maybe_text("intended_text")?.as_deref() {
            None => {}
            Some("APPROVED") => {
                let approved = promise.claims_approved.get_or_insert_default();
                approved.insert(claim.clone());
            }
            Some("NOT_APPROVED") => {
                promise.claims_approved.get_or_insert_default();
            }
            Some(other) => return Err(format!("`{other}` is neither APPROVED nor NOT_APPROVED")),
        }
        if let Some(severity) = row.maybe_number("observed")? {
            promise.severities.insert(claim.clone(), severity);
        }
        match row.maybe_text("observed_text")?.as_deref() {
            Some("ADVERTISED") => promise.claims.push(claim),
            None => {}
            Some(other) => return Err(format!("`{other}` is not ADVERTISED")),
        }
        Ok(())
    }

    fn content(&mut self, row: &Row<'_>) -> Result<(), String> {
        let (content, product) = (row.day("observed_day")?, row.day("intended_day")?);
        self.subject.promise.updated = content.zip(product);
        Ok(())
    }

    fn tone(&mut self, row: &Row<'_>) -> Result<(), String> {
        let axis = row.text("label")?;
        let tones = self.subject.tone.get_or_insert_default();
        let intended = row.maybe_number("intended")?;
        tones.0.extend(intended.map(|value| (axis.clone(), value)));
        let observed = row.maybe_number("observed")?;
        tones.1.extend(observed.map(|value| (axis, value)));
        Ok(())
    }

    fn conversion(&mut self, row: &Row<'_>) -> Result<(), String> {
        let conversions = Conversions {
            converted: row.count("count")?,
            visits: row.count("total")?,
        };
        match row.text("label")?.as_str() {
            "BASELINE" => self.baseline = Some(conversions),
            "CURRENT" => self.current = Some(conversions),
            other => return Err(format!("`{other}` is neither BASELINE nor CURRENT")),
        }
        Ok(())
    }

    fn feedback(&mut self, row: &Row<'_>) -> Result<(), String> {
        let counts = Counts {
            bad: row.count("count")?,
            n: row.count("total")?,
            base: row.number("base")?,
            cap: row.number("cap")?,
        };
        self.subject.feedback.insert(row.text("label")?, counts);
        Ok(())
    }

    fn repeats(&mut self, row: &Row<'_>) -> Result<(), String> {
        self.subject.earlier_mismatches = u32::try_from(row.count("count")?).unwrap_or(u32::MAX);
        Ok(())
    }

    /// A component without `observed` is not known.
    fn component(&mut self, row: &Row<'_>) -> Result<(), String> {
        let score = row.maybe_number("observed")?;
        let components = self.given.get_or_insert_default();
        let mut places = BTreeMap::from([
            ("audience", &mut components.audience),
            ("offer", &mut components.offer),
            ("tone", &mut components.tone),
            ("affordability", &mut components.affordability),
            ("conversion", &mut components.conversion),
            ("feedback", &mut components.feedback),
        ]);
        let name = row.text("label")?;
        let place = places.get_mut(name.as_str());
        **place.ok_or_else(|| format!("`{name}` is no component"))? = score;
        Ok(())
    }
}

/// One row of the input.
struct Row<'a> {
    input: &'a Input,
    row: usize,
}

impl Row<'_> {
    fn maybe_text(&self, column: &str) -> Result<Option<String>, String> {
        Ok(self.input.utf8(column)?.get(self.row).map(str::to_owned))
    }

    fn maybe_number(&self, column: &str) -> Result<Option<f64>, String> {
        Ok(self.input.float64(column)?.get(self.row))
    }

    fn day(&self, column: &str) -> Result<Option<i32>, String> {
        Ok(self.input.date(column)?.get(self.row))
    }

    fn text(&self, column: &str) -> Result<String, String> {
        self.maybe_text(column)?
            .ok_or_else(|| missing(column, self.row))
    }

    fn number(&self, column: &str) -> Result<f64, String> {
        self.maybe_number(column)?
            .ok_or_else(|| missing(column, self.row))
    }

    fn count(&self, column: &str) -> Result<u64, String> {
        let count = self.input.int64(column)?.get(self.row);
        let count = count.ok_or_else(|| missing(column, self.row))?;
        u64::try_from(count).map_err(|_| format!("`{column}` is {count}, it must be 0 or more"))
    }
}

fn missing(column: &str, row: usize) -> String {
    format!("row {row} lacks `{column}`, which its aspect needs")
}

/// Prices come with as many decimals as their currency has, which the nearest micro is exactly.
#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
fn micros(amount: f64) -> i64 {
    (amount * 1e6).round() as i64
}
