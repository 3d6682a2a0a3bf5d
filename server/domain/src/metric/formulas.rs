//! The entries of metrics that are computed: formulas over measures and costs.

use super::catalogue::{Better, MetricClass, MetricDefinition, Unit};
use super::formula::{Component, Formula, Term};

const fn term(weight: i32, component: Component, required: bool) -> Term {
    Term {
        weight,
        component,
        required,
    }
}

pub(super) const AGENCY_FEES: MetricDefinition = MetricDefinition {
    meaning: "Agency fees accrued in the range.",
    formula_text: "agency_fee costs, accrued per day",
    formula: Formula {
        factor: 1,
        numerator: &[term(1, Component::Cost("agency_fee"), true)],
        denominator: &[],
    },
    unit: Unit::Money,
    class: MetricClass::Additive,
    better: Better::Lower,
    source: "requirements.md ROI-4; architecture.md, Facts",
};

pub(super) const PRODUCTION_COSTS: MetricDefinition = MetricDefinition {
    meaning: "Production costs accrued in the range.",
    formula_text: "production costs, accrued per day",
    formula: Formula {
        factor: 1,
        numerator: &[term(1, Component::Cost("production"), true)],
        denominator: &[],
    },
    unit: Unit::Money,
    class: MetricClass::Additive,
    better: Better::Lower,
    source: "requirements.md ROI-4; architecture.md, Facts",
};

pub(super) const INFLUENCER_COSTS: MetricDefinition = MetricDefinition {
    meaning: "Influencer costs accrued in the range.",
    formula_text: "influencer costs, accrued per day",
    formula: Formula {
        factor: 1,
        numerator: &[term(1, Component::Cost("influencer"), true)],
        denominator: &[],
    },
    unit: Unit::Money,
    class: MetricClass::Additive,
    better: Better::Lower,
    source: "requirements.md ROI-4; architecture.md, Facts",
};

pub(super) const TOTAL_COST: MetricDefinition = MetricDefinition {
    meaning: "All that the campaigns cost: media, fees, production and influencers.",
    formula_text: "spend + agency_fees + production_costs + influencer_costs",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("spend"), true),
            term(1, Component::Cost("agency_fee"), true),
            term(1, Component::Cost("production"), true),
            term(1, Component::Cost("influencer"), true),
        ],
        denominator: &[],
    },
    unit: Unit::Money,
    class: MetricClass::Additive,
    better: Better::Lower,
    source: "requirements.md ROI-4; architecture.md, Facts",
};

pub(super) const NET_REVENUE: MetricDefinition = MetricDefinition {
    meaning: "Revenue after refunds.",
    formula_text: "revenue - refunds",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
        ],
        denominator: &[],
    },
    unit: Unit::Money,
    class: MetricClass::Additive,
    better: Better::Higher,
    source: "requirements.md ROI-4; architecture.md, Facts",
};

pub(super) const GROSS_PROFIT: MetricDefinition = MetricDefinition {
    meaning: "Net revenue less the cost of the goods; campaign costs are not taken off.",
    formula_text: "net_revenue - cogs",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
            term(-1, Component::Measure("cogs"), true),
        ],
        denominator: &[],
    },
    unit: Unit::Money,
    class: MetricClass::Additive,
    better: Better::Higher,
    source: "requirements.md ROI-4; architecture.md, Facts",
};

pub(super) const NET_PROFIT: MetricDefinition = MetricDefinition {
    meaning: "Gross profit less total cost.",
    formula_text: "gross_profit - total_cost",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
            term(-1, Component::Measure("cogs"), true),
            term(-1, Component::Measure("spend"), true),
            term(-1, Component::Cost("agency_fee"), true),
            term(-1, Component::Cost("production"), true),
            term(-1, Component::Cost("influencer"), true),
        ],
        denominator: &[],
    },
    unit: Unit::Money,
    class: MetricClass::Additive,
    better: Better::Higher,
    source: "requirements.md ROI-4; architecture.md, Facts",
};

pub(super) const CTR: MetricDefinition = MetricDefinition {
    meaning: "Click-through rate.",
    formula_text: "clicks / impressions",
    formula: Formula {
        factor: 1,
        numerator: &[term(1, Component::Measure("clicks"), true)],
        denominator: &[term(1, Component::Measure("impressions"), true)],
    },
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Higher,
    source: "Industry usage, as TikTok, Meta and Google document it.",
};

pub(super) const CPC: MetricDefinition = MetricDefinition {
    meaning: "Media cost of a click.",
    formula_text: "spend / clicks",
    formula: Formula {
        factor: 1,
        numerator: &[term(1, Component::Measure("spend"), true)],
        denominator: &[term(1, Component::Measure("clicks"), true)],
    },
    unit: Unit::MoneyPerEvent,
    class: MetricClass::Ratio,
    better: Better::Lower,
    source: "Industry usage, as TikTok, Meta and Google document it.",
};

pub(super) const CPM: MetricDefinition = MetricDefinition {
    meaning: "Media cost of a thousand impressions.",
    formula_text: "1000 * spend / impressions",
    formula: Formula {
        factor: 1000,
        numerator: &[term(1, Component::Measure("spend"), true)],
        denominator: &[term(1, Component::Measure("impressions"), true)],
    },
    unit: Unit::MoneyPerEvent,
    class: MetricClass::Ratio,
    better: Better::Lower,
    source: "Industry usage, as TikTok, Meta and Google document it.",
};

pub(super) const CPA: MetricDefinition = MetricDefinition {
    meaning: "Media cost of a conversion.",
    formula_text: "spend / conversions",
    formula: Formula {
        factor: 1,
        numerator: &[term(1, Component::Measure("spend"), true)],
        denominator: &[term(1, Component::Measure("conversions"), true)],
    },
    unit: Unit::MoneyPerEvent,
    class: MetricClass::Ratio,
    better: Better::Lower,
    source: "Industry usage, as TikTok, Meta and Google document it.",
};

pub(super) const CVR: MetricDefinition = MetricDefinition {
    meaning: "Conversion rate of clicks.",
    formula_text: "conversions / clicks",
    formula: Formula {
        factor: 1,
        numerator: &[term(1, Component::Measure("conversions"), true)],
        denominator: &[term(1, Component::Measure("clicks"), true)],
    },
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Higher,
    source: "Industry usage, as TikTok, Meta and Google document it.",
};

pub(super) const ROAS: MetricDefinition = MetricDefinition {
    meaning: "Return on ad spend: net revenue for each unit of media.",
    formula_text: "net_revenue / spend",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
        ],
        denominator: &[term(1, Component::Measure("spend"), true)],
    },
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Higher,
    source: "Industry usage, as TikTok, Meta and Google document it.",
};

pub(super) const BLENDED_ROAS: MetricDefinition = MetricDefinition {
    meaning: "Net revenue for each unit of total cost.",
    formula_text: "net_revenue / total_cost",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
        ],
        denominator: &[
            term(1, Component::Measure("spend"), true),
            term(1, Component::Cost("agency_fee"), true),
            term(1, Component::Cost("production"), true),
            term(1, Component::Cost("influencer"), true),
        ],
    },
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Higher,
    source: "requirements.md ROI-4; kpi_cases.json, roi",
};

pub(super) const POAS: MetricDefinition = MetricDefinition {
    meaning: "Profit on ad spend: gross profit for each unit of media.",
    formula_text: "gross_profit / spend",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
            term(-1, Component::Measure("cogs"), true),
        ],
        denominator: &[term(1, Component::Measure("spend"), true)],
    },
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Higher,
    source: "requirements.md ROI-4; architecture.md, Facts",
};

pub(super) const BREAK_EVEN_ROAS: MetricDefinition = MetricDefinition {
    meaning: "The return on ad spend at which the goods' profit just pays for the media.",
    formula_text: "net_revenue / gross_profit",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
        ],
        denominator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
            term(-1, Component::Measure("cogs"), true),
        ],
    },
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Lower,
    source: "kpi_cases.json, definitions: 1 / gross margin",
};

pub(super) const ROI: MetricDefinition = MetricDefinition {
    meaning: "Net return on the total cost; 0.25 means 25 %, break-even is 0.",
    formula_text: "(gross_profit - total_cost) / total_cost",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
            term(-1, Component::Measure("cogs"), true),
            term(-1, Component::Measure("spend"), true),
            term(-1, Component::Cost("agency_fee"), true),
            term(-1, Component::Cost("production"), true),
            term(-1, Component::Cost("influencer"), true),
        ],
        denominator: &[
            term(1, Component::Measure("spend"), true),
            term(1, Component::Cost("agency_fee"), true),
            term(1, Component::Cost("production"), true),
            term(1, Component::Cost("influencer"), true),
        ],
    },
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Higher,
    source: "requirements.md ROI-4; architecture.md, Facts",
};

pub(super) const GROSS_ROI: MetricDefinition = MetricDefinition {
    meaning: "Gross profit for each unit of total cost; break-even is 1.",
    formula_text: "gross_profit / total_cost",
    formula: Formula {
        factor: 1,
        numerator: &[
            term(1, Component::Measure("revenue"), true),
            term(-1, Component::Measure("refunds"), false),
            term(-1, Component::Measure("cogs"), true),
        ],
        denominator: &[
            term(1, Component::Measure("spend"), true),
            term(1, Component::Cost("agency_fee"), true),
            term(1, Component::Cost("production"), true),
            term(1, Component::Cost("influencer"), true),
        ],
    },
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Higher,
    source: "requirements.md ROI-4; architecture.md, Facts",
};
