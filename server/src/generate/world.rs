//! The demonstration's world: two agencies with their members, brands, campaigns and reports.

use bellwether_domain::agency::Slug;
use bellwether_domain::campaign::{CampaignStatus, Objective, Platform};
use bellwether_domain::dataset::Dataset;
use bellwether_domain::dataset::DatasetName::{
    self, AudienceDaily, Costs, DeliveryDaily, FeedbackDaily, Reach,
};
use bellwether_domain::member::Role;
use bellwether_domain::money::Currency;
use bellwether_domain::time::{Date, DateRange, Timestamp, Weekday, ZoneName, day_number};

use super::columns::{Columns, Reported};
use super::delivery::Delivered;
use super::noise::{real, whole};
use super::plan::{AgencyPlan, BrandPlan, CampaignPlan, Trait, shifted};
use super::row::{Row, write_csv};
use super::{audience, costs, feedback, jade_river, northwind, reach};

/// How many days of data there are: 18 months.
pub const DAYS_OF_HISTORY: i32 = 548;

/// The seed of all the demonstration's chance; another one gives another history of the same
/// plans.
const SEED: u64 = 20;

/// Days for which a campaign without a planned end has its budget.
const OPEN_BUDGET_DAYS: i32 = 90;

/// What `bellwether demo` shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The agencies.
    pub agencies: Vec<DemoAgency>,
}

/// One agency of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAgency {
    /// Its short name.
    pub slug: Slug,
    /// Its name as shown.
    pub name: String,
    /// The currency of its reports and of all its campaigns.
    pub reporting_currency: Currency,
    /// Its zone, and that of its campaigns' ad accounts.
    pub timezone: ZoneName,
    /// The day its weeks start on.
    pub week_start: Weekday,
    /// Its members: an owner, an analyst and a viewer, with their names.
    pub members: Vec<(Role, String)>,
    /// Its brands.
    pub brands: Vec<DemoBrand>,
}

/// One brand with everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoBrand {
    /// Its short name.
    pub slug: Slug,
    /// Its name as shown.
    pub name: String,
    /// Its campaigns.
    pub campaigns: Vec<DemoCampaign>,
    /// Its reports in the order in which they came in: later ones restate earlier ones.
    pub reports: Vec<DemoReport>,
}

/// One campaign's attributes; its currency and zone are the agency's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoCampaign {
    /// The platform's own id.
    pub external_id: String,
    /// Its name as shown.
    pub name: String,
    /// Where it runs.
    pub platform: Platform,
    /// What it is for.
    pub objective: Objective,
    /// Where it stands.
    pub status: CampaignStatus,
    /// Its first day.
    pub starts_on: Date,
    /// Its last day, when an end is planned.
    pub ends_on: Option<Date>,
    /// Its whole budget in micros of the agency's currency.
    pub budget_micros: i64,
}

/// One report as a file to ingest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoReport {
    /// The dataset that it is of.
    pub dataset: DatasetName,
    /// What to call it, such as `aurora-skin-delivery.csv`.
    pub name: String,
    /// The file: CSV with a header of the dataset's columns.
    pub csv: Vec<u8>,
}

/// The world as of a day: its data ends the day before, in every agency.
pub fn demo_world(today: Date) -> World {
    let agency = |plan| demo_agency(plan, today);
    World {
        agencies: PLANS.iter().copied().map(agency).collect(),
    }
}

/// The world as of a moment: each agency's data ends on its own yesterday.
pub fn demo_world_at(now: Timestamp) -> World {
    let agency = |plan: &'static AgencyPlan| demo_agency(plan, zone(plan).today(now));
    World {
        agencies: PLANS.iter().copied().map(agency).collect(),
    }
}

const PLANS: [&AgencyPlan; 2] = [&northwind::AGENCY, &jade_river::AGENCY];

const WELL_FORMED: &str = "the tables hold known names only, which a test goes through";

fn zone(plan: &AgencyPlan) -> ZoneName {
    ZoneName::parse(plan.timezone).expect(WELL_FORMED)
}

fn demo_agency(plan: &'static AgencyPlan, today: Date) -> DemoAgency {
    // Only a day before the calendar's beginning has no history.
    let history = DateRange::new(shifted(today, -DAYS_OF_HISTORY), today);
    let brands = |history| {
        let brand = |brand| demo_brand(plan, brand, history);
        plan.brands.iter().map(brand).collect()
    };
    let member = |(role, name): &(Role, &str)| (*role, (*name).to_owned());
    DemoAgency {
        slug: Slug::parse(plan.slug).expect(WELL_FORMED),
        name: plan.name.to_owned(),
        reporting_currency: Currency::parse(plan.currency).expect(WELL_FORMED),
        timezone: zone(plan),
        week_start: plan.week_start,
        members: plan.members.iter().map(member).collect(),
        brands: history.map_or_else(Vec::new, brands),
    }
}

fn demo_brand(agency: &AgencyPlan, brand: &'static BrandPlan, history: DateRange) -> DemoBrand {
    let delivered: Vec<Delivered> = brand
        .campaigns
        .iter()
        .map(|plan| Delivered::of(SEED, (agency, brand), plan, history))
        .collect();
    let campaigns = delivered.iter().map(|one| demo_campaign(one, history));
    DemoBrand {
        slug: Slug::parse(brand.slug).expect(WELL_FORMED),
        name: brand.name.to_owned(),
        campaigns: campaigns.collect(),
        reports: reports(agency, brand, &delivered, history),
    }
}

fn demo_campaign(delivered: &Delivered, history: DateRange) -> DemoCampaign {
    let plan = delivered.plan;
    let (from, until) = plan.planned(history.until());
    DemoCampaign {
        external_id: plan.external_id.to_owned(),
        name: plan.full_name(history.until()),
        platform: plan.platform,
        objective: plan.objective,
        status: plan.status,
        starts_on: from,
        ends_on: until.map(|until| shifted(until, -1)),
        budget_micros: budget(plan, delivered, history.until()) * 1_000_000,
    }
}

/// The budget in whole units: for the planned days what was spent on those that have passed,
/// and a little room, in round hundreds.
fn budget(plan: &CampaignPlan, delivered: &Delivered, today: Date) -> i64 {
    let (from, until) = plan.planned(today);
    let until = until.unwrap_or(shifted(today, OPEN_BUDGET_DAYS));
    let planned_days = f64::from(day_number(until) - day_number(from));
    if plan.is(Trait::Capped) {
        return whole(plan.daily * planned_days);
    }
    let spent: i64 = delivered.days.iter().map(|(_, day)| day.spend()).sum();
    let days = i32::try_from(delivered.days.len())
        .unwrap_or(i32::MAX)
        .max(1);
    let expected = real(spent) / 100.0 * planned_days / f64::from(days);
    whole((expected * 1.08 / 100.0).ceil()) * 100
}

fn reports(
    agency: &AgencyPlan,
    brand: &BrandPlan,
    delivered: &[Delivered],
    history: DateRange,
) -> Vec<DemoReport> {
    let today = history.until();
    let first = delivered.iter().flat_map(|one| one.first_report(today));
    let people = delivered
        .iter()
        .flat_map(|one| audience::rows(SEED, (agency, brand), one, today));
    let restated = delivered.iter().flat_map(|one| one.restatement(today));
    let heard = delivered
        .iter()
        .flat_map(|one| feedback::rows(SEED, brand, one, today));
    let reached = delivered
        .iter()
        .flat_map(|one| reach::rows(SEED, one, today));
    let report = |dataset, content, rows| report(brand, dataset, content, rows);
    vec![
        report(DeliveryDaily, "delivery", in_columns(DeliveryDaily, first)),
        report(AudienceDaily, "audience", in_columns(AudienceDaily, people)),
        report(Costs, "costs", costs::rows(delivered, history)),
        report(
            DeliveryDaily,
            "delivery-restated",
            in_columns(DeliveryDaily, restated),
        ),
        report(FeedbackDaily, "feedback", heard.collect()),
        report(Reach, "reach", reached.collect()),
    ]
}

/// The rows in the dataset's columns, by day as platforms export them.
fn in_columns(dataset: DatasetName, rows: impl Iterator<Item = Reported>) -> Vec<Row> {
    let columns = Columns::of(Dataset::of(dataset));
    let mut rows: Vec<Reported> = rows.collect();
    rows.sort_by_key(|row| row.day);
    rows.iter().map(|row| columns.row(row)).collect()
}

fn report(brand: &BrandPlan, dataset: DatasetName, content: &str, rows: Vec<Row>) -> DemoReport {
    let mut csv = Vec::new();
    write_csv(&mut csv, Dataset::of(dataset), &[], rows)
        .expect("a vector takes all bytes, and every row has the dataset's columns");
    DemoReport {
        dataset,
        name: format!("{}-{content}.csv", brand.slug),
        csv,
    }
}
