//! Steps as the trace shows them.

use std::fmt;

use bellwether_domain::query::Dimension;

use super::body::Report;
use super::question::Question;
use super::report::{AGENCIES, BRANDS, CAMPAIGNS, DAYS, WINDOWS};
use super::steps::{Step, What};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = if self.is_ndjson { "ndjson" } else { "csv" };
        let (name, brand) = (self.entry().name, BRANDS[self.brand]);
        write!(f, "{name} of {brand} as {form}, {} rows", self.rows.len())?;
        if self.merges {
            f.write_str(", columns=merge")?;
        }
        if !self.overtaken.is_empty() {
            write!(f, ", {} overtaken", self.overtaken.len())?;
        }
        if self.replaces_range {
            f.write_str(", replace=range")?;
        }
        if !self.bad.is_empty() {
            write!(f, ", {} bad, {}", self.bad.len(), self.mode)?;
        }
        Ok(())
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = self.entry();
        let metrics = self
            .metrics
            .iter()
            .map(|place| entry.metric(*place).as_str());
        let metrics: Vec<&str> = metrics.collect();
        let by: Vec<&str> = self.by.iter().map(|by| by.as_str()).collect();
        write!(
            f,
            "{} {} by {}",
            entry.name,
            metrics.join("+"),
            by.join("+")
        )?;
        if self.by.contains(&Dimension::Period) {
            write!(f, " grain {}", self.grain)?;
        }
        if self.by_team {
            f.write_str("+team")?;
        }
        write!(f, ", {} to {}", DAYS[self.days.0], DAYS[self.days.1])?;
        if let Some(brand) = self.brand {
            write!(f, ", brand {}", BRANDS[brand])?;
        }
        if !self.platforms.is_empty() {
            write!(f, ", on {}", self.platforms.join("+"))?;
        }
        if let Some(campaign) = self.campaign {
            let entry = &CAMPAIGNS[campaign];
            write!(
                f,
                ", campaign {} of {}",
                entry.external_id, BRANDS[entry.brand]
            )?;
        }
        if let Some(currency) = self.currency {
            write!(f, ", in {currency}")?;
        }
        if let Some((place, text)) = self.text {
            write!(f, ", {} {text}", entry.texts[place].0)?;
        }
        if let Some(team) = self.team {
            write!(f, ", of team {team}")?;
        }
        if let Some(window) = self.window {
            write!(f, ", window `{}`", WINDOWS[window])?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", AGENCIES[self.agency])?;
        match &self.what {
            What::Ingest { report, has_key } => {
                write!(
                    f,
                    "ingest {report}{}",
                    if *has_key { " with a key" } else { "" }
                )
            }
            What::Restate { pick, .. } => write!(f, "restate batch {pick}"),
            What::Repeat { pick } => write!(f, "repeat request {pick}"),
            What::ReuseKey { pick, report } => write!(f, "use key {pick} for {report}"),
            What::Retract { pick } => write!(f, "retract batch {pick}"),
            What::Rename { pick, name } => write!(f, "rename campaign {pick} to {name}"),
            What::Move { pick, platform } => write!(f, "move campaign {pick} to {platform}"),
            What::SetTeam { pick, team } => {
                write!(f, "give campaign {pick} to team {}", team.unwrap_or("none"))
            }
            What::CrashInIngest {
                report,
                stop,
                asks_again,
            } => {
                let then = if *asks_again { " and ask again" } else { "" };
                write!(f, "crash at {stop} of {report}{then}")
            }
            What::Restart => f.write_str("restart"),
            What::Wait { seconds } => write!(f, "wait {seconds} s"),
            What::Ask { question, modes } => {
                let modes: Vec<&str> = modes.iter().map(|mode| mode.as_str()).collect();
                write!(f, "ask with {} {question}", modes.join("+"))
            }
            What::Compact => f.write_str("compact"),
            What::CompactWhileAsked { question } => write!(f, "compact and ask {question}"),
            What::IngestTwo { one, other } => write!(f, "ingest at once {one} and {other}"),
            What::BackUp { into_new } => {
                write!(
                    f,
                    "back up{}",
                    if *into_new { " into a new folder" } else { "" }
                )
            }
            What::Restore => f.write_str("restore"),
            What::Verify => f.write_str("verify"),
            What::CrashInBackup { stop } | What::CrashInCompaction { stop } => {
                write!(f, "crash at {stop}")
            }
            What::AskAsOf { question, pick } => write!(f, "ask as of commit {pick}: {question}"),
            What::ReadPage { question } => write!(f, "read a page of {question}"),
            What::TurnPage { pick } => write!(f, "turn page {pick}"),
        }
    }
}
