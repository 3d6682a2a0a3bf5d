//! A marketing plan: what a brand means to do over a period, as written down.

use crate::campaign::Platform;
use crate::metric::Metric;
use crate::record::Faults;
use crate::record::values::{Exact, Money, Period};

body_types! {
    /// What a brand means to do.
    pub struct MarketingPlan {
        /// Its name as shown.
        pub name: String,
        /// For when.
        pub period: Period,
        /// What it says in short.
        pub summary: Option<String>,
        /// What is to be reached.
        #[serde(default)]
        pub goals: Vec<Goal>,
        /// What may be spent as a whole.
        pub budget: Option<Money>,
        /// What is done where.
        #[serde(default)]
        pub channels: Vec<ChannelPlan>,
    }

    /// Something to be reached.
    pub struct Goal {
        /// What, in words.
        pub name: String,
        /// By which metric it is seen.
        pub metric: Option<Metric>,
        /// Which value the metric is to reach.
        pub value: Option<Exact>,
    }

    /// What is done on one channel.
    pub struct ChannelPlan {
        /// The channel's name.
        pub name: String,
        /// The platform, when it is one.
        pub platform: Option<Platform>,
        /// What may be spent there.
        pub budget: Option<Money>,
        /// What is done there.
        pub note: Option<String>,
    }
}

impl MarketingPlan {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.name("name", &self.name);
        faults.period("period", &self.period);
        faults.text_if_any("summary", self.summary.as_deref());
        faults.each("goals", &self.goals, |faults, goal| {
            faults.name("name", &goal.name);
        });
        faults.money_if_any("budget", self.budget.as_ref());
        faults.each("channels", &self.channels, |faults, channel| {
            faults.name("name", &channel.name);
            faults.money_if_any("budget", channel.budget.as_ref());
            faults.text_if_any("note", channel.note.as_deref());
        });
    }
}
