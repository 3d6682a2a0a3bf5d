//! What conditions and due rules see of a case.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::state::GivenAt;
use super::{Case, Circumstances};
use crate::definition::{Definition, Facts};

impl Case {
    /// The facts, as of now.
    pub(super) fn facts(
        &self,
        definition: &Definition,
        circumstances: &Circumstances<'_>,
    ) -> Facts {
        let effects = definition.effects.iter().map(|effect| {
            let status = self
                .effects
                .get(&effect.name)
                .map_or("NONE", |found| found.status.as_str());
            (effect.name.clone(), json!(status))
        });
        let timers = definition
            .transitions
            .iter()
            .flat_map(|transition| &transition.opens);
        let timers = timers.map(|timer| {
            let status = self
                .timers
                .get(&timer.name)
                .map_or("NONE", |found| found.status.as_str());
            (timer.name.clone(), json!(status))
        });
        let case = json!({
            "state": self.state,
            "requester": self.requester.to_string(),
            "today": circumstances.zone.today(circumstances.now).to_string(),
        });
        let all = [
            ("facts", Value::Object(self.evidence_facts())),
            ("subject", Value::Object(self.subject.clone())),
            ("effects", Value::Object(effects.collect())),
            ("timers", Value::Object(timers.collect())),
            ("case", case),
        ];
        Facts(
            all.into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// Evidence by kind: its fields and figures, by item where the kind has several.
    pub(super) fn evidence_facts(&self) -> Map<String, Value> {
        self.evidence
            .iter()
            .map(|(kind, items)| (kind.clone(), records(items)))
            .collect()
    }
}

/// The one record of a kind, or its records by item.
fn records(items: &BTreeMap<String, GivenAt>) -> Value {
    if let Some(alone) = items.get("") {
        return record(alone);
    }
    let items = items
        .iter()
        .map(|(item, given)| (item.clone(), record(given)));
    Value::Object(items.collect())
}

fn record(given: &GivenAt) -> Value {
    let mut record = given.evidence.fields.clone();
    if let Some(figures) = given
        .evidence
        .computed
        .as_ref()
        .and_then(|computed| computed.worked.figures.as_object())
    {
        record.extend(figures.clone());
    }
    Value::Object(record)
}
