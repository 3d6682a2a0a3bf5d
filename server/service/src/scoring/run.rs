//! Running scorers and keeping what they said.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{AgencyId, CampaignId, RunId};
use bellwether_domain::score::{Score, ScoreOfRun, ScoreRun};
use bellwether_domain::segment::Snapshot;
use bellwether_domain::time::Date;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_plugin_host::abi::Kind;
use bellwether_plugin_host::{ColumnData, OutputTable, PluginDescriptor};
use moka::future::Cache;
use tokio::sync::OnceCell;

use super::input;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};

/// The configuration that a plugin runs with until an agency gives it another: its own defaults.
pub const PLUGIN_CONFIG_DEFAULT: &str = "{}";

/// How many finished runs are remembered; each is a few words.
const RUNS_REMEMBERED_MAX: u64 = 10_000;

/// The scores of campaigns, by campaign.
pub type ScoresByCampaign = HashMap<CampaignId, Vec<ScoreOfRun>>;

/// What a run is known by: whose, which plugin, on what and for which day.
type RunKey = (AgencyId, String, Snapshot, Date);

/// The plugins found, and the runs that are done.
#[derive(Debug)]
pub(crate) struct ScoringState {
    plugins: OnceCell<Vec<PluginDescriptor>>,
    runs: Cache<RunKey, ()>,
}

impl ScoringState {
    pub(crate) fn new() -> Self {
        Self {
            plugins: OnceCell::new(),
            runs: Cache::new(RUNS_REMEMBERED_MAX),
        }
    }
}

impl Services {
    /// The scores of these campaigns at the newest snapshot. Scorers that haven't seen it yet run
    /// now, over the whole agency, once for all who ask.
    pub async fn scores(
        &self,
        scope: &Scope,
        campaigns: &[CampaignId],
    ) -> Result<ScoresByCampaign> {
        for plugin in self.plugins().await {
            if plugin.metadata.kind == Kind::Scorer {
                Box::pin(self.run_scorer(scope, plugin)).await?;
            }
        }
        let (parts, scope) = (Arc::clone(&self.parts), scope.clone());
        let wanted: Vec<CampaignId> = campaigns
            .iter()
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        blocking("read scores", move || {
            let mut by_campaign = ScoresByCampaign::new();
            for score in parts.catalogue.scores_of(&scope, &wanted)? {
                by_campaign
                    .entry(score.score.campaign)
                    .or_default()
                    .push(score);
            }
            Ok(by_campaign)
        })
        .await
    }

    /// The plugins that were found at the first use; refused files are logged once.
    pub async fn plugins(&self) -> &[PluginDescriptor] {
        let found = self.parts.scoring.plugins.get_or_init(|| async {
            let mut plugins = Vec::new();
            for file in self.parts.plugins.discover().await {
                match file.outcome {
                    Ok(plugin) => plugins.push(plugin),
                    Err(refused) => {
                        tracing::warn!(plugin.path = %file.path.display(), reason = refused.reason, "plugin refused");
                    }
                }
            }
            plugins
        });
        found.await
    }

    async fn run_scorer(&self, scope: &Scope, plugin: &PluginDescriptor) -> Result<()> {
        let whole = scope.whole_agency();
        let (snapshot, attributes) = self.parts.attributes(&whole).await?;
        let today = attributes.agency.timezone.today(self.parts.clock.now());
        let key = (scope.agency(), plugin.sha256.clone(), snapshot, today);
        let run = async {
            let answer = self
                .metrics(&whole, &input::request(&plugin.metadata)?, None)
                .await?;
            let table = input::table(&plugin.metadata, answer.table(), &attributes)?;
            let config: serde_json::Value =
                serde_json::from_str(PLUGIN_CONFIG_DEFAULT).map_err(|_| Error::TaskEnded {
                    attempted: "read a plugin's configuration",
                })?;
            let output = self
                .parts
                .plugins
                .run(scope.agency(), plugin, &config, &table)
                .await?;
            let scores = scores_of_output(plugin, &output)?;
            record(&self.parts, &whole, plugin, answer.snapshot, scores).await
        };
        let done = self
            .parts
            .scoring
            .runs
            .try_get_with(key, Box::pin(run))
            .await;
        done.map_err(|error: Arc<Error>| Error::clone(&error))
    }
}

async fn record(
    parts: &Arc<Parts>,
    scope: &Scope,
    plugin: &PluginDescriptor,
    snapshot: Snapshot,
    scores: Vec<Score>,
) -> Result<()> {
    let now = parts.clock.now();
    let run = ScoreRun {
        id: RunId::from_parts(now, parts.ids.random()),
        plugin: plugin.name().to_owned(),
        plugin_version: plugin.metadata.version.clone(),
        plugin_sha256: plugin.sha256.clone(),
        config_json: PLUGIN_CONFIG_DEFAULT.to_owned(),
        snapshot,
        at: now,
    };
    let (parts, scope) = (Arc::clone(parts), scope.clone());
    blocking("save scores", move || {
        Ok(parts.catalogue.save_scores(&scope, &run, &scores)?)
    })
    .await
}

/// The scores of a scorer's output: its first column is the entity, and by convention `value`,
/// `verdict` and `evidence` follow under these names.
fn scores_of_output(plugin: &PluginDescriptor, output: &OutputTable) -> Result<Vec<Score>> {
    let column = |name: &str| {
        output
            .columns
            .iter()
            .find(|column| column.name == name)
            .map(|c| &c.data)
    };
    let Some(ColumnData::Utf8(entities)) = output.columns.first().map(|column| &column.data) else {
        return Err(no_entities(plugin).into());
    };
    let scores = entities.iter().enumerate().map(|(row, entity)| {
        let campaign = entity
            .as_deref()
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| no_entities(plugin))?;
        Ok(Score {
            campaign,
            name: plugin.name().to_owned(),
            value: match column("value") {
                Some(ColumnData::Float64(values)) => values[row].filter(|value| value.is_finite()),
                _ => None,
            },
            verdict: text(column("verdict"), row),
            evidence_json: text(column("evidence"), row).unwrap_or_else(|| "{}".to_owned()),
        })
    });
    scores.collect()
}

fn text(column: Option<&ColumnData>, row: usize) -> Option<String> {
    match column {
        Some(ColumnData::Utf8(texts)) => texts[row].clone(),
        _ => None,
    }
}

fn no_entities(plugin: &PluginDescriptor) -> Refusal {
    let message = format!("plugin `{}` has no campaigns as entities", plugin.name());
    Refusal::new(ErrorCode::PluginFault, message)
}
