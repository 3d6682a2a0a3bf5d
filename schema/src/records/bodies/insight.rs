//! What customers say, what experiments compare, and where reports come from.

use async_graphql::ID;
use bellwether_domain::record as kept;

use super::product::Period;
use crate::records::mirror::mirrored;
use crate::records::words::{ComparisonTest, FeedbackKind, ReplyState, Sentiment};
use crate::scalars::{DateTime, Decimal};
use crate::words::{DatasetName, Metric, Platform};

mirrored! {
    /// What one customer said.
    FeedbackItemBody, "FeedbackItemInput" of FeedbackItem {
        /// How it was said.
        kind: FeedbackKind,
        /// When it was said.
        said_at: DateTime,
        /// What was said.
        text: Option<String>,
        /// The rating given, from 0 to 5.
        rating: Option<Decimal>,
        /// How it was meant, as the source gives it.
        sentiment: Option<Sentiment>,
        /// The language as a BCP 47 tag, such as `en` or `zh-Hans`.
        language: Option<String>,
        /// The id of the product that it speaks of.
        product: Option<ID>,
        /// Whether it was answered.
        reply: FeedbackReply,
    }

    /// Whether feedback was answered.
    FeedbackReply, "FeedbackReplyInput" of Reply {
        /// How far it is.
        state: ReplyState,
        /// Until when it is to be answered.
        due_at: Option<DateTime>,
        /// The answer given.
        text: Option<String>,
    }

    /// A comparison of variants, as planned before it begins.
    ExperimentBody, "ExperimentInput" of Experiment {
        /// Its name as shown, 1 to 256 bytes.
        name: String,
        /// What it is to find out.
        hypothesis: Option<String>,
        /// When it runs.
        period: Period,
        /// By which metric the variants are compared.
        metric: Metric,
        /// By which test.
        test: ComparisonTest,
        /// What is compared: at least two, each name once; their allocations come to 1.
        variants: Vec<ExperimentVariant>,
        /// The smallest relative difference that matters, above 0.
        minimum_effect: Decimal,
        /// The level of confidence, above 0 and below 1, such as `0.95`.
        confidence: Decimal,
        /// When it ends.
        stopping_rule: StoppingRule,
    }

    /// A variant of an experiment.
    ExperimentVariant, "ExperimentVariantInput" of ExperimentVariant {
        /// Its name.
        name: String,
        /// The id of the content that it shows.
        content: Option<ID>,
        /// The share of the audience that sees it, from 0 to 1.
        allocation: Decimal,
        /// What was observed of it so far.
        observed: Option<Observed>,
    }

    /// What was observed of a variant: trials of which some succeeded, or values.
    Observed, "ObservedInput" of Observed {
        /// How many trials or values.
        count: u32,
        /// How many of the trials succeeded; of the two-proportion test alone.
        successes: Option<u32>,
        /// The mean of the values; of Welch's test alone.
        mean: Option<Decimal>,
        /// The standard deviation of the values, as of a sample; of Welch's test alone.
        deviation: Option<Decimal>,
    }

    /// When an experiment ends, stated before it begins.
    StoppingRule, "StoppingRuleInput" of StoppingRule {
        /// After how many observations of each variant, at least 1.
        observations_per_variant: u32,
        /// In words, when more is to be said.
        note: Option<String>,
    }

    /// Where reports come from.
    SourceBody, "SourceInput" of Source {
        /// Its name as shown, 1 to 256 bytes.
        name: String,
        /// The platform.
        platform: Platform,
        /// The platform's own id of the account.
        account: String,
        /// What it reports.
        dataset: DatasetName,
        /// When its reports are due.
        arrival: SourceArrival,
        /// Who looks after it.
        owner: Option<String>,
    }

    /// When reports are due.
    SourceArrival, "SourceArrivalInput" of Arrival {
        /// How many days after the reported day, at most 60.
        lag_days: u32,
        /// By which hour of that day in the agency's zone, from 0 to 23.
        by_hour: u32,
    }
}
