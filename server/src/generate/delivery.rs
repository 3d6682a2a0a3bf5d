//! The delivery reports of a brand: every campaign's days, some of its ad groups and ads, and
//! the restatement that follows once late conversions are in.
//!
//! Invariant: ad groups and ads say again what their campaign's rows say; none of it adds up.

use std::sync::Arc;

use bellwether_domain::fact::Text;
use bellwether_domain::time::{Date, DateRange, day_number};

use super::columns::Reported;
use super::funnel::{Goods, Measures, Traffic};
use super::noise::{generator, noise};
use super::plan::{AgencyPlan, BrandPlan, CampaignPlan, Trait};
use super::season;

/// Days for which conversions still come in, and which a restatement covers.
pub(super) const LATE_DAYS: i32 = 28;

/// The part of yesterday's orders that has not come in yet; fades over [`LATE_DAYS`].
const LATE_PART: f64 = 0.32;

/// How the impressions and the clicks of a campaign fall to its ad groups or ads.
const THREE_SHARES: [(f64, f64); 3] = [(0.5, 0.41), (0.3, 0.35), (0.2, 0.24)];
const FOUR_SHARES: [(f64, f64); 4] = [(0.38, 0.3), (0.27, 0.29), (0.21, 0.16), (0.14, 0.25)];

/// What a campaign delivered in the end, day by day.
#[derive(Debug)]
pub(super) struct Delivered {
    pub(super) plan: &'static CampaignPlan,
    pub(super) campaign: Text,
    pub(super) days: Vec<(Date, Measures)>,
}

impl Delivered {
    /// Makes up what the campaign delivers over the history.
    pub(super) fn of(
        seed: u64,
        (agency, brand): (&AgencyPlan, &BrandPlan),
        plan: &'static CampaignPlan,
        history: DateRange,
    ) -> Self {
        let mut rng = generator(seed, plan.external_id);
        let goods = Goods {
            order_value: brand.order_value,
            refunds: brand.refunds,
            cost: brand.goods,
        };
        let traffic = Traffic::of(plan.platform).bought_for(plan.objective);
        let sale = (traffic.varied(&mut rng), goods);
        let started = day_number(plan.planned(history.until()).0);
        let day = |day: Date| {
            let age = day_number(day) - started;
            let elapsed = f64::from(day_number(day) - day_number(history.from()));
            let holiday = season::holiday(agency.market, day);
            let demand = season::weekday(day)
                * holiday
                * season::launch(age)
                * season::trend(brand.growth, elapsed / f64::from(history.days()));
            let spend = if plan.is(Trait::Capped) {
                plan.daily * (1.0 - 0.01 * (noise(&mut rng, 1.0) - 1.0).abs())
            } else {
                plan.daily * demand * noise(&mut rng, 0.18)
            };
            let freshness = season::freshness(age);
            // People come to buy on holidays, though clicks cost more then.
            let roas = plan.roas * freshness * (1.0 + 0.2 * (holiday - 1.0));
            (
                day,
                Measures::of_spend(&mut rng, sale, spend, freshness, roas),
            )
        };
        let days = plan.delivered(history);
        Self {
            plan,
            campaign: Text::from(plan.external_id),
            days: days.iter().flat_map(DateRange::iter).map(day).collect(),
        }
    }

    /// The rows of the first report: late orders missing, ad groups and ads beside the campaign.
    pub(super) fn first_report(&self, today: Date) -> Vec<Reported> {
        let restated = self.plan.is(Trait::Restated);
        let mut rows = Vec::with_capacity(self.days.len());
        for (day, measures) in &self.days {
            let late = if restated {
                late_part(*day, today)
            } else {
                0.0
            };
            self.report(*day, &measures.before_late_orders(late), &mut rows);
        }
        rows
    }

    /// The rows of the restatement: the last [`LATE_DAYS`] with all their orders, for campaigns
    /// whose orders come late.
    pub(super) fn restatement(&self, today: Date) -> Vec<Reported> {
        let mut rows = Vec::new();
        if !self.plan.is(Trait::Restated) {
            return rows;
        }
        for (day, measures) in &self.days {
            if day_number(today) - day_number(*day) <= LATE_DAYS {
                self.report(*day, measures, &mut rows);
            }
        }
        rows
    }

    /// Adds the campaign's row of the day, and its ad groups or ads where they are reported.
    fn report(&self, day: Date, measures: &Measures, rows: &mut Vec<Reported>) {
        rows.push(self.row(day, Vec::new(), *measures));
        for one in self.plan.traits {
            match one {
                Trait::AdGroups(groups) => rows.extend(self.ad_groups(day, groups, measures)),
                Trait::Ads(ads) => rows.extend(self.ads(day, ads, measures)),
                _ => {}
            }
        }
    }

    fn ad_groups<'a>(
        &'a self,
        day: Date,
        groups: &'a [&'static str],
        measures: &Measures,
    ) -> impl Iterator<Item = Reported> + 'a {
        let parts = measures.split(&THREE_SHARES);
        let texts = |group: &&str| vec![("ad_group", Text::from(*group))];
        groups
            .iter()
            .zip(parts)
            .map(move |(group, part)| self.row(day, texts(group), part))
    }

    fn ads<'a>(
        &'a self,
        day: Date,
        ads: &'a [(&'static str, &'static str)],
        measures: &Measures,
    ) -> impl Iterator<Item = Reported> + 'a {
        let parts = measures.split(&FOUR_SHARES);
        ads.iter().zip(parts).map(move |((group, ad), part)| {
            let texts = vec![("ad_group", Text::from(*group)), ("ad", Text::from(*ad))];
            self.row(day, texts, part)
        })
    }

    fn row(&self, day: Date, texts: Vec<(&'static str, Text)>, measures: Measures) -> Reported {
        Reported {
            day,
            campaign: Arc::clone(&self.campaign),
            texts,
            measures,
        }
    }
}

/// The part of a day's orders that the first report doesn't have yet.
fn late_part(day: Date, today: Date) -> f64 {
    let ago = day_number(today) - day_number(day);
    LATE_PART * f64::from((LATE_DAYS + 1 - ago).max(0)) / f64::from(LATE_DAYS)
}
