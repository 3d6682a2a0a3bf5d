//! What campaigns brought in: ROI, ROAS and their like.

use std::collections::BTreeMap;

use bellwether_domain::metric::{AssumedMargin, Metric, MetricCell, NoteCode, evaluate_assuming};
use bellwether_domain::money::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::given::{Given, Number};
use super::written::{CENTS, FOUR, cell, cell_percent};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sales {
    rev: Number,
    refunds: Number,
    cogs: Option<Number>,
    costs: BTreeMap<String, Number>,
    margin: Option<Number>,
}

/// The metrics of a case, in the order of its expectation.
struct Told {
    sales: Given,
    margin: Option<AssumedMargin>,
    notes: Vec<NoteCode>,
}

impl Told {
    fn new(given: &Sales) -> Result<Self, String> {
        let mut sales = Given::default()
            .measure("revenue", Some(given.rev))?
            .measure("refunds", Some(given.refunds))?
            .measure("cogs", given.cogs)?;
        for (kind, amount) in &given.costs {
            sales = match kind.as_str() {
                "media" => sales.measure("spend", Some(*amount))?,
                kind => sales.cost(kind, *amount)?,
            };
        }
        let margin = given.margin.map(|Number(share)| AssumedMargin::new(share));
        Ok(Self {
            sales,
            margin: margin.transpose().map_err(|refusal| refusal.to_string())?,
            notes: Vec::new(),
        })
    }

    fn cell(&mut self, metric: Metric) -> MetricCell {
        let cell = evaluate_assuming(metric, &self.sales, self.margin);
        self.notes.extend(cell.note);
        cell
    }

    fn money(&mut self, metric: Metric) -> Value {
        cell(self.cell(metric), CENTS)
    }

    fn ratio(&mut self, metric: Metric) -> Value {
        cell(self.cell(metric), FOUR)
    }

    fn percent(&mut self, metric: Metric) -> Value {
        cell_percent(self.cell(metric))
    }

    /// The notes as the cases name them, each once.
    fn flags(&self) -> Vec<&'static str> {
        let mut flags: Vec<&str> = self.notes.iter().filter_map(|note| flag(*note)).collect();
        flags.sort_unstable();
        flags.dedup();
        flags
    }
}

/// A case's word for a note; a denominator that is zero for no other reason is told by its null.
fn flag(note: NoteCode) -> Option<&'static str> {
    match note {
        NoteCode::ZeroDenominator => None,
        NoteCode::Estimated => Some("COGS_ESTIMATED_FROM_MARGIN"),
        note => Some(note.as_str()),
    }
}

pub(super) fn roi(given: &Sales) -> Result<Value, String> {
    let mut told = Told::new(given)?;
    Ok(json!({
        "net_revenue": told.money(Metric::NetRevenue),
        "total_cost": told.money(Metric::TotalCost),
        "gross_profit": told.money(Metric::GrossProfit),
        "net_profit": told.money(Metric::NetProfit),
        "roi_seed_pct": told.percent(Metric::GrossRoi),
        "roi_net_pct": told.percent(Metric::Roi),
        "roas": told.ratio(Metric::Roas),
        "blended_roas": told.ratio(Metric::BlendedRoas),
        "poas": told.ratio(Metric::Poas),
        "break_even_roas": told.ratio(Metric::BreakEvenRoas),
        "flags": told.flags(),
    }))
}

/// Campaigns of whose returns an identity is told, beside those of the test's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Identity {
    #[serde(default)]
    campaigns: Vec<Sales>,
}

/// Both returns of many campaigns: wherever both exist, they are one apart.
pub(super) fn identity(given: &Identity) -> Result<Value, String> {
    let mut n_compared = 0;
    for campaign in &given.campaigns {
        n_compared += u32::from(is_one_apart(campaign)?);
    }
    for rev in [0, 800, 3_000, 12_000] {
        for (refunds, cogs) in [(0, 0), (500, 1_234), (650, 9_999)] {
            for (media, fee) in [(0, 0), (0, 200), (750, 0), (2_000, 333)] {
                n_compared += u32::from(is_one_apart(&sales(rev, refunds, cogs, media, fee))?);
            }
        }
    }
    let holds = n_compared > 0;
    Ok(json!({ "identity": holds.then_some("roi_seed_pct - roi_net_pct == 100") }))
}

/// Whether both returns exist; they are one apart then, else it is an error.
fn is_one_apart(given: &Sales) -> Result<bool, String> {
    let mut told = Told::new(given)?;
    let both = [Metric::GrossRoi, Metric::Roi].map(|metric| told.cell(metric).value);
    match both {
        [Some(gross), Some(net)] if gross.decimal() - net.decimal() == Decimal::ONE => Ok(true),
        [None, None] => Ok(false),
        both => Err(format!("of {given:?} the returns are {both:?}")),
    }
}

fn sales(rev: i64, refunds: i64, cogs: i64, media: i64, fee: i64) -> Sales {
    let number = |amount: i64| Number(amount.into());
    Sales {
        rev: number(rev),
        refunds: number(refunds),
        cogs: Some(number(cogs)),
        costs: [("media", media), ("agency_fee", fee)]
            .map(|(kind, amount)| (kind.to_owned(), number(amount)))
            .into(),
        margin: None,
    }
}
