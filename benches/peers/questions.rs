//! The five questions, each once and put to both sides: as GraphQL input and as SQL.
//!
//! Invariant: both forms come from the same fields, so that they can't ask different things.

use bellwether_domain::time::{Date, date_of_day_number, day_number};
use serde_json::{Value, json};

use super::options::{N_DAYS, UNTIL};

/// The six measures that most questions add up; both datasets have them.
pub(crate) const SIX: [&str; 6] = [
    "impressions",
    "clicks",
    "video_views",
    "conversions",
    "spend",
    "revenue",
];

/// All that `delivery_daily` measures.
pub(crate) const DELIVERY: [&str; 18] = [
    "impressions",
    "clicks",
    "video_views",
    "video_views_2s",
    "video_views_6s",
    "video_p25",
    "video_p50",
    "video_p75",
    "video_p100",
    "likes",
    "comments",
    "shares",
    "follows",
    "conversions",
    "spend",
    "revenue",
    "refunds",
    "cogs",
];

/// Net return on media, which is the total cost where no other costs are known: revenue less
/// refunds, goods and media, by media. The sums are exact integers; one division at the end.
const ROI_SQL: &str = "CAST(sum(revenue) - sum(refunds) - sum(cogs) - sum(spend) AS DOUBLE) / CAST(sum(spend) AS DOUBLE)";

/// One question.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// What it is called in the tables.
    pub(crate) name: &'static str,
    /// `delivery_daily` or `audience_daily`.
    pub(crate) dataset: &'static str,
    /// Dimensions in GraphQL's words.
    pub(crate) by: &'static [&'static str],
    /// The length of periods, where one is grouped by.
    pub(crate) grain: Option<&'static str>,
    /// Metrics in snake case.
    pub(crate) metrics: Vec<&'static str>,
    /// The first day.
    pub(crate) from: Date,
    /// The first day after.
    pub(crate) until: Date,
    /// Only this brand.
    pub(crate) brand: Option<Named>,
    /// Only this campaign.
    pub(crate) campaign: Option<Named>,
    /// So many rows with the highest ROI, instead of all.
    pub(crate) top: Option<u32>,
}

/// A thing by the name that DuckDB's table has and the id that Bellwether gave it.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// A brand's short name or a campaign's external id.
    pub(crate) name: String,
    /// Bellwether's id.
    pub(crate) id: String,
}

/// So many days before the end of the facts.
pub(crate) fn days_ago(days: u32) -> Date {
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    shifted(UNTIL, -days)
}

/// The date so many days later.
pub(crate) fn shifted(day: Date, days: i32) -> Date {
    date_of_day_number(day_number(day) + days).unwrap_or(day)
}

/// The five questions of the bars.
pub(crate) fn five(brand: &Named, campaign: &Named) -> Vec<Question> {
    let all = Question {
        name: "totals of six measures",
        dataset: "delivery_daily",
        by: &[],
        grain: None,
        metrics: SIX.to_vec(),
        from: days_ago(N_DAYS),
        until: UNTIL,
        brand: None,
        campaign: None,
        top: None,
    };
    vec![
        all.clone(),
        Question {
            name: "platform x month, one brand, 90 days",
            by: &["PLATFORM", "PERIOD"],
            grain: Some("MONTH"),
            from: days_ago(90),
            brand: Some(brand.clone()),
            ..all.clone()
        },
        Question {
            name: "top 20 campaigns by ROI, 365 days",
            by: &["CAMPAIGN"],
            metrics: vec!["roi", "spend", "revenue", "refunds", "cogs"],
            from: days_ago(365),
            top: Some(20),
            ..all.clone()
        },
        Question {
            name: "day x platform, 365 days",
            by: &["PERIOD", "PLATFORM"],
            grain: Some("DAY"),
            from: days_ago(365),
            ..all.clone()
        },
        Question {
            name: "country x age x gender, one campaign",
            dataset: "audience_daily",
            by: &["COUNTRY", "AGE", "GENDER"],
            campaign: Some(campaign.clone()),
            ..all
        },
    ]
}

/// 24 rows of 7 columns: what a dashboard's line chart asks.
pub(crate) fn by_month(totals: &Question) -> Question {
    Question {
        name: "24 months x 6 measures",
        by: &["PERIOD"],
        grain: Some("MONTH"),
        ..totals.clone()
    }
}

/// 2,190 rows: every day of 24 months by three platforms.
pub(crate) fn by_day_and_platform(totals: &Question) -> Question {
    Question {
        name: "730 days x 3 platforms",
        by: &["PERIOD", "PLATFORM"],
        grain: Some("DAY"),
        ..totals.clone()
    }
}

impl Question {
    /// The same question over other days and measures, so that neither its result nor a part of it
    /// has been computed before. Every number asks something else.
    pub(crate) fn variant(&self, number: usize) -> Self {
        let days = i32::try_from(number).unwrap_or(i32::MAX);
        let kept = usize::from(self.top.is_some());
        let mut metrics = self.metrics[..kept].to_vec();
        metrics.extend((0..6).map(|place| DELIVERY[(number + place) % DELIVERY.len()]));
        Self {
            metrics,
            from: shifted(self.from, days),
            until: shifted(self.until, -(days % 3)),
            ..self.clone()
        }
    }

    /// The same question with every measure of `delivery_daily`.
    pub(crate) fn with_all_measures(&self) -> Self {
        let kept = usize::from(self.top.is_some());
        let mut metrics = self.metrics[..kept].to_vec();
        metrics.extend(DELIVERY);
        Self {
            metrics,
            ..self.clone()
        }
    }

    /// Bellwether's `MetricsInput`; `cache` where the server knows it.
    pub(crate) fn input(&self, cache: Option<&str>) -> Value {
        let upper = |name: &&str| name.to_ascii_uppercase();
        let mut input = json!({
            "dataset": self.dataset.to_ascii_uppercase(),
            "range": { "between": { "from": self.from.to_string(), "until": self.until.to_string() } },
            "by": self.by,
            "metrics": self.metrics.iter().map(upper).collect::<Vec<_>>(),
        });
        if let Some(grain) = self.grain {
            input["grain"] = json!(grain);
        }
        if let Some(brand) = &self.brand {
            input["brands"] = json!([brand.id]);
        }
        if let Some(campaign) = &self.campaign {
            input["where"] = json!({ "campaign": { "eq": campaign.id } });
        }
        if self.top.is_some() {
            input["orderBy"] = json!([{ "metric": "ROI", "direction": "DESC" }]);
        }
        if let Some(cache) = cache {
            input["cache"] = json!(cache);
        }
        input
    }

    /// DuckDB's statement; its columns have the names of Bellwether's.
    pub(crate) fn sql(&self) -> String {
        let keys: Vec<String> = self.by.iter().map(|by| self.key_sql(by)).collect();
        let measures = self.metrics.iter().map(|name| match *name {
            "roi" => format!("{ROI_SQL} AS roi"),
            name => format!("sum({name}) AS {name}"),
        });
        let columns: Vec<String> = keys.into_iter().chain(measures).collect();
        let table = self.dataset.trim_end_matches("_daily");
        let mut filters = Vec::new();
        // All days need no filter: DuckDB is to be asked in its best form.
        if self.from > days_ago(N_DAYS) {
            filters.push(format!("day >= DATE '{}'", self.from));
        }
        if self.until < UNTIL {
            filters.push(format!("day < DATE '{}'", self.until));
        }
        for (column, named) in [("brand", &self.brand), ("campaign", &self.campaign)] {
            let filter = |named: &Named| format!("{column} = '{}'", named.name);
            filters.extend(named.as_ref().map(filter));
        }
        let mut clauses = vec![format!("SELECT {} FROM {table}", columns.join(", "))];
        if !filters.is_empty() {
            clauses.push(format!("WHERE {}", filters.join(" AND ")));
        }
        if !self.by.is_empty() {
            let places: Vec<String> = (1..=self.by.len()).map(|n| n.to_string()).collect();
            clauses.push(format!("GROUP BY {}", places.join(", ")));
        }
        if let Some(top) = self.top {
            clauses.push(format!("ORDER BY roi DESC LIMIT {top}"));
        }
        clauses.join(" ")
    }

    fn key_sql(&self, by: &str) -> String {
        match by {
            "PERIOD" if self.grain == Some("MONTH") => "date_trunc('month', day) AS period".into(),
            "PERIOD" => "day AS period".into(),
            "CAMPAIGN" => "campaign AS campaign_name".into(),
            other => other.to_ascii_lowercase(),
        }
    }
}
