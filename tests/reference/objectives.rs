//! Which metrics judge campaigns of which objective.

use bellwether_domain::campaign::Objective;
use bellwether_domain::metric::Metric;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Objectives {
    objectives: Vec<String>,
}

pub(super) fn kpis(given: &Objectives) -> Result<Value, String> {
    let mut told = Map::new();
    for name in &given.objectives {
        let objective: Objective = name
            .to_ascii_uppercase()
            .parse()
            .map_err(|_| format!("`{name}` is no objective"))?;
        let kpis = objective.kpis();
        let primary: Vec<&str> = kpis.primary.iter().map(|it| primary(*it)).collect();
        let metrics: Vec<&str> = kpis.metrics.iter().map(|it| named(*it)).collect();
        let entry = json!({ "primary": primary.join("_or_"), "metrics": metrics });
        told.insert(name.clone(), entry);
    }
    Ok(Value::Object(told))
}

/// A metric under the name that the cases give it.
fn named(metric: Metric) -> &'static str {
    match metric {
        Metric::Follows => "new_followers",
        Metric::EngagementRateByImpressions => "engagement_rate",
        Metric::Revenue => "conversion_value",
        Metric::GrossRoi => "roi_seed_pct",
        Metric::Roi => "roi_net_pct",
        metric => metric.as_str(),
    }
}

fn primary(metric: Metric) -> &'static str {
    match metric {
        Metric::VideoViews => "views",
        metric => named(metric),
    }
}
