//! How a day's spend becomes impressions, views, clicks, orders and money.
//!
//! Invariant: impressions >= video views >= clicks >= conversions, and revenue, refunds and cost
//! of goods are always known, 0 where nothing was sold.

use bellwether_domain::campaign::{Objective, Platform};
use rand_pcg::Pcg64;

use super::noise::{noise, real, whole, whole_by_chance};

const IMPRESSIONS: usize = 0;
const VIDEO_VIEWS: usize = 1;
/// The first of the reactions; the measures before it are parts of the video views.
const LIKES: usize = 8;
const SPEND: usize = 12;
/// The first of the measures that follow from clicks; those before follow from showing the ad.
const CLICKS: usize = 13;
const CONVERSIONS: usize = 14;
const REVENUE: usize = 15;
const REFUNDS: usize = 16;
const COGS: usize = 17;

/// The measures in the order in which [`Measures`] holds them.
const NAMES: [&str; 18] = [
    "impressions",
    "video_views",
    "video_views_2s",
    "video_views_6s",
    "video_p25",
    "video_p50",
    "video_p75",
    "video_p100",
    "likes",
    "comments",
    "shares",
    "follows",
    "spend",
    "clicks",
    "conversions",
    "revenue",
    "refunds",
    "cogs",
];

/// Parts of the video views that played so far or were reacted to: the measures after
/// `video_views`, up to `spend`.
const VIEW_PARTS: [f64; 10] = [
    0.64, 0.33, 0.47, 0.29, 0.19, 0.12, 0.021, 0.0017, 0.0026, 0.0011,
];

/// What a platform's traffic is like, money in the agency's currency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traffic {
    /// The price of a thousand impressions.
    cpm: f64,
    /// Video views for each impression.
    views: f64,
    /// Clicks for each impression.
    ctr: f64,
    /// How readily people react: likes, comments, shares and follows, around 1.
    reactions: f64,
    /// The smallest part of a conversion that the platform reports, in hundredths.
    conversion_step: i64,
}

impl Traffic {
    /// The platform's usual traffic; in CNY for the Chinese platforms, in USD for the others.
    pub(super) fn of(platform: Platform) -> Self {
        let (cpm, views, ctr, conversion_step) = match platform {
            Platform::TikTok => (6.4, 0.86, 0.0105, 100),
            Platform::Meta => (9.8, 0.42, 0.0128, 100),
            // Google splits a conversion between the clicks that led to it.
            Platform::Google => (8.2, 0.48, 0.0115, 1),
            Platform::Douyin => (34.0, 0.88, 0.0176, 100),
            Platform::Kuaishou => (23.0, 0.84, 0.0158, 100),
            Platform::Xiaohongshu => (46.0, 0.39, 0.0214, 100),
            Platform::Snapchat | Platform::Pinterest | Platform::Other => (7.0, 0.5, 0.009, 100),
        };
        Self {
            cpm,
            views,
            ctr,
            reactions: 1.0,
            conversion_step,
        }
    }

    /// The traffic that a platform delivers for this objective.
    pub(super) fn bought_for(mut self, objective: Objective) -> Self {
        let (cpm, ctr, reactions) = match objective {
            Objective::Awareness => (0.72, 0.55, 0.8),
            Objective::Engagement => (0.9, 0.85, 2.6),
            Objective::Sales => (1.0, 1.0, 1.0),
        };
        self.cpm *= cpm;
        self.ctr *= ctr;
        self.reactions *= reactions;
        self
    }

    /// The same for one campaign, whose creatives work better or worse than others.
    pub(super) fn varied(mut self, rng: &mut Pcg64) -> Self {
        self.cpm *= noise(rng, 0.2);
        self.ctr *= noise(rng, 0.3);
        self.views *= noise(rng, 0.12);
        self.reactions *= noise(rng, 0.4);
        self
    }
}

/// What a brand sells, money in the agency's currency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goods {
    /// The mean value of an order.
    pub(super) order_value: f64,
    /// The part of revenue that buyers get back.
    pub(super) refunds: f64,
    /// The part of net revenue that the goods cost.
    pub(super) cost: f64,
}

/// The measures of one row: counts as they are, conversions and money in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measures {
    values: [i64; NAMES.len()],
    conversion_step: i64,
}

impl Measures {
    /// What a day's `spend` brings when it sells `roas` times as much; `freshness` moves the
    /// click rate.
    pub(super) fn of_spend(
        rng: &mut Pcg64,
        (traffic, goods): (Traffic, Goods),
        spend: f64,
        freshness: f64,
        roas: f64,
    ) -> Self {
        let mut values = [0; NAMES.len()];
        let shown = spend / traffic.cpm * 1000.0 * noise(rng, 0.1);
        let viewed = shown * traffic.views * noise(rng, 0.06);
        values[IMPRESSIONS] = whole(shown);
        values[VIDEO_VIEWS] = whole(viewed);
        for (index, part) in (VIDEO_VIEWS + 1..).zip(VIEW_PARTS) {
            let reactions = if index < LIKES {
                1.0
            } else {
                traffic.reactions
            };
            values[index] = whole(viewed * part * reactions * noise(rng, 0.08));
        }
        values[SPEND] = whole(spend * 100.0);
        values[CLICKS] = whole(shown * traffic.ctr * freshness * noise(rng, 0.12));
        let orders = spend * roas / goods.order_value * noise(rng, 0.25);
        let steps = orders * 100.0 / real(traffic.conversion_step);
        values[CONVERSIONS] = whole_by_chance(rng, steps) * traffic.conversion_step;
        let basket = goods.order_value * noise(rng, 0.12);
        values[REVENUE] = whole(real(values[CONVERSIONS]) * basket);
        values[REFUNDS] = whole(real(values[REVENUE]) * goods.refunds * noise(rng, 0.5));
        let kept = values[REVENUE] - values[REFUNDS];
        values[COGS] = whole(real(kept) * goods.cost * noise(rng, 0.03));
        Self {
            values,
            conversion_step: traffic.conversion_step,
        }
        .funnelled()
    }

    /// Where the measure of this name is held.
    pub(super) fn index_of(name: &str) -> Option<usize> {
        NAMES.iter().position(|known| *known == name)
    }

    /// The measure held there.
    pub(super) fn value(&self, index: usize) -> i64 {
        self.values[index]
    }

    /// Spend in hundredths.
    pub(super) fn spend(&self) -> i64 {
        self.values[SPEND]
    }

    /// Times the ads were shown.
    pub(super) fn impressions(&self) -> i64 {
        self.values[IMPRESSIONS]
    }

    /// A part of these measures, with chance in it: `shown` of the impressions and spend,
    /// `sold` of the clicks and orders.
    pub(super) fn part(&self, rng: &mut Pcg64, shown: f64, sold: f64) -> Self {
        let mut part = *self;
        for value in &mut part.values[..CLICKS] {
            *value = whole(real(*value) * shown);
        }
        part.values[CLICKS] = whole(real(self.values[CLICKS]) * sold);
        let steps = real(self.values[CONVERSIONS] / self.conversion_step) * sold;
        let conversions = whole_by_chance(rng, steps) * self.conversion_step;
        part.with_conversions(self, conversions).funnelled()
    }

    /// The measures as they are known while this part of the orders has not come in yet.
    pub(super) fn before_late_orders(&self, late: f64) -> Self {
        let steps = real(self.values[CONVERSIONS] / self.conversion_step) * (1.0 - late);
        let conversions = whole(steps.floor()) * self.conversion_step;
        self.with_conversions(self, conversions)
    }

    /// The measures split up so that the parts add up to them exactly. Each share is that of the
    /// impressions and that of the clicks; both columns of shares add up to 1.
    pub(super) fn split(&self, shares: &[(f64, f64)]) -> Vec<Self> {
        let mut shown = 0.0;
        let mut clicked = 0.0;
        let mut given = [0; NAMES.len()];
        let mut parts = Vec::with_capacity(shares.len());
        for (of_shown, of_clicked) in shares {
            shown += of_shown;
            clicked += of_clicked;
            let mut part = *self;
            for (index, value) in part.values.iter_mut().enumerate() {
                let share = if index < CLICKS { shown } else { clicked };
                let step = if index == CONVERSIONS {
                    self.conversion_step
                } else {
                    1
                };
                // Rounding the running sum, not the part, leaves no remainder at the end.
                let until_here = whole(real(*value / step) * share) * step;
                *value = until_here - given[index];
                given[index] = until_here;
            }
            parts.push(part);
        }
        parts
    }

    /// The same with other conversions, and the money of `whole`'s orders in proportion.
    fn with_conversions(mut self, of: &Self, conversions: i64) -> Self {
        let all = of.values[CONVERSIONS].max(1);
        self.values[CONVERSIONS] = conversions;
        for index in [REVENUE, REFUNDS, COGS] {
            self.values[index] = whole(real(of.values[index]) * real(conversions) / real(all));
        }
        self
    }

    /// Holds the funnel where rounding of small numbers would turn it over.
    fn funnelled(mut self) -> Self {
        let values = &mut self.values;
        values[VIDEO_VIEWS] = values[VIDEO_VIEWS].min(values[IMPRESSIONS]);
        values[CLICKS] = values[CLICKS].min(values[VIDEO_VIEWS]);
        let clicks = values[CLICKS] * 100;
        if values[CONVERSIONS] > clicks {
            return self.with_conversions(&self, clicks);
        }
        self
    }
}
