//! From impressions to conversions and what each step cost.

use bellwether_domain::metric::{Metric, NoteCode, evaluate};
use serde::Deserialize;
use serde_json::{Value, json};

use super::given::{Given, Number};
use super::written::{FOUR, cell, cell_percent};

/// The counts of a case. Reactions that it leaves out did not happen; views, followers and reach
/// that it leaves out are not known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Funnel {
    #[serde(alias = "impressions")]
    i: Number,
    #[serde(alias = "clicks")]
    c: Number,
    #[serde(alias = "conversions")]
    conv: Number,
    spend: Number,
    #[serde(alias = "value")]
    val: Number,
    #[serde(default, alias = "like")]
    likes: Option<Number>,
    #[serde(default, alias = "comment", alias = "com")]
    comments: Option<Number>,
    #[serde(default, alias = "share")]
    shares: Option<Number>,
    #[serde(default, alias = "video_views", alias = "vv")]
    views: Option<Number>,
    #[serde(default, alias = "new_followers", alias = "follows", alias = "fol")]
    followers: Option<Number>,
    #[serde(default)]
    reach: Option<Number>,
}

impl Funnel {
    fn given(&self) -> Result<Given, String> {
        let reactions = |number: Option<Number>| number.or(Some(Number(0.into())));
        Given::default()
            .measure("impressions", Some(self.i))?
            .measure("clicks", Some(self.c))?
            .measure("conversions", Some(self.conv))?
            .measure("spend", Some(self.spend))?
            .measure("revenue", Some(self.val))?
            .measure("likes", reactions(self.likes))?
            .measure("comments", reactions(self.comments))?
            .measure("shares", reactions(self.shares))?
            .measure("video_views", self.views)?
            .measure("follows", self.followers)?
            .measure("reach", self.reach)
    }
}

pub(super) fn funnel(given: &Funnel) -> Result<Value, String> {
    let funnel = given.given()?;
    let number = |metric| cell(evaluate(metric, &funnel), FOUR);
    let percent = |metric| cell_percent(evaluate(metric, &funnel));
    Ok(json!({
        "ctr_pct": percent(Metric::Ctr),
        "cpm": number(Metric::Cpm),
        "cpc": number(Metric::Cpc),
        "cvr_pct": percent(Metric::Cvr),
        "cpa": number(Metric::Cpa),
        "aov": number(Metric::Aov),
        "roas": number(Metric::Roas),
        "engagements": number(Metric::Engagements),
        "engagement_rate_pct": percent(Metric::EngagementRateByImpressions),
        "cpe": number(Metric::Cpe),
        "view_rate_pct": percent(Metric::ViewRate),
        "cpv": number(Metric::Cpv),
        "cost_per_follower": number(Metric::CostPerFollower),
        "frequency": number(Metric::Frequency),
        "flags": Vec::from_iter(evaluate(Metric::Cvr, &funnel).note.map(NoteCode::as_str)),
    }))
}
