//! A score and the run that it comes from.

use async_graphql::{ID, Object, Value};
use bellwether_domain::score::ScoreOfRun;

use crate::scalars::{DateTime, Json};

/// What one plugin says of one campaign.
#[derive(Debug, Clone)]
pub(crate) struct Score(pub(crate) ScoreOfRun);

/// What one plugin says of one campaign.
#[Object]
impl Score {
    /// The plugin's name.
    async fn plugin(&self) -> &str {
        &self.0.run.plugin
    }

    /// The plugin's version as it declares it.
    async fn plugin_version(&self) -> &str {
        &self.0.run.plugin_version
    }

    /// What is scored.
    async fn name(&self) -> &str {
        &self.0.score.name
    }

    /// The number; null when the plugin could not tell.
    async fn value(&self) -> Option<f64> {
        self.0.score.value.filter(|value| value.is_finite())
    }

    /// The word for people, such as `profitable`.
    async fn verdict(&self) -> Option<&str> {
        self.0.score.verdict.as_deref()
    }

    /// What the score rests on: an object of the plugin's own making; null when it is not JSON.
    async fn evidence(&self) -> Option<Json> {
        let evidence = serde_json::from_str(&self.0.score.evidence_json).ok()?;
        Value::from_json(evidence).ok().map(Json)
    }

    /// The snapshot that the plugin's input was computed from.
    async fn snapshot(&self) -> ID {
        self.0.run.snapshot.to_string().into()
    }

    /// When the plugin ran.
    async fn computed_at(&self) -> DateTime {
        DateTime(self.0.run.at)
    }
}
