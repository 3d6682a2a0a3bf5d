//! Random questions over those reports.

use proptest::collection::vec;
use proptest::prelude::*;

use super::report::{DAYS, END, WINDOWS};

/// What is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Nothing,
    Campaign,
    Platform,
    Period,
    PeriodAndCampaign,
    PeriodAndPlatform,
}

/// A question.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) by: By,
    pub(super) grain: &'static str,
    /// The first day and the first day after, by their places among the days.
    pub(super) days: (usize, usize),
    pub(super) platform: Option<&'static str>,
    /// The window that is asked for, by its place.
    pub(super) window: Option<usize>,
}

/// A few questions.
pub(super) fn questions() -> impl Strategy<Value = Vec<Question>> {
    let by = prop_oneof![
        Just(By::Nothing),
        Just(By::Campaign),
        Just(By::Platform),
        Just(By::Period),
        Just(By::PeriodAndCampaign),
        Just(By::PeriodAndPlatform),
    ];
    let grain = prop_oneof![Just("DAY"), Just("WEEK"), Just("MONTH")];
    let days =
        (0..DAYS.len(), 1..=DAYS.len()).prop_map(|(from, n)| (from, (from + n).min(DAYS.len())));
    let platform = proptest::option::weighted(0.3, prop_oneof![Just("TIKTOK"), Just("META")]);
    let window = proptest::option::weighted(0.2, 1..WINDOWS.len());
    let question =
        (by, grain, days, platform, window).prop_map(|(by, grain, days, platform, window)| {
            Question {
                by,
                grain,
                days,
                platform,
                window,
            }
        });
    vec(question, 1..=4)
}

/// The metrics that are compared, as fields.
pub(super) const METRICS: [&str; 10] = [
    "impressions",
    "clicks",
    "spend",
    "revenue",
    "netRevenue",
    "grossProfit",
    "ctr",
    "cpm",
    "roas",
    "poas",
];

impl By {
    pub(super) fn period(self) -> bool {
        matches!(
            self,
            Self::Period | Self::PeriodAndCampaign | Self::PeriodAndPlatform
        )
    }

    pub(super) fn campaign(self) -> bool {
        matches!(self, Self::Campaign | Self::PeriodAndCampaign)
    }

    pub(super) fn platform(self) -> bool {
        matches!(self, Self::Platform | Self::PeriodAndPlatform)
    }
}

impl Question {
    /// The dimensions that are grouped by.
    pub(super) fn dimensions(&self) -> Vec<&'static str> {
        let dimensions = [
            (self.by.period(), "PERIOD"),
            (self.by.campaign(), "CAMPAIGN"),
            (self.by.platform(), "PLATFORM"),
        ];
        let asked = dimensions.into_iter().filter(|(asked, _)| *asked);
        asked.map(|(_, name)| name).collect()
    }

    /// The fields of the query's input; `ids` are the campaigns of this world.
    pub(super) fn input(&self, ids: &[String]) -> String {
        let from = DAYS[self.days.0];
        let until = DAYS.get(self.days.1).copied().unwrap_or(END);
        let grain = if self.by.period() {
            format!(", grain: {}", self.grain)
        } else {
            String::new()
        };
        let platform = self
            .platform
            .map(|platform| format!(", platform: {{eq: {platform}}}"))
            .unwrap_or_default();
        let window = self
            .window
            .map(|window| format!("window: \"{}\", ", WINDOWS[window]))
            .unwrap_or_default();
        format!(
            "range: {{between: {{from: \"{from}\", until: \"{until}\"}}}}, by: [{}]{grain}, \
             where: {{campaign: {{in: [\"{}\"]}}{platform}}}, attribution: {{{window}acceptMixed: true}}",
            self.dimensions().join(", "),
            ids.join("\", \""),
        )
    }

    /// What is selected of the answer.
    pub(super) fn selection(&self) -> String {
        let keys = self.keys();
        let cells = format!("{} notes {{ metric code }}", METRICS.join(" "));
        format!("rows {{ {keys} {cells} }} totals {{ {cells} }}")
    }

    /// The fields that tell rows apart.
    pub(super) fn keys(&self) -> String {
        let mut keys = String::new();
        for (asked, field) in [
            (self.by.period(), "period "),
            (self.by.campaign(), "campaignName "),
            (self.by.platform(), "platform "),
        ] {
            keys.push_str(if asked { field } else { "" });
        }
        keys
    }
}
