//! Custom metrics over GraphQL: what they are, and how they are saved and archived.

use async_graphql::{ID, InputObject, Object, Result, SimpleObject};
use bellwether_domain::metric::{CustomMetric as Metric, CustomMetricDraft};

use crate::context::RequestState;
use crate::mutation::{UserError, outcome};
use crate::scalars::DateTime;
use crate::words::{Better, DatasetName, MetricClass, Unit};

/// A revision of an agency's own metric.
#[derive(Debug, Clone)]
pub(crate) struct CustomMetric(pub(crate) Metric);

/// A revision of an agency's own metric.
#[Object]
impl CustomMetric {
    /// Its name, for `customMetrics` of a query and as the column of tables, such as `likes_per_mille`.
    async fn name(&self) -> &str {
        self.0.name()
    }

    /// How it is computed, in names of metrics, such as `1000 * likes / impressions`.
    async fn formula(&self) -> &str {
        self.0.draft.formula.text()
    }

    /// What it tells, as a sentence.
    async fn meaning(&self) -> &str {
        &self.0.draft.meaning
    }

    /// What it is counted in, as follows from the formula.
    async fn unit(&self) -> Unit {
        self.0.draft.formula.unit().into()
    }

    /// How its totals come about, as follows from the formula.
    async fn class(&self) -> MetricClass {
        self.0.draft.formula.class().into()
    }

    /// In which direction it is better.
    async fn better(&self) -> Better {
        self.0.draft.better.into()
    }

    /// The datasets that have what it is made of, the preferred one first.
    async fn datasets(&self) -> Vec<DatasetName> {
        let datasets = self.0.draft.formula.datasets();
        datasets.into_iter().map(Into::into).collect()
    }

    /// The number of the revision, from 1; each save and each archiving is another one.
    async fn revision(&self) -> u32 {
        self.0.revision
    }

    /// Whether the revision took the metric out of use; a query can't ask for it then.
    async fn is_archived(&self) -> bool {
        self.0.is_archived
    }

    /// The id of the member who made the revision; null for the operator.
    async fn made_by(&self) -> Option<ID> {
        self.0.made_by.map(Into::into)
    }

    /// When the revision was made.
    async fn made_at(&self) -> DateTime {
        DateTime(self.0.made_at)
    }
}

/// A custom metric to save.
#[derive(Debug, InputObject)]
pub(crate) struct SaveCustomMetricInput {
    /// Its name: a small letter, then small letters, digits or `_`, such as `likes_per_mille`; a name that is there gets another revision.
    name: String,
    /// Numbers, names of metrics, `+`, `-`, `*`, `/` and brackets, such as `(revenue - refunds) / spend`.
    formula: String,
    /// What it tells, as a sentence of at most 512 bytes.
    meaning: String,
    /// In which direction it is better.
    #[graphql(default_with = "Better::Neither")]
    better: Better,
    /// The newest revision that you know of, 0 for none; `CONFLICT` when there is another.
    expected_revision: Option<u32>,
}

/// What became of saving a custom metric.
#[derive(Debug, SimpleObject)]
pub(crate) struct SaveCustomMetricPayload {
    /// The revision that was made; null when the input was not accepted.
    custom_metric: Option<CustomMetric>,
    /// What the input has against it; empty when the metric was saved.
    user_errors: Vec<UserError>,
}

/// Which custom metric to take out of use.
#[derive(Debug, InputObject)]
pub(crate) struct ArchiveCustomMetricInput {
    /// Its name.
    name: String,
    /// The newest revision that you know of; `CONFLICT` when there is another.
    expected_revision: Option<u32>,
}

/// What became of archiving a custom metric.
#[derive(Debug, SimpleObject)]
pub(crate) struct ArchiveCustomMetricPayload {
    /// The revision that was made; null when the input was not accepted.
    custom_metric: Option<CustomMetric>,
    /// What the input has against it; empty when the metric was archived.
    user_errors: Vec<UserError>,
}

/// Saves a custom metric.
pub(crate) async fn save(
    state: &RequestState,
    input: SaveCustomMetricInput,
) -> Result<SaveCustomMetricPayload> {
    let SaveCustomMetricInput {
        name,
        formula,
        meaning,
        better,
        expected_revision,
    } = input;
    let saved = match CustomMetricDraft::new(&name, &formula, &meaning, better.into()) {
        Ok(draft) => {
            let services = &state.services;
            services
                .save_custom_metric(&state.scope, draft, expected_revision)
                .await
        }
        Err(refusal) => Err(refusal.into()),
    };
    let (saved, user_errors) = outcome(state, saved).await?;
    Ok(SaveCustomMetricPayload {
        custom_metric: saved.map(CustomMetric),
        user_errors,
    })
}

/// Takes a custom metric out of use.
pub(crate) async fn archive(
    state: &RequestState,
    input: ArchiveCustomMetricInput,
) -> Result<ArchiveCustomMetricPayload> {
    let (name, expected) = (input.name, input.expected_revision);
    let services = &state.services;
    let archived = services
        .archive_custom_metric(&state.scope, name, expected)
        .await;
    let (archived, user_errors) = outcome(state, archived).await?;
    Ok(ArchiveCustomMetricPayload {
        custom_metric: archived.map(CustomMetric),
        user_errors,
    })
}
