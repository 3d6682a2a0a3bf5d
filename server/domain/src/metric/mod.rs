//! The metric catalogue: every number that an answer can hold, as data.
//!
//! A metric is an entry of [`Metric::definition`]: its formula is a quotient of weighted sums of
//! [`Component`]s, so that totals are always computed from components and never from cells.

mod catalogue;
mod custom;
mod evaluate;
mod feedback;
mod formula;
mod formulas;
mod funnel;
mod margin;
mod measures;
mod objectives;
mod reading;

pub use catalogue::{Better, Metric, MetricClass, MetricDefinition, Unit};
pub use custom::{
    CUSTOM_METRIC_MEANING_BYTES_MAX, CUSTOM_METRIC_NAME_BYTES_MAX, CUSTOM_METRIC_REVISIONS_MAX,
    CUSTOM_METRICS_ASKED_MAX, CUSTOM_METRICS_MAX, CustomFormula, CustomMetric, CustomMetricDraft,
    FORMULA_BYTES_MAX, FORMULA_DEPTH_MAX, FORMULA_TERMS_MAX,
};
pub(crate) use evaluate::decimal_quotient;
pub use evaluate::{Evaluator, evaluate, evaluate_assuming};
pub use formula::{
    Component, ComponentSum, Components, Fineness, Formula, Found, MetricCell, Term, Value,
};
pub use margin::AssumedMargin;
pub use objectives::ObjectiveKpis;

use crate::closed_words;

closed_words! {
    /// Why a cell is null, or how its number is to be read.
    pub enum NoteCode, "a note" {
        /// The denominator is zero.
        ZeroDenominator => "ZERO_DENOMINATOR",
        /// The denominator is zero: no media was spent.
        NoSpend => "NO_SPEND",
        /// The denominator is zero: nothing was paid, for media or otherwise.
        NoCost => "NO_COST",
        /// No row reports a value that the metric needs.
        NotReported => "NOT_REPORTED",
        /// Some rows don't report the measure; the value is the sum of those that do.
        Partial => "PARTIAL",
        /// Some rows lack a value that the metric needs, so that it would be wrong.
        ComponentMissing => "COMPONENT_MISSING",
        /// The cost of goods is not reported for some rows.
        CogsMissing => "COGS_MISSING",
        /// The metric has no meaning at this grain: its costs or goods are not broken down so far.
        NotAtThisGrain => "NOT_AT_THIS_GRAIN",
        /// The cell would add up several currencies.
        MixedCurrency => "MIXED_CURRENCY",
        /// The platform may still change the numbers of a day that the value is of.
        Provisional => "PROVISIONAL",
        /// A day's money has no rate into the currency asked for.
        FxRateMissing => "FX_RATE_MISSING",
        /// People reached can't be added up: the number exists only in a row of one campaign.
        NotAdditive => "NOT_ADDITIVE",
        /// No report is of exactly the row's period.
        NotReportedForPeriod => "NOT_REPORTED_FOR_PERIOD",
        /// No cost of goods is reported; it is estimated by the margin that the question assumes.
        Estimated => "ESTIMATED",
        /// There are more conversions than clicks: some followed a view alone.
        ViewThrough => "VIEW_THROUGH",
        /// The campaigns cost more than they brought in.
        NegativeProfit => "NEGATIVE_PROFIT",
        /// The goods cost more than they brought in, so that no return on ad spend breaks even.
        NegativeGrossProfit => "NEGATIVE_GROSS_PROFIT",
    }
}

impl NoteCode {
    /// What the code means, as a sentence for `schema/errors.md` and the API's descriptions.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::ZeroDenominator => "The denominator is zero.",
            Self::NoSpend => "The denominator is zero: no media was spent.",
            Self::NoCost => "The denominator is zero: nothing was paid, for media or otherwise.",
            Self::NotReported => "No row reports a value that the metric needs.",
            Self::Partial => {
                "Some rows don't report the measure; the value is the sum of those that do."
            }
            Self::ComponentMissing => {
                "Some rows lack a value that the metric needs, so that it would be wrong."
            }
            Self::CogsMissing => "The cost of goods is not reported for some rows.",
            Self::NotAtThisGrain => {
                "The metric has no meaning at this grain: its costs or goods are not broken down so far."
            }
            Self::NotAdditive => {
                "People reached can't be added up: the number exists only in a row of one campaign and one period; group by CAMPAIGN."
            }
            Self::NotReportedForPeriod => {
                "No report is of exactly the row's period; ask for the days that the platform reported."
            }
            Self::Provisional => {
                "The platform may still change the numbers of a day that the value is of; `meta.provisionalFrom` tells since when."
            }
            Self::FxRateMissing => {
                "A day's money has no rate into the currency asked for, and none is guessed; import the rate of that day."
            }
            Self::Estimated => {
                "No cost of goods is reported; it is estimated by the margin that the question assumes."
            }
            Self::ViewThrough => {
                "There are more conversions than clicks: some followed a view alone."
            }
            Self::NegativeProfit => "The campaigns cost more than they brought in.",
            Self::NegativeGrossProfit => {
                "The goods cost more than they brought in, so that no return on ad spend breaks even."
            }
            Self::MixedCurrency => "The cell would add up several currencies; group by CURRENCY.",
        }
    }
}
