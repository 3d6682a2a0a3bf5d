//! Running scorers and keeping what they said.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

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
use crate::analytics::Reading;
use crate::attributes::Attributes;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};

/// The configuration that a plugin runs with until an agency gives it another: its own defaults.
pub const PLUGIN_CONFIG_DEFAULT: &str = "{}";

/// How many finished runs are remembered; each is a few words.
const RUNS_REMEMBERED_MAX: u64 = 10_000;

/// How long a failed run is not tried again: queries in between get the same fault at once and
/// start no child.
const FAULT_BACKOFF_S: u64 = 30;

/// What the scorers said of campaigns, and which of them failed.
#[derive(Debug, Clone, Default)]
pub struct ScoresByCampaign {
    /// The scores of the newest snapshot, by campaign.
    pub by_campaign: HashMap<CampaignId, Vec<ScoreOfRun>>,
    /// The failures of scorers, whose scores are missing; never of all of them.
    pub faults: Vec<Error>,
}

/// What a run is known by: whose, which plugin, on what and for which day.
type RunKey = (AgencyId, String, Snapshot, Date);

/// The plugins found, the runs that are done, and the ones that failed lately.
#[derive(Debug)]
pub(crate) struct ScoringState {
    plugins: OnceCell<Vec<PluginDescriptor>>,
    /// The snapshot under which each run is kept.
    runs: Cache<RunKey, Snapshot>,
    faults: Cache<RunKey, Error>,
}

/// A plugin's library at a snapshot: what tells the run whose scores hold now.
type Holding = (String, Snapshot);

impl ScoringState {
    pub(crate) fn new() -> Self {
        Self {
            plugins: OnceCell::new(),
            runs: Cache::new(RUNS_REMEMBERED_MAX),
            faults: Cache::builder()
                .max_capacity(RUNS_REMEMBERED_MAX)
                .time_to_live(Duration::from_secs(FAULT_BACKOFF_S))
                .build(),
        }
    }
}

impl Services {
    /// The scores of these campaigns at the newest snapshot. Scorers that haven't seen it yet run
    /// now, over the whole agency, once for all who ask. A scorer that fails takes only its own
    /// scores away; when every one fails, the first failure is the result.
    pub async fn scores(
        &self,
        scope: &Scope,
        campaigns: &[CampaignId],
    ) -> Result<ScoresByCampaign> {
        let (mut holding, mut faults) = (HashSet::<Holding>::new(), Vec::new());
        for plugin in self.plugins().await {
            let is_fed = plugin.metadata.input.query.is_some();
            if plugin.metadata.kind != Kind::Scorer || !is_fed {
                continue;
            }
            match Box::pin(self.run_scorer(scope, plugin)).await {
                Ok(snapshot) => {
                    holding.insert((plugin.sha256.clone(), snapshot));
                }
                Err(fault) if fault.code() == ErrorCode::PluginFault => faults.push(fault),
                Err(error) => return Err(error),
            }
        }
        if holding.is_empty()
            && let Some(fault) = faults.pop()
        {
            return Err(fault);
        }
        let by_campaign = self.scores_that_hold(scope, campaigns, holding).await?;
        Ok(ScoresByCampaign {
            by_campaign,
            faults,
        })
    }

    /// The kept scores of these runs alone: what an absent plugin said, or a present one of an
    /// older snapshot, holds no longer.
    async fn scores_that_hold(
        &self,
        scope: &Scope,
        campaigns: &[CampaignId],
        holding: HashSet<Holding>,
    ) -> Result<HashMap<CampaignId, Vec<ScoreOfRun>>> {
        let (parts, scope) = (Arc::clone(&self.parts), scope.clone());
        let distinct: BTreeSet<CampaignId> = campaigns.iter().copied().collect();
        let wanted: Vec<CampaignId> = distinct.into_iter().collect();
        blocking("read scores", move || {
            let kept = parts.catalogue.scores_of(&scope, &wanted)?;
            Ok(only_of(&holding, kept))
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

    /// The snapshot at which the scorer's scores are kept, after a run where there was none.
    async fn run_scorer(&self, scope: &Scope, plugin: &PluginDescriptor) -> Result<Snapshot> {
        let whole = scope.whole_agency();
        let (snapshot, attributes) = self.parts.attributes(&whole).await?;
        let today = attributes.agency.timezone.today(self.parts.clock.now());
        let key = (scope.agency(), plugin.sha256.clone(), snapshot, today);
        let scoring = &self.parts.scoring;
        if let Some(fault) = scoring.faults.get(&key).await {
            return Err(fault);
        }
        let run = async {
            let run = self.run_now(&whole, plugin, &attributes).await;
            if let Err(fault) = &run
                && fault.code() == ErrorCode::PluginFault
            {
                tracing::warn!(
                    plugin = plugin.name(),
                    error = fault.chain(),
                    "scorer failed"
                );
                scoring.faults.insert(key.clone(), fault.clone()).await;
            }
            run
        };
        let done = scoring.runs.try_get_with(key.clone(), Box::pin(run)).await;
        done.map_err(|error: Arc<Error>| Error::clone(&error))
    }

    async fn run_now(
        &self,
        whole: &Scope,
        plugin: &PluginDescriptor,
        attributes: &Attributes,
    ) -> Result<Snapshot> {
        let at_fault = |refusal: Refusal| Error::from(unfit(plugin, &refusal));
        let request = input::request(&plugin.metadata).map_err(at_fault)?;
        let answer = self.metrics(whole, &request, Reading::default()).await;
        let answer = answer.map_err(|error| match error {
            Error::Refused(refusal) => at_fault(refusal),
            other => other,
        })?;
        let table = input::table(&plugin.metadata, answer.table(), attributes).map_err(at_fault)?;
        let config: serde_json::Value =
            serde_json::from_str(PLUGIN_CONFIG_DEFAULT).map_err(|_| Error::TaskEnded {
                attempted: "read a plugin's configuration",
            })?;
        let host = &self.parts.plugins;
        let output = host.run(whole.agency(), plugin, &config, &table).await?;
        let scores = scores_of_output(plugin, &output)?;
        record(&self.parts, whole, plugin, answer.snapshot, scores).await?;
        Ok(answer.snapshot)
    }
}

/// The fault of a plugin whose declared query or columns can't be served.
fn unfit(plugin: &PluginDescriptor, refusal: &Refusal) -> Refusal {
    let message = format!(
        "plugin `{}` can't be given the input that it declares: {}",
        plugin.name(),
        refusal.message
    );
    Refusal::new(ErrorCode::PluginFault, message)
}

/// The scores of these runs, by campaign.
fn only_of(
    holding: &HashSet<Holding>,
    kept: Vec<ScoreOfRun>,
) -> HashMap<CampaignId, Vec<ScoreOfRun>> {
    let mut by_campaign = HashMap::<_, Vec<_>>::new();
    for score in kept {
        let of_run = (score.run.plugin_sha256.clone(), score.run.snapshot);
        if holding.contains(&of_run) {
            by_campaign
                .entry(score.score.campaign)
                .or_default()
                .push(score);
        }
    }
    by_campaign
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

#[cfg(test)]
mod tests {
    use bellwether_domain::segment::{CatalogueVersion, CommitNumber};
    use bellwether_domain::time::Timestamp;

    use super::*;

    fn at(commit: i64) -> Snapshot {
        Snapshot {
            commit: CommitNumber(commit),
            catalogue: CatalogueVersion(1),
        }
    }

    fn kept(campaign: u128, plugin_sha256: &str, commit: i64) -> ScoreOfRun {
        let moment = Timestamp::UNIX_EPOCH;
        ScoreOfRun {
            run: ScoreRun {
                id: RunId::from_parts(moment, 1),
                plugin: "roi".to_owned(),
                plugin_version: "1".to_owned(),
                plugin_sha256: plugin_sha256.to_owned(),
                config_json: PLUGIN_CONFIG_DEFAULT.to_owned(),
                snapshot: at(commit),
                at: moment,
            },
            score: Score {
                campaign: CampaignId::from_parts(moment, campaign),
                name: "roi".to_owned(),
                value: Some(1.0),
                verdict: None,
                evidence_json: "{}".to_owned(),
            },
        }
    }

    #[test]
    fn scores_of_older_snapshots_and_of_absent_plugins_hold_no_longer() {
        let holding = HashSet::from([("present".to_owned(), at(2))]);
        let of_now = kept(1, "present", 2);
        let scores = vec![of_now.clone(), kept(2, "present", 1), kept(3, "absent", 2)];
        let expected = HashMap::from([(of_now.score.campaign, vec![of_now])]);
        assert_eq!(only_of(&holding, scores), expected);
    }
}
