//! Metrics of brands and campaigns as fields of theirs, asked together: all objects of a request
//! that ask the same become one question, grouped by what they are.
//!
//! Invariant: a request's batches are its own, and an object's row is the very row that `metrics`
//! has for it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Result};
use bellwether_domain::answer::RowKey;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::query::{
    Accepts, Dimension, FILTER_VALUES_MAX, MetricRequest, Subject, TestRequest,
};
use bellwether_service::{Error, Reading};

use super::answer::AnswerPage;
use super::input::{CompareInput, RangeInput};
use super::row::{MetricsRow, RowPlace};
use super::selection::Selection;
use crate::batch::Batch;
use crate::context::{ContextExt, RequestState};
use crate::limits::OBJECTS_MEASURED_MAX;
use crate::scalars::DateTime;

// A question names its objects in one filter.
const _: () = assert!(OBJECTS_MEASURED_MAX <= FILTER_VALUES_MAX);

/// The questions of one request about objects, by what they ask.
#[derive(Debug, Default)]
pub(crate) struct ObjectMetrics {
    brands: Questions<BrandId>,
    campaigns: Questions<CampaignId>,
}

impl ObjectMetrics {
    /// Forgets every question, so that what is asked from now on is read anew.
    pub(crate) fn forget(&self) {
        self.brands.forget();
        self.campaigns.forget();
    }
}

/// Batches of one kind of object by the question that each asks.
#[derive(Debug)]
struct Questions<K>(Mutex<HashMap<String, Arc<Batch<K, MetricsRow>>>>);

impl<K> Default for Questions<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// What is asked of an object: the arguments of its field.
pub(crate) struct Asked {
    pub(crate) range: RangeInput,
    pub(crate) compare: Option<CompareInput>,
    pub(crate) as_of: Option<DateTime>,
}

/// What can be asked about: an id that rows are grouped by.
trait Object: Copy + Ord + Hash + ToString {
    /// The dimension of which it is a value.
    const DIMENSION: Dimension;

    /// What several of them are called.
    const PLURAL: &str;

    /// The object that a row is about.
    fn of_row(key: &RowKey) -> Option<Self>;
}

impl Object for BrandId {
    const DIMENSION: Dimension = Dimension::Brand;
    const PLURAL: &str = "brands";

    fn of_row(key: &RowKey) -> Option<Self> {
        key.brand
    }
}

impl Object for CampaignId {
    const DIMENSION: Dimension = Dimension::Campaign;
    const PLURAL: &str = "campaigns";

    fn of_row(key: &RowKey) -> Option<Self> {
        key.campaign
    }
}

/// The row of a brand, or nothing where no facts of it are known.
pub(crate) async fn of_brand(
    ctx: &Context<'_>,
    id: BrandId,
    asked: Asked,
) -> Result<Option<MetricsRow>> {
    let state = ctx.state();
    row_of(ctx, &state.objects.brands, id, asked).await
}

/// The row of a campaign, or nothing where no facts of it are known.
pub(crate) async fn of_campaign(
    ctx: &Context<'_>,
    id: CampaignId,
    asked: Asked,
) -> Result<Option<MetricsRow>> {
    let state = ctx.state();
    row_of(ctx, &state.objects.campaigns, id, asked).await
}

async fn row_of<K: Object>(
    ctx: &Context<'_>,
    questions: &Questions<K>,
    id: K,
    asked: Asked,
) -> Result<Option<MetricsRow>> {
    let state = ctx.state();
    let mut selection = Selection::of_row(ctx.field());
    // In whichever order they are selected, it is the same question.
    selection.metrics.sort_by_key(|field| field.what as usize);
    let request = MetricRequest {
        selected_metrics: selection.metrics,
        selected_dimensions: selection.dimensions,
        by: vec![K::DIMENSION],
        totals: Vec::new(),
        compare: asked.compare.map(Into::into),
        ..MetricRequest::over(asked.range.into())
    };
    let reading = Reading {
        as_of: asked.as_of.map(|moment| moment.0),
        ..Reading::default()
    };
    // Everything that tells two questions apart, and nothing else, is in this text.
    let question = format!("{request:?} {reading:?}");
    let batch = questions.batch(question);
    let loaded = batch.load_at_rest(id, &state.reads, async |ids| {
        answers(state, &request, reading, ids).await
    });
    state.answer(loaded.await)
}

impl<K> Questions<K> {
    fn forget(&self) {
        let mut batches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        batches.clear();
    }
}

impl<K: Object> Questions<K> {
    fn batch(&self, question: String) -> Arc<Batch<K, MetricsRow>> {
        let mut batches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = batches
            .entry(question)
            .or_insert_with(|| Arc::new(Batch::new()));
        Arc::clone(batch)
    }
}

/// The rows of these objects, by one question.
async fn answers<K: Object>(
    state: &RequestState,
    request: &MetricRequest,
    reading: Reading,
    ids: Vec<K>,
) -> Result<HashMap<K, MetricsRow>, Error> {
    check_number::<K>(ids.len())?;
    let mut request = request.clone();
    request.filter.tests.push(TestRequest {
        subject: Subject::Dimension(K::DIMENSION),
        accepts: Accepts::In(ids.iter().map(ToString::to_string).collect()),
    });
    let services = &state.services;
    let answer = services.metrics(&state.scope, &request, reading).await?;
    state.provenance.note(answer.cache());
    state.spent.add(answer.cost());
    let page = Arc::new(AnswerPage::whole(answer));
    let groups = page.answer.table().rows.iter().enumerate();
    let rows = groups.filter_map(|(index, row)| {
        let row_of_it = MetricsRow {
            page: Arc::clone(&page),
            place: RowPlace::Group(index),
        };
        Some((K::of_row(&row.key)?, row_of_it))
    });
    Ok(rows.collect())
}

fn check_number<K: Object>(n_objects: usize) -> Result<(), Refusal> {
    if n_objects <= OBJECTS_MEASURED_MAX {
        return Ok(());
    }
    let what = format!("asking {n_objects} {} for the same `metrics`", K::PLURAL);
    let refusal = Refusal::limit("objects_measured_max", OBJECTS_MEASURED_MAX, what);
    let message = format!(
        "{}; ask for smaller pages, or `metrics(input: {{by: [{}]}})`",
        refusal.message,
        K::DIMENSION.as_str().to_uppercase()
    );
    Err(Refusal { message, ..refusal })
}
