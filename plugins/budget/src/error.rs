//! What can be wrong with a request.
//!
//! Invariant: every variant carries the amounts that show why, in units of the currency.

/// Why there is no allocation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The lower bounds together are above the budget.
    #[error("the lower bounds need {sum_lower}, the budget is {total}; raise it or lower them")]
    BelowMinimum {
        /// The budget.
        total: f64,
        /// The sum of the lower bounds.
        sum_lower: f64,
        /// The sum of the upper bounds.
        sum_upper: f64,
    },
    /// The upper bounds together are below the budget.
    #[error(
        "the upper bounds take {sum_upper}, the budget is {total}; lower it, raise them, or make the budget flexible"
    )]
    AboveMaximum {
        /// The budget.
        total: f64,
        /// The sum of the lower bounds.
        sum_lower: f64,
        /// The sum of the upper bounds.
        sum_upper: f64,
    },
    /// A campaign's least is above its most.
    #[error("campaign `{campaign}` must get {lower} at least and may get {upper} at most")]
    BoundsContradict {
        /// The campaign's id.
        campaign: String,
        /// The least.
        lower: f64,
        /// The most.
        upper: f64,
    },
    /// A group's campaigns must get more than the group may, or may get less than it must.
    #[error("group `{group}` is to get {min} to {max}, its campaigns {sum_lower} to {sum_upper}")]
    GroupContradicts {
        /// The group's name.
        group: String,
        /// The least for the group.
        min: f64,
        /// The most for the group.
        max: f64,
        /// The sum of its campaigns' lower bounds.
        sum_lower: f64,
        /// The sum of its campaigns' upper bounds.
        sum_upper: f64,
    },
    /// More campaigns than the exact search for S-shaped curves takes.
    #[error(
        "{campaigns} campaigns with S-shaped curves among them; at most {most} can be searched"
    )]
    TooManyShapes {
        /// How many there are.
        campaigns: usize,
        /// How many are taken.
        most: usize,
    },
    /// S-shaped curves together with group limits or a flexible budget.
    #[error("S-shaped curves are searched without group limits and with a fixed budget only")]
    ShapesUnsupported,
    /// An amount, share or curve is out of its range.
    #[error("{0}")]
    Invalid(String),
}

impl Error {
    /// The code that a client can act on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BelowMinimum { .. } => "BUDGET_BELOW_MINIMUM",
            Self::AboveMaximum { .. } => "BUDGET_ABOVE_MAXIMUM",
            Self::BoundsContradict { .. } => "BUDGET_BOUNDS_CONTRADICT",
            Self::GroupContradicts { .. } => "BUDGET_GROUP_CONTRADICTS",
            Self::TooManyShapes { .. } => "BUDGET_TOO_MANY_SHAPES",
            Self::ShapesUnsupported => "BUDGET_SHAPES_UNSUPPORTED",
            Self::Invalid(_) => "INVALID_INPUT",
        }
    }
}
