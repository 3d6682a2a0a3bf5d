//! Custom metrics: an agency's own formulas, saved, archived and read back revision by revision.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::{CustomMetric, CustomMetricDraft};
use bellwether_domain::{ErrorCode, Scope};

use crate::error::Result;
use crate::services::Services;

impl Services {
    /// The newest revision of every custom metric of the agency, archived ones too, by name.
    pub async fn custom_metrics(&self, scope: &Scope) -> Result<Vec<CustomMetric>> {
        self.read("list custom metrics", scope, |parts, scope| {
            Ok(parts.catalogue.list_custom_metrics(scope)?)
        })
        .await
    }

    /// Every revision of a custom metric, the newest first.
    pub async fn custom_metric_revisions(
        &self,
        scope: &Scope,
        name: String,
    ) -> Result<Vec<CustomMetric>> {
        self.read(
            "list revisions of a custom metric",
            scope,
            move |parts, scope| {
                let revisions = parts.catalogue.custom_metric_revisions(scope, &name)?;
                if revisions.is_empty() {
                    return Err(Refusal::not_found("custom metric", name).at("name").into());
                }
                Ok(revisions)
            },
        )
        .await
    }

    /// Saves a custom metric as its next revision; the next answer is computed by it. `expected`
    /// is the newest revision that the caller knows of, 0 for none.
    pub async fn save_custom_metric(
        &self,
        scope: &Scope,
        draft: CustomMetricDraft,
        expected: Option<u32>,
    ) -> Result<CustomMetric> {
        require_saving(scope)?;
        self.read("save a custom metric", scope, move |parts, scope| {
            let now = parts.clock.now();
            let catalogue = &parts.catalogue;
            Ok(catalogue.save_custom_metric(scope, &draft, expected, now)?)
        })
        .await
    }

    /// Takes a custom metric out of use; its revisions can still be read.
    pub async fn archive_custom_metric(
        &self,
        scope: &Scope,
        name: String,
        expected: Option<u32>,
    ) -> Result<CustomMetric> {
        require_saving(scope)?;
        self.read("archive a custom metric", scope, move |parts, scope| {
            let now = parts.clock.now();
            let catalogue = &parts.catalogue;
            Ok(catalogue.archive_custom_metric(scope, &name, expected, now)?)
        })
        .await
    }
}

fn require_saving(scope: &Scope) -> Result<(), Refusal> {
    if scope.role().may_save_metrics() {
        return Ok(());
    }
    let message = format!(
        "role `{}` may not save metrics; `OWNER`, `MANAGER` or `ANALYST` may",
        scope.role()
    );
    Err(Refusal::new(ErrorCode::Forbidden, message))
}
