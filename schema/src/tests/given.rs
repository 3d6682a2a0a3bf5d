//! What the tests start from: an API over an agency with one brand and two campaigns.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use bellwether_catalogue::{Catalogue, CatalogueConfig, Location};
use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::brand::Brand;
use bellwether_domain::budget::Allowance;
use bellwether_domain::calendar::MonthOfYear;
use bellwether_domain::campaign::{Campaign, CampaignStatus, Objective, Platform};
use bellwether_domain::compaction::CompactionPolicy;
use bellwether_domain::ids::{AgencyId, BrandId, CampaignId, IdSource};
use bellwether_domain::money::Currency;
use bellwether_domain::time::{Clock, Timestamp, Weekday, ZoneName};
use bellwether_plugin_host::{PluginHost, PluginHostConfig};
use bellwether_service::{
    BudgetConfig, CompactionConfig, ExportsConfig, QueryPlacesConfig, ServiceConfig, Services,
    Steps, SubscriptionConfig,
};
use bellwether_store::{Store, StoreConfig};
use serde_json::Value;

use crate::{
    ApiSchema, DocumentPolicy, GraphqlRequest, Method, ReplyOutcome, SchemaLimits,
    TrustedDocuments, build,
};

pub(super) fn limits() -> SchemaLimits {
    SchemaLimits {
        variables_bytes_max: 1_000,
        variables_depth_max: 8,
        document_bytes_max: 65_536,
        expanded_selections_max: 5_000,
        depth_max: 10,
        complexity_max: 100_000,
        aliases_max: 50,
        directives_max: 20,
        root_fields_max: 10,
        rows_page_max: 1_000,
        table_page_max: 1_000,
        nodes_page_max: 100,
        wall_time_ms: 10_000,
    }
}

fn policy() -> DocumentPolicy {
    DocumentPolicy {
        trusted: TrustedDocuments::from_json(r#"{"slugs": "{ brands { slug } }"}"#).unwrap(),
        allows_introspection: true,
    }
}

/// An API with data behind it, and who asks.
pub(super) struct World {
    pub(super) api: ApiSchema,
    pub(super) scope: Scope,
    pub(super) brand: BrandId,
    pub(super) campaigns: Vec<CampaignId>,
    pub(super) services: Services,
    pub(super) clock: Arc<MovableClock>,
    _folder: tempfile::TempDir,
}

pub(super) struct Answer {
    pub(super) outcome: ReplyOutcome,
    pub(super) body: Value,
}

impl World {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = catalogue(folder.path());
        let scope = an_agency(&catalogue, "northwind", 1);
        let brand = a_brand(&catalogue, &scope);
        let campaigns =
            ["Autumn", "Winter"].map(|name| a_campaign(&catalogue, &scope, brand, name));
        let clock = Arc::new(MovableClock::default());
        let services = services(folder.path(), catalogue, Arc::clone(&clock));
        Self {
            api: build(services.clone(), limits(), policy()),
            services,
            clock,
            scope,
            brand,
            campaigns: campaigns.into(),
            _folder: folder,
        }
    }

    pub(super) async fn ask(&self, query: &str) -> Answer {
        self.send(request(query), Method::Post).await
    }

    pub(super) async fn send(&self, request: GraphqlRequest, method: Method) -> Answer {
        let scope = self.scope.clone();
        let reply = self
            .api
            .execute(scope, request, method, "req_7", None)
            .await;
        Answer {
            outcome: reply.outcome,
            body: serde_json::from_slice(&reply.body).unwrap(),
        }
    }
}

impl Answer {
    pub(super) fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("no code in {}", self.body))
    }

    pub(super) fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap()
    }
}

pub(super) fn request(query: &str) -> GraphqlRequest {
    GraphqlRequest {
        query: Some(query.to_owned()),
        ..GraphqlRequest::default()
    }
}

/// Values of variables, as a request carries them.
pub(super) fn variables_of(values: &Value) -> Option<Box<serde_json::value::RawValue>> {
    serde_json::value::to_raw_value(values).ok()
}

/// The moment at which everything in a world is made.
fn beginning() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

/// It is the same moment until somebody moves it.
#[derive(Debug, Default)]
pub(super) struct MovableClock {
    passed_s: AtomicI64,
}

impl MovableClock {
    pub(super) fn pass(&self, seconds: i64) {
        self.passed_s.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let since = beginning().as_second();
        Timestamp::from_second(since + self.passed_s.load(Ordering::Relaxed)).unwrap()
    }
}

#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl IdSource for Counter {
    fn random(&self) -> u128 {
        self.0.fetch_add(1, Ordering::Relaxed).into()
    }
}

fn catalogue(folder: &Path) -> Catalogue {
    let catalogue = Catalogue::open(CatalogueConfig {
        location: Location::Sqlite(folder.join("catalogue.sqlite")),
        readers_max: 2,
        writer_queue_max: 8,
        busy_timeout_ms: 5_000,
    })
    .unwrap();
    catalogue.migrate().unwrap();
    catalogue
}

pub(super) fn an_agency(catalogue: &Catalogue, slug: &str, n: u128) -> Scope {
    let agency = Agency {
        id: AgencyId::from_parts(beginning(), n),
        slug: Slug::parse(slug).unwrap(),
        name: "Northwind".to_owned(),
        reporting_currency: Currency::parse("USD").unwrap(),
        timezone: ZoneName::parse("UTC").unwrap(),
        week_start: Weekday::Monday,
        fiscal_year_start: MonthOfYear::January,
    };
    catalogue.create_agency(&agency, beginning()).unwrap();
    catalogue.operator_scope(&agency.slug).unwrap()
}

fn a_brand(catalogue: &Catalogue, scope: &Scope) -> BrandId {
    let brand = Brand {
        id: BrandId::from_parts(beginning(), 2),
        slug: Slug::parse("aurora").unwrap(),
        name: "Aurora".to_owned(),
    };
    catalogue.create_brand(scope, &brand, beginning()).unwrap();
    brand.id
}

fn a_campaign(catalogue: &Catalogue, scope: &Scope, brand: BrandId, name: &str) -> CampaignId {
    let campaign = Campaign {
        id: CampaignId::from_parts(beginning(), name.as_bytes()[0].into()),
        brand,
        external_id: name.to_lowercase(),
        name: name.to_owned(),
        platform: Platform::TikTok,
        objective: Objective::Sales,
        status: CampaignStatus::Active,
        currency: Currency::parse("USD").unwrap(),
        timezone: ZoneName::parse("UTC").unwrap(),
        starts_on: None,
        ends_on: None,
        budget_micros: Some(5_500_000),
        labels: BTreeMap::new(),
    };
    catalogue
        .create_campaign(scope, &campaign, beginning())
        .unwrap();
    campaign.id
}

fn services(folder: &Path, catalogue: Catalogue, clock: Arc<MovableClock>) -> Services {
    let store = Store::open(StoreConfig {
        root: folder.join("store"),
    })
    .unwrap();
    let plugins = PluginHost::new(PluginHostConfig {
        executable: PathBuf::from("no-plugins-here"),
        plugin_folders: Vec::new(),
        call_deadline_ms: 1_000,
        start_deadline_ms: 1_000,
        rows_per_slice_max: 16_384,
        rows_per_call_max: 1_000_000,
        output_bytes_max: 1_000_000,
        plugin_files: Vec::new(),
        memory_bytes_max: 1 << 30,
        allow_unconfined: false,
    });
    let config = service_config(folder);
    let steps = Steps::stopping_at(None);
    let ids = Arc::new(Counter::default());
    Services::new(config, catalogue, store, plugins, clock, ids, steps)
}

pub(super) fn service_config(folder: &Path) -> ServiceConfig {
    ServiceConfig {
        restatement: bellwether_domain::provisional::RestatementWindows::default(),
        spool_folder: folder.join("spool"),
        ingest_body_bytes_max: 1_000_000,
        ingest_rows_max: 1_000,
        ingest_line_bytes_max: 10_000,
        concurrent_ingests_max: 4,
        agency_ingests_max: 3,
        ingest_spool_bytes_max: 4_000_000,
        ingest_silence_s: 60,
        ingest_memory_bytes_max: 64 << 20,
        staging_lease_s: 60,
        idempotency_days: 30,
        answer_cache_bytes: 1_000_000,
        result_cache_bytes: 1_000_000,
        partial_cache_bytes: 1_000_000,
        column_cache_bytes: 1_000_000,
        roll_up_cache_bytes: 1_000_000,
        attribute_cache_bytes: 1_000_000,
        manifest_cache_bytes: 1_000_000,
        row_cache_bytes: 1_000_000,
        query_parallelism: 1,
        budget: budget(),
        document_cache_bytes: 10_000,
        query_places: query_places(),
        exports: ExportsConfig {
            rows_max: 1_000,
            bytes_max: 1 << 20,
            disk_free_bytes_min: 1,
            at_once_max: 4,
            per_agency_max: 2,
            silence_s: 10,
            jobs_per_agency_max: 2,
            kept_max: 4,
            wall_time_s: 10,
            kept_s: 60,
        },
        subscriptions: subscriptions(),
        compaction: CompactionConfig {
            is_automatic: false,
            interval_s: 300,
            policy: CompactionPolicy {
                merged_rows_max: 1_000_000,
                merged_bytes_max: 1_000_000,
                merged_segments_max: 10,
            },
            retention_days: 400,
            overdue_days: 100,
            dropped_file_grace_s: 0,
        },
    }
}

fn budget() -> BudgetConfig {
    BudgetConfig {
        token: Allowance::new(1_000, 10),
        agency: Allowance::new(1_000, 10),
    }
}

fn subscriptions() -> SubscriptionConfig {
    SubscriptionConfig {
        connections_max: 4,
        unclaimed_connections_max: 4,
        connections_per_agency_max: 4,
        connections_per_token_max: 4,
        operations_per_connection_max: 4,
        subscriptions_per_agency_max: 4,
        init_timeout_ms: 1_000,
        init_message_bytes_max: 1_000,
        keep_alive_ms: 1_000,
        token_check_ms: 1_000,
        queued_messages_max: 4,
        queued_bytes_max: 1_000_000,
        send_wait_ms: 1_000,
        coalesce_ms: 1,
        poll_ms: 1,
    }
}

fn query_places() -> QueryPlacesConfig {
    QueryPlacesConfig {
        queries_at_once_max: 4,
        queries_per_agency_max: 4,
        queries_waiting_max: 4,
        queue_wait_ms: 1_000,
    }
}
