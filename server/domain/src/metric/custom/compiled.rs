//! A formula made ready: its tree, what it counts, and the components that it is computed from.

use super::check::check;
use super::evaluate::{Node, required};
use super::parse::parse;
use crate::dataset::{Dataset, DatasetName};
use crate::error_code::Refusal;
use crate::metric::{Component, Metric, MetricClass, Unit};
use crate::nearest::nearest;
use crate::query::ANSWERING;

/// The most bytes of a formula.
pub const FORMULA_BYTES_MAX: usize = 1_000;

/// The most numbers and names in a formula, however often the same one comes.
pub const FORMULA_TERMS_MAX: usize = 32;

/// How deep brackets of a formula may nest.
pub const FORMULA_DEPTH_MAX: usize = 16;

/// A formula over the metrics of the catalogue, checked and ready to be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomFormula {
    text: String,
    metrics: Vec<Metric>,
    unit: Unit,
    class: MetricClass,
    components: Vec<Component>,
    /// By component, whether rows must have it.
    pub(super) required: Vec<bool>,
    pub(super) node: Node,
}

impl CustomFormula {
    /// The formula of a text such as `1000 * likes / impressions`, or what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let unnamed = parse(text)?;
        let n_terms = unnamed.n_terms();
        if n_terms > FORMULA_TERMS_MAX {
            let what = format!("a formula of {n_terms} numbers and names");
            return Err(Refusal::limit("formula_terms_max", FORMULA_TERMS_MAX, what));
        }
        let expression = unnamed.named(&|name: String| find_metric(&name))?;
        let metrics = expression.metrics();
        let (unit, class) = check(&expression, &metrics)?;
        let components = components_of(&metrics);
        Ok(Self {
            text: expression.to_string(),
            node: Node::new(&expression, &components),
            required: required(&components),
            metrics,
            unit,
            class,
            components,
        })
    }

    /// The formula in its one way to be written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// About how many bytes of memory it holds beside itself.
    pub(super) fn size_bytes(&self) -> usize {
        self.text.len()
            + size_of_val(self.metrics.as_slice())
            + size_of_val(self.components.as_slice())
            + self.required.len()
            + self.node.size_bytes()
    }

    /// The metrics in it, in the catalogue's order.
    pub fn metrics(&self) -> &[Metric] {
        &self.metrics
    }

    /// What its values are counted in.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// How its totals come about.
    pub fn class(&self) -> MetricClass {
        self.class
    }

    /// The components that it is computed from, sorted and distinct.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Whether its values depend on the attribution window of the facts.
    pub fn is_attributed(&self) -> bool {
        self.components.iter().any(|it| it.is_attributed())
    }

    /// Whether it needs costs beside media.
    pub fn needs_costs(&self) -> bool {
        let mut components = self.components.iter();
        components.any(|it| matches!(it, Component::Cost(_)))
    }

    /// Whether the dataset has every component.
    pub fn is_known_in(&self, dataset: DatasetName) -> bool {
        self.components.iter().all(|it| it.is_known_in(dataset))
    }

    /// The datasets that have every component, the preferred one first.
    pub fn datasets(&self) -> Vec<DatasetName> {
        let datasets = ANSWERING.into_iter();
        datasets.filter(|it| self.is_known_in(*it)).collect()
    }

    /// Whether a query of the dataset may ask for it: the dataset knows it, or is a finer view of
    /// one that does, where it is null with a note.
    pub fn may_be_asked_of(&self, dataset: DatasetName) -> bool {
        let coarser = Dataset::of(dataset).refines;
        self.is_known_in(dataset) || coarser.is_some_and(|coarser| self.is_known_in(coarser))
    }
}

fn find_metric(name: &str) -> Result<Metric, Refusal> {
    name.parse().map_err(|_| {
        let words = || Metric::ALL.iter().map(|metric| metric.as_str());
        let near = nearest(name, words());
        let hint = near
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        Refusal::invalid(format!(
            "`{name}` in the formula is no metric of the catalogue{hint}"
        ))
        .with_allowed(words())
        .with_suggestion(near)
    })
}

/// The components of metrics, sorted and distinct.
pub(super) fn components_of(metrics: &[Metric]) -> Vec<Component> {
    let mut components: Vec<Component> = metrics
        .iter()
        .flat_map(|metric| {
            let formula = metric.definition().formula;
            formula
                .terms()
                .map(|term| term.component)
                .collect::<Vec<_>>()
        })
        .collect();
    components.sort_unstable();
    components.dedup();
    components
}
