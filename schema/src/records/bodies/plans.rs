//! What brands and campaigns mean to do, and what they are judged by.

use async_graphql::ID;
use bellwether_domain::record as kept;

use super::product::{Money, Period};
use crate::records::mirror::mirrored;
use crate::records::words::{CampaignLinkKind, Tone};
use crate::scalars::{Date, Decimal};
use crate::words::{Metric, Objective, Platform};

mirrored! {
    /// What a brand means to do.
    MarketingPlanBody, "MarketingPlanInput" of MarketingPlan {
        /// Its name as shown, 1 to 256 bytes.
        name: String,
        /// For when.
        period: Period,
        /// What it says in short.
        summary: Option<String>,
        /// What is to be reached.
        #[graphql(default)]
        goals: Vec<PlanGoal>,
        /// What may be spent as a whole.
        budget: Option<Money>,
        /// What is done where.
        #[graphql(default)]
        channels: Vec<ChannelPlan>,
    }

    /// Something to be reached.
    PlanGoal, "PlanGoalInput" of Goal {
        /// What, in words.
        name: String,
        /// By which metric it is seen.
        metric: Option<Metric>,
        /// Which value the metric is to reach.
        value: Option<Decimal>,
    }

    /// What is done on one channel.
    ChannelPlan, "ChannelPlanInput" of ChannelPlan {
        /// The channel's name.
        name: String,
        /// The platform, when it is one.
        platform: Option<Platform>,
        /// What may be spent there.
        budget: Option<Money>,
        /// What is done there.
        note: Option<String>,
    }

    /// A campaign's targets, budget, bounds and links.
    CampaignPlanBody, "CampaignPlanInput" of CampaignPlan {
        /// What it is for.
        objective: Objective,
        /// What it is to reach, one target a metric and day.
        #[graphql(default)]
        targets: Vec<CampaignTarget>,
        /// What it may spend in each of these periods, which share no day.
        #[graphql(default)]
        budget: Vec<PeriodBudget>,
        /// Between what its spend may be moved.
        bounds: Option<SpendBounds>,
        /// The campaigns of the brand that it hangs on, each once; no campaign hangs on itself.
        #[graphql(default)]
        links: Vec<CampaignLink>,
        /// The ids of the parties that work on it, each once.
        #[graphql(default)]
        collaborations: Vec<ID>,
        /// What else is to know.
        note: Option<String>,
    }

    /// A value that a metric is to reach.
    CampaignTarget, "CampaignTargetInput" of Target {
        /// The metric.
        metric: Metric,
        /// The value.
        value: Decimal,
        /// By which day.
        by: Date,
    }

    /// What may be spent in a period.
    PeriodBudget, "PeriodBudgetInput" of PeriodBudget {
        /// The period.
        period: Period,
        /// How much.
        amount: Money,
    }

    /// Between what a spend may be moved.
    SpendBounds, "SpendBoundsInput" of SpendBounds {
        /// The least for each day.
        daily_min: Option<Money>,
        /// The most for each day.
        daily_max: Option<Money>,
        /// The most that one change may be, in percent of what is spent.
        change_percent_max: Option<Decimal>,
    }

    /// A campaign that another one hangs on.
    CampaignLink, "CampaignLinkInput" of CampaignLink {
        /// The id of that campaign.
        campaign: ID,
        /// How the other hangs on it.
        kind: CampaignLinkKind,
    }

    /// A brand's voice, values, margin and calendar.
    BrandProfileBody, "BrandProfileInput" of BrandProfile {
        /// How it speaks, in words.
        voice: Option<String>,
        /// How it sounds, each tone once.
        #[graphql(default)]
        tones: Vec<Tone>,
        /// What it stands for, each once.
        #[graphql(default)]
        values: Vec<String>,
        /// What is left of revenue after the cost of goods, in percent; for estimates.
        margin_percent: Option<Decimal>,
        /// The attribution window that its answers use unless a question says, such as `7d_click`.
        attribution_window: Option<String>,
        /// For how many days platforms restate their numbers, each platform once.
        #[graphql(default)]
        restatements: Vec<Restatement>,
        /// Days that are not like others.
        #[graphql(default)]
        holidays: Vec<Holiday>,
    }

    /// For how many days a platform restates its numbers.
    Restatement, "RestatementInput" of Restatement {
        /// The platform.
        platform: Platform,
        /// How many days, at most 120.
        days: u32,
    }

    /// A day that is not like others.
    Holiday, "HolidayInput" of Holiday {
        /// The day.
        date: Date,
        /// Its name.
        name: String,
        /// The ISO 3166 code of the country where it is one; everywhere when null.
        country: Option<String>,
    }
}
