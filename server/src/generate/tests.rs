//! What the demonstration promises, checked on its files by a naive reading of them.

mod ingest;
mod ledger;
mod load;

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::campaign::CampaignStatus;
use bellwether_domain::dataset::{Dataset, DatasetName, TimeColumns};
use bellwether_domain::member::Role;
use bellwether_domain::time::{Date, date, day_number};

use super::world::{DemoBrand, DemoCampaign, World, demo_world};
use ledger::{Ledger, Line, lines};

/// Days on which the promises are checked: around 6.18, on Black Friday's weekend, and a leap day.
const TODAYS: [Date; 3] = [date(2025, 6, 20), date(2026, 11, 30), date(2028, 2, 29)];

const TODAY: Date = TODAYS[1];

fn brands(world: &World) -> impl Iterator<Item = &DemoBrand> {
    world.agencies.iter().flat_map(|agency| &agency.brands)
}

fn reports(world: &World) -> impl Iterator<Item = (DatasetName, Vec<Line>)> {
    brands(world)
        .flat_map(|brand| &brand.reports)
        .map(|report| (report.dataset, lines(&report.csv)))
}

fn named<'a>(world: &'a World, part: &str) -> (&'a DemoBrand, &'a DemoCampaign) {
    brands(world)
        .flat_map(|brand| {
            brand
                .campaigns
                .iter()
                .map(move |campaign| (brand, campaign))
        })
        .find(|(_, campaign)| campaign.name.contains(part))
        .expect("the campaign exists")
}

/// The net ROI of the campaign whose name has this part, over the last 90 days.
fn roi_of(part: &str, today: Date) -> f64 {
    let world = demo_world(today);
    let (brand, campaign) = named(&world, part);
    let ledger = Ledger::of(brand, today, 90);
    ledger.roi(|external_id| external_id == campaign.external_id)
}

#[test]
fn the_same_day_gives_the_same_bytes() {
    assert_eq!(demo_world(TODAY), demo_world(TODAY));
}

#[test]
fn there_are_two_agencies_with_five_brands_and_some_forty_campaigns() {
    let world = demo_world(TODAY);
    assert_eq!(world.agencies.len(), 2);
    assert_eq!(brands(&world).count(), 5);
    let campaigns: usize = brands(&world).map(|brand| brand.campaigns.len()).sum();
    assert!((35..=45).contains(&campaigns), "{campaigns}");
    for agency in &world.agencies {
        let roles: Vec<Role> = agency.members.iter().map(|(role, _)| *role).collect();
        assert_eq!(roles, [Role::Owner, Role::Analyst, Role::Viewer]);
    }
}

#[test]
fn the_data_covers_eighteen_months_and_ends_yesterday() {
    for today in TODAYS {
        let world = demo_world(today);
        let days: BTreeSet<Date> = reports(&world)
            .filter(|(dataset, _)| Dataset::of(*dataset).time == TimeColumns::Day)
            .flat_map(|(_, lines)| lines)
            .map(|line| line.date("date"))
            .collect();
        assert_eq!(days.last().copied(), today.yesterday().ok());
        assert_eq!(days.len(), 548);
    }
}

#[test]
fn a_demonstration_starts_within_seconds() {
    for today in TODAYS {
        let rows: usize = reports(&demo_world(today))
            .map(|(_, lines)| lines.len())
            .sum();
        assert!((20_000..40_000).contains(&rows), "{rows} rows on {today}");
    }
}

#[test]
fn the_loser_loses_and_the_star_deserves_more() {
    for today in TODAYS {
        let loser = roi_of("(loses money)", today);
        assert!(loser < -0.5, "{loser} on {today}");
        let star = roi_of("(capped by its budget)", today);
        assert!(star > 1.0, "{star} on {today}");
    }
}

#[test]
fn every_platform_earns_like_a_real_business() {
    for today in TODAYS {
        let world = demo_world(today);
        let mut by_platform: BTreeMap<&str, Ledger> = BTreeMap::new();
        for brand in brands(&world) {
            let ledger = Ledger::of(brand, today, 90);
            for campaign in &brand.campaigns {
                by_platform
                    .entry(campaign.platform.as_str())
                    .or_default()
                    .take(&ledger, &campaign.external_id);
            }
        }
        for (platform, ledger) in by_platform {
            let roi = ledger.roi(|_| true);
            assert!((-0.3..1.2).contains(&roi), "{platform}: {roi} on {today}");
        }
    }
}

#[test]
fn keys_are_distinct_within_each_report() {
    let parts = [
        "date", "from", "until", "campaign", "ad_group", "ad", "country", "age", "gender", "kind",
    ];
    for (dataset, lines) in reports(&demo_world(TODAY)) {
        let key = |line: &Line| parts.map(|part| line.text(part).to_owned());
        let keys: BTreeSet<_> = lines.iter().map(key).collect();
        assert_eq!(keys.len(), lines.len(), "{dataset}");
    }
}

#[test]
fn every_stage_of_the_funnel_is_within_the_one_before() {
    for (dataset, lines) in reports(&demo_world(TODAY)) {
        let has_stages = |name| Dataset::of(dataset).measure_index(name).is_some();
        if !has_stages("clicks") {
            continue;
        }
        for line in lines {
            let stages = ["impressions", "video_views", "clicks", "conversions"];
            let counts = stages.map(|stage| line.number(stage));
            assert!(counts.is_sorted_by(|a, b| a >= b), "{line:?}");
            let whole_campaign =
                dataset == DatasetName::DeliveryDaily && line.text("ad").is_empty();
            assert!(
                !whole_campaign || counts.is_sorted_by(|a, b| a > b),
                "{line:?}"
            );
            assert!(line.number("spend") > 0.0, "{line:?}");
        }
    }
}

#[test]
fn money_is_known_everywhere_with_two_decimals_at_most() {
    for (dataset, lines) in reports(&demo_world(TODAY)) {
        let columns: &[&str] = match dataset {
            DatasetName::DeliveryDaily | DatasetName::DeliveryHourly => {
                &["spend", "revenue", "refunds", "cogs"]
            }
            DatasetName::AudienceDaily => &["spend", "revenue"],
            DatasetName::Costs => &["amount"],
            DatasetName::Reach | DatasetName::FeedbackDaily => &[],
        };
        for line in lines {
            for column in columns {
                let text = line.text(column);
                let decimals = text.split_once('.').map_or(0, |(_, after)| after.len());
                assert!(!text.is_empty() && decimals <= 2, "{column} of {line:?}");
            }
        }
    }
}

#[test]
fn what_is_bad_is_part_of_what_was_heard() {
    let world = demo_world(TODAY);
    let parts = [
        ("refund_orders", "orders"),
        ("negative_reviews", "reviews"),
        ("negative_comments", "comments"),
    ];
    let heard = || reports(&world).filter(|(dataset, _)| *dataset == DatasetName::FeedbackDaily);
    for line in heard().flat_map(|(_, lines)| lines) {
        for (bad, of) in parts {
            assert!(line.number(bad) <= line.number(of), "{bad} of {line:?}");
        }
        let highest = 5.0 * line.number("ratings");
        assert!(line.number("rating_sum") <= highest, "{line:?}");
    }
    assert!(heard().all(|(_, lines)| !lines.is_empty()));
}

#[test]
fn reach_is_told_by_whole_month_and_below_the_impressions() {
    for today in TODAYS {
        let world = demo_world(today);
        let reached = reports(&world).filter(|(dataset, _)| *dataset == DatasetName::Reach);
        for line in reached.flat_map(|(_, lines)| lines) {
            let (from, until) = (line.date("from"), line.date("until"));
            assert_eq!((from.day(), until.day()), (1, 1));
            assert!(until <= today, "{line:?}");
            assert!(
                line.number("reach") < line.number("impressions"),
                "{line:?}"
            );
        }
    }
}

#[test]
fn ad_groups_and_ads_add_up_to_their_campaign() {
    let mut split = BTreeMap::new();
    for (dataset, lines) in reports(&demo_world(TODAY)) {
        let deep = |line: &Line| !line.text("ad_group").is_empty();
        if dataset != DatasetName::DeliveryDaily || !lines.iter().any(deep) {
            continue;
        }
        for line in lines {
            let key = (line.text("campaign").to_owned(), line.date("date"));
            let sums: &mut [f64; 2] = split.entry(key).or_default();
            sums[usize::from(deep(&line))] += line.number("spend") + line.number("revenue");
        }
    }
    let deep = split.values().filter(|sums| sums[1] > 0.0);
    assert_eq!(deep.clone().count(), 548 + 365);
    for [campaign, parts] in deep {
        assert!((campaign - parts).abs() < 0.001, "{campaign} {parts}");
    }
}

#[test]
fn a_restatement_only_raises_what_was_sold_lately() {
    let world = demo_world(TODAY);
    for brand in brands(&world) {
        let first: BTreeMap<_, _> = Ledger::campaign_lines(&brand.reports[0].csv);
        let second = Ledger::campaign_lines(&brand.reports[3].csv);
        assert!(second.len() >= 28);
        let mut raised = 0;
        for (key, line) in &second {
            let before = &first[key];
            assert!((before.number("spend") - line.number("spend")).abs() < 0.001);
            assert!(before.number("conversions") <= line.number("conversions"));
            assert!(before.number("revenue") <= line.number("revenue"));
            raised += u32::from(before.number("revenue") < line.number("revenue"));
        }
        assert!(raised >= 20, "{raised}");
    }
}

#[test]
fn audiences_come_near_their_campaigns_totals() {
    let world = demo_world(TODAY);
    for brand in brands(&world) {
        let mut reached = [0.0; 2];
        let campaigns = Ledger::campaign_lines(&brand.reports[0].csv);
        for line in lines(&brand.reports[1].csv) {
            if !line.text("country").is_empty() {
                reached[0] += line.number("spend");
            }
        }
        let recent = |day: &Date| day_number(TODAY) - day_number(*day) <= 120;
        for ((_, day), line) in &campaigns {
            if recent(day) {
                reached[1] += line.number("spend");
            }
        }
        let part = reached[0] / reached[1];
        assert!((0.95..1.05).contains(&part), "{part}");
    }
}

#[test]
fn campaigns_stand_where_their_dates_say() {
    for today in TODAYS {
        let world = demo_world(today);
        let mut ids = BTreeSet::new();
        for campaign in brands(&world).flat_map(|brand| &brand.campaigns) {
            let over = campaign.ends_on.is_some_and(|day| day < today);
            match campaign.status {
                CampaignStatus::Active | CampaignStatus::Paused => assert!(!over, "{campaign:?}"),
                CampaignStatus::Ended => assert!(over, "{campaign:?}"),
                CampaignStatus::Cancelled => {}
            }
            assert!(campaign.starts_on < today && campaign.budget_micros > 0);
            assert!(ids.insert(&campaign.external_id), "{campaign:?}");
        }
    }
}
