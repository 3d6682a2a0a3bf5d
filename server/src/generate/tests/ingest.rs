//! The demonstration's files as ingest reads them: nothing is refused.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::brand::Brand;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Fact;
use bellwether_domain::ids::{BrandId, CampaignId, IdSource};
use bellwether_domain::sample::{CampaignDirectory, Cell, Header, RowParser};
use bellwether_domain::time::{Date, Timestamp, date};

use super::super::world::{DemoAgency, DemoBrand, DemoCampaign, DemoReport, demo_world_at};

/// A moment at which it is 22 November in New York and 23 November in Shanghai.
fn evening() -> Timestamp {
    "2026-11-22T20:00:00Z".parse().unwrap()
}

/// No campaign is registered, so no id is asked for.
#[derive(Debug)]
struct NoIds;

impl IdSource for NoIds {
    fn random(&self) -> u128 {
        unreachable!("every campaign of the demonstration is known")
    }
}

fn campaign(agency: &DemoAgency, brand: BrandId, index: usize, demo: &DemoCampaign) -> Campaign {
    Campaign {
        id: CampaignId::from_parts(evening(), index as u128),
        brand,
        external_id: demo.external_id.clone(),
        name: demo.name.clone(),
        platform: demo.platform,
        objective: demo.objective,
        status: demo.status,
        currency: agency.reporting_currency,
        timezone: agency.timezone.clone(),
        starts_on: Some(demo.starts_on),
        ends_on: demo.ends_on,
        budget_micros: Some(demo.budget_micros),
        labels: BTreeMap::new(),
    }
}

fn facts(agency: &DemoAgency, demo: &DemoBrand, report: &DemoReport) -> Vec<Fact> {
    let brand = Brand {
        id: BrandId::from_parts(evening(), 0),
        slug: demo.slug.clone(),
        name: demo.name.clone(),
    };
    let campaigns = demo.campaigns.iter().enumerate();
    let campaigns = campaigns
        .map(|(index, demo)| campaign(agency, brand.id, index, demo))
        .collect();
    let dataset = Dataset::of(report.dataset);
    let mut reader = csv::Reader::from_reader(report.csv.as_slice());
    let header = Header::parse(dataset, reader.headers().unwrap()).unwrap();
    let directory = CampaignDirectory::new(&brand, campaigns, None, &NoIds, evening());
    let today = agency.timezone.today(evening());
    let mut parser = RowParser::new(dataset, brand.id, header, directory, today);
    let mut facts = Vec::new();
    for (record, line) in reader.records().zip(2..) {
        let record = record.unwrap();
        let cells: Vec<Cell<'_>> = record.iter().map(cell).collect();
        facts.push(parser.parse(line, &cells).unwrap().fact);
    }
    facts
}

fn cell(field: &str) -> Cell<'_> {
    if field.is_empty() {
        Cell::Missing
    } else {
        Cell::Text(field)
    }
}

#[test]
fn ingest_accepts_every_line_as_a_fact_of_its_own_with_all_measures() {
    for agency in demo_world_at(evening()).agencies {
        for brand in &agency.brands {
            for report in &brand.reports {
                let facts = facts(&agency, brand, report);
                let keys: BTreeSet<_> = facts.iter().map(|fact| &fact.key).collect();
                assert_eq!(keys.len(), facts.len(), "{}", report.name);
                let known = |fact: &Fact| fact.measures.iter().all(Option::is_some);
                assert!(facts.iter().all(known), "{}", report.name);
            }
        }
    }
}

#[test]
fn each_agencys_data_ends_on_its_own_yesterday() {
    let latest = |agency: &DemoAgency| -> Option<Date> {
        let reports = agency.brands.iter().map(|brand| (brand, &brand.reports[0]));
        reports
            .flat_map(|(brand, report)| facts(agency, brand, report))
            .map(|fact| fact.key.from)
            .max()
    };
    let ends: Vec<_> = demo_world_at(evening())
        .agencies
        .iter()
        .filter_map(latest)
        .collect();
    assert_eq!(ends, [date(2026, 11, 21), date(2026, 11, 22)]);
}
