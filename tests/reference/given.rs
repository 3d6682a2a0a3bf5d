//! What a case gives, as the components that the product evaluates metrics from.

use std::collections::HashMap;

use bellwether_domain::dataset::COST_KINDS;
use bellwether_domain::metric::{
    Component, ComponentSum, Components, Found, Metric, NoteCode, Unit,
};
use bellwether_domain::money::{Decimal, micros_of};
use serde::Deserialize;

/// A number of a case: a text, or as JSON has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub(super) struct Number(pub(super) Decimal);

impl TryFrom<serde_json::Value> for Number {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let number = text.parse::<Decimal>();
        number
            .map(Self)
            .map_err(|_| format!("`{text}` is not a number"))
    }
}

/// The sums of one group, as if one row had reported them.
#[derive(Debug, Default)]
pub(super) struct Given(HashMap<Component, ComponentSum>);

impl Given {
    /// Adds a measure as a row reports it; one that is not given is not reported.
    pub(super) fn measure(
        self,
        name: &'static str,
        number: Option<Number>,
    ) -> Result<Self, String> {
        let Some(Number(number)) = number else {
            return Ok(self);
        };
        let metric: Metric = name
            .parse()
            .map_err(|_| format!("`{name}` is no measure"))?;
        let stored = match metric.definition().unit {
            Unit::Count => i64::try_from(number).map_err(|error| format!("{name}: {error}"))?,
            _ => micros(number)?,
        };
        Ok(self.with(Component::Measure(name), stored))
    }

    /// Adds a cost beside media.
    pub(super) fn cost(self, kind: &str, Number(amount): Number) -> Result<Self, String> {
        let known = COST_KINDS.iter().find(|known| **known == kind);
        let known = known.ok_or_else(|| format!("no cost is of the kind `{kind}`"))?;
        Ok(self.with(Component::Cost(known), micros(amount)?))
    }

    fn with(mut self, component: Component, stored: i64) -> Self {
        self.0.entry(component).or_default().add(ComponentSum {
            sum: stored.into(),
            count: 1,
            coverage: 1,
        });
        self
    }
}

pub(super) fn micros(amount: Decimal) -> Result<i64, String> {
    micros_of(amount).map_err(|why| format!("`{amount}` can't be held: {why:?}"))
}

impl Components for Given {
    fn component(&self, component: Component) -> Result<Found, NoteCode> {
        Ok(Found {
            sum: self.0.get(&component).copied().unwrap_or_default(),
            currency: None,
        })
    }

    fn n_rows(&self) -> u64 {
        self.0.values().map(|sum| sum.count).max().unwrap_or(0)
    }
}
