//! Scores of campaigns, and the plugin runs that they come from.

use std::collections::BTreeSet;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::CampaignId;
use bellwether_domain::score::{Score, ScoreOfRun, ScoreRun};
use bellwether_domain::segment::{CatalogueVersion, CommitNumber, Snapshot};
use data_encoding::HEXLOWER;
use diesel::dsl::max;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::Catalogue;
use crate::agencies::lock_agency;
use crate::columns::{RowName, micros, only_brands, texts};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{campaigns, score_runs, scores};

/// The most campaigns whose scores are asked for at once.
pub const SCORE_CAMPAIGNS_MAX: usize = 1_000;

/// How many runs of a plugin an agency keeps; older ones go with their scores.
pub const RUNS_KEPT_MAX: i64 = 100;

impl Catalogue {
    /// Stores a run with its scores, in place of an equal one: the same plugin, configuration and
    /// snapshot. Of the agency's runs of the plugin the newest [`RUNS_KEPT_MAX`] stay.
    pub fn save_scores(&self, scope: &Scope, run: &ScoreRun, said: &[Score]) -> Result<()> {
        let row = RunRow::new(scope, run);
        self.write(|connection| {
            lock_agency(connection, scope)?;
            diesel::delete(
                score_runs::table
                    .filter(score_runs::agency_id.eq(&row.agency_id))
                    .filter(score_runs::plugin.eq(&row.plugin))
                    .filter(score_runs::config_sha256.eq(&row.config_sha256))
                    .filter(score_runs::commit_number.eq(row.commit_number))
                    .filter(score_runs::catalogue_version.eq(row.catalogue_version)),
            )
            .execute(connection)
            .map_err(Error::database("replace a plugin run"))?;
            diesel::insert_into(score_runs::table)
                .values(&row)
                .execute(connection)
                .map_err(Error::insert("plugin run", run.id))?;
            for score in said {
                insert_score(connection, &row, score)?;
            }
            forget_old_runs(connection, &row)
        })
    }

    /// What the newest run of each plugin said of each of these campaigns, by campaign, plugin
    /// and name. Runs are ordered by their ids, so by when they were made. Campaigns that the
    /// scope doesn't see have no scores. At most [`SCORE_CAMPAIGNS_MAX`] campaigns at once.
    pub fn scores_of(&self, scope: &Scope, of: &[CampaignId]) -> Result<Vec<ScoreOfRun>> {
        if of.len() > SCORE_CAMPAIGNS_MAX {
            let what = format!("scores of {} campaigns", of.len());
            return Err(Refusal::limit("score_campaigns_max", SCORE_CAMPAIGNS_MAX, what).into());
        }
        let rows = self.read_at_once(|connection| {
            let campaigns = visible_campaigns(connection, scope, of)?;
            let newest = newest_runs(connection, scope, &campaigns)?;
            load(connection, scope, &newest)
        })?;
        rows.into_iter().map(score_of_run).collect()
    }
}

/// Removes the plugin's runs beyond [`RUNS_KEPT_MAX`]; their scores go with them.
fn forget_old_runs(connection: &mut AnyConnection, newest: &RunRow) -> Result<()> {
    let of_plugin = score_runs::agency_id
        .eq(&newest.agency_id)
        .and(score_runs::plugin.eq(&newest.plugin));
    let first_too_old = score_runs::table
        .filter(of_plugin)
        .order(score_runs::id.desc())
        .offset(RUNS_KEPT_MAX)
        .select(score_runs::id)
        .first::<String>(connection)
        .optional()
        .map_err(Error::database("find old plugin runs"))?;
    let Some(first_too_old) = first_too_old else {
        return Ok(());
    };
    diesel::delete(
        score_runs::table
            .filter(of_plugin)
            .filter(score_runs::id.le(first_too_old)),
    )
    .execute(connection)
    .map_err(Error::database("forget old plugin runs"))?;
    Ok(())
}

fn insert_score(connection: &mut AnyConnection, run: &RunRow, score: &Score) -> Result<()> {
    let row = ScoreRow {
        agency_id: run.agency_id.clone(),
        run_id: run.id.clone(),
        campaign_id: score.campaign.to_string(),
        name: score.name.clone(),
        value: score.value,
        verdict: score.verdict.clone(),
        evidence_json: score.evidence_json.clone(),
    };
    diesel::insert_into(scores::table)
        .values(&row)
        .execute(connection)
        .map_err(Error::insert("score of campaign", score.campaign))?;
    Ok(())
}

/// Those of the campaigns that the scope sees.
fn visible_campaigns(
    connection: &mut AnyConnection,
    scope: &Scope,
    of: &[CampaignId],
) -> Result<Vec<String>> {
    let Some(brands) = only_brands(scope) else {
        return Ok(texts(of));
    };
    campaigns::table
        .filter(campaigns::agency_id.eq(scope.agency().to_string()))
        .filter(campaigns::id.eq_any(texts(of)))
        .filter(campaigns::brand_id.eq_any(brands))
        .select(campaigns::id)
        .load(connection)
        .map_err(Error::database("find campaigns"))
}

/// Campaign and run: who was scored last in which run of each plugin.
type Newest = BTreeSet<(String, String)>;

fn newest_runs(connection: &mut AnyConnection, scope: &Scope, of: &[String]) -> Result<Newest> {
    let same_run = score_runs::agency_id
        .eq(scores::agency_id)
        .and(score_runs::id.eq(scores::run_id));
    let rows = scores::table
        .inner_join(score_runs::table.on(same_run))
        .filter(scores::agency_id.eq(scope.agency().to_string()))
        .filter(scores::campaign_id.eq_any(of))
        .group_by((scores::campaign_id, score_runs::plugin))
        .select((scores::campaign_id, max(scores::run_id)))
        .load::<(String, Option<String>)>(connection)
        .map_err(Error::database("find the newest runs"))?;
    let of_run = |(campaign, run): (String, Option<String>)| run.map(|run| (campaign, run));
    Ok(rows.into_iter().filter_map(of_run).collect())
}

fn load(
    connection: &mut AnyConnection,
    scope: &Scope,
    newest: &Newest,
) -> Result<Vec<(ScoreRow, RunRow)>> {
    let campaigns: BTreeSet<_> = newest.iter().map(|(campaign, _)| campaign).collect();
    let runs: BTreeSet<_> = newest.iter().map(|(_, run)| run).collect();
    let same_run = score_runs::agency_id
        .eq(scores::agency_id)
        .and(score_runs::id.eq(scores::run_id));
    let mut rows = scores::table
        .inner_join(score_runs::table.on(same_run))
        .filter(scores::agency_id.eq(scope.agency().to_string()))
        .filter(scores::campaign_id.eq_any(campaigns))
        .filter(scores::run_id.eq_any(runs))
        .order((scores::campaign_id, score_runs::plugin, scores::name))
        .load::<(ScoreRow, RunRow)>(connection)
        .map_err(Error::database("load scores"))?;
    // A run that is the newest for one campaign may have been followed for another.
    rows.retain(|(score, _)| newest.contains(&(score.campaign_id.clone(), score.run_id.clone())));
    Ok(rows)
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = score_runs)]
struct RunRow {
    agency_id: String,
    id: String,
    plugin: String,
    plugin_version: String,
    plugin_sha256: String,
    config_json: String,
    config_sha256: String,
    commit_number: i64,
    catalogue_version: i64,
    ran_at: i64,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = scores, treat_none_as_default_value = false)]
struct ScoreRow {
    agency_id: String,
    run_id: String,
    campaign_id: String,
    name: String,
    value: Option<f64>,
    verdict: Option<String>,
    evidence_json: String,
}

impl RunRow {
    fn new(scope: &Scope, run: &ScoreRun) -> Self {
        Self {
            agency_id: scope.agency().to_string(),
            id: run.id.to_string(),
            plugin: run.plugin.clone(),
            plugin_version: run.plugin_version.clone(),
            plugin_sha256: run.plugin_sha256.clone(),
            config_json: run.config_json.clone(),
            config_sha256: HEXLOWER.encode(&Sha256::digest(run.config_json.as_bytes())),
            commit_number: run.snapshot.commit.0,
            catalogue_version: run.snapshot.catalogue.0,
            ran_at: micros(run.at),
        }
    }
}

fn score_of_run((score, run): (ScoreRow, RunRow)) -> Result<ScoreOfRun> {
    let name = RowName {
        table: "scores",
        row: &run.id,
    };
    Ok(ScoreOfRun {
        score: Score {
            campaign: name.parse(&score.campaign_id)?,
            name: score.name,
            value: score.value,
            verdict: score.verdict,
            evidence_json: score.evidence_json,
        },
        run: ScoreRun {
            id: name.parse(&run.id)?,
            snapshot: Snapshot {
                commit: CommitNumber(run.commit_number),
                catalogue: CatalogueVersion(run.catalogue_version),
            },
            at: name.moment(run.ran_at)?,
            plugin: run.plugin,
            plugin_version: run.plugin_version,
            plugin_sha256: run.plugin_sha256,
            config_json: run.config_json,
        },
    })
}
