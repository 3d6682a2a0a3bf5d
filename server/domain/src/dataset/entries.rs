//! The entries of the datasets, one constant each.

use super::{
    COST_KINDS, COST_SPREADS, Dataset, DatasetName, HOURS, KeyDimension, Measure, MeasureKind,
    ShapeRule, TimeColumns,
};

const fn measure(name: &'static str, kind: MeasureKind, meaning: &'static str) -> Measure {
    Measure {
        name,
        kind,
        meaning,
    }
}

const fn text(name: &'static str, capitals: bool, meaning: &'static str) -> KeyDimension {
    KeyDimension {
        name,
        words: None,
        required: false,
        capitals,
        letters: None,
        digits: None,
        coded: true,
        in_shape: true,
        meaning,
    }
}

const fn ad_id(name: &'static str, meaning: &'static str) -> KeyDimension {
    KeyDimension {
        coded: false,
        ..text(name, false, meaning)
    }
}

use MeasureKind::{Choice, Conversions, Count, Money};

const IMPRESSIONS: Measure = measure("impressions", Count, "Times an ad was shown.");
const CLICKS: Measure = measure(
    "clicks",
    Count,
    "Clicks on an ad, as the platform counts them.",
);
const VIDEO_VIEWS: Measure = measure("video_views", Count, "Times a video started to play.");
const LIKES: Measure = measure("likes", Count, "Likes that an ad received.");
const COMMENTS: Measure = measure("comments", Count, "Comments that an ad received.");
const SHARES: Measure = measure("shares", Count, "Times an ad was shared.");
const FOLLOWS: Measure = measure("follows", Count, "New followers won through an ad.");
const CONVERSIONS: Measure = measure(
    "conversions",
    Conversions,
    "Conversions in the row's attribution window; platforms report fractions.",
);
const SPEND: Measure = measure("spend", Money, "Media cost charged by the platform.");
const REVENUE: Measure = measure(
    "revenue",
    Money,
    "Value of the conversions, before refunds.",
);

const REFUNDS: Measure = measure(
    "refunds",
    Money,
    "Money given back to buyers, dated on the day of the sale; absent counts as none.",
);

/// What most datasets have in common; every entry names itself and what differs.
const DAILY: Dataset = Dataset {
    name: DatasetName::DeliveryDaily,
    meaning: "",
    time: TimeColumns::Day,
    campaign_required: true,
    attribution: false,
    may_lie_ahead: false,
    may_be_negative: false,
    takes_costs: false,
    adds_up: true,
    refines: None,
    dimensions: &[],
    shape_rule: ShapeRule::Additive,
    measures: &[],
};

const AD_GROUP: KeyDimension = ad_id(
    "ad_group",
    "The platform's id of the ad group; rows with it are of level AD_GROUP or AD.",
);

const AD: KeyDimension = ad_id(
    "ad",
    "The platform's id of the ad; rows with it are of level AD and need the ad group too.",
);

const HOUR: KeyDimension = KeyDimension {
    words: Some(HOURS),
    required: true,
    digits: Some(2),
    in_shape: false,
    ..text(
        "hour",
        false,
        "The hour of the day, 00 to 23, in the ad account's zone; `7` and `07` are one.",
    )
};

/// What platforms report of a delivery, whether by day or by hour.
const DELIVERY_MEASURES: &[Measure] = &[
    IMPRESSIONS,
    CLICKS,
    VIDEO_VIEWS,
    measure(
        "video_views_2s",
        Count,
        "Video plays of at least two seconds.",
    ),
    measure(
        "video_views_6s",
        Count,
        "Video plays of at least six seconds.",
    ),
    measure(
        "video_p25",
        Count,
        "Video plays that reached a quarter of the video.",
    ),
    measure(
        "video_p50",
        Count,
        "Video plays that reached half of the video.",
    ),
    measure(
        "video_p75",
        Count,
        "Video plays that reached three quarters of the video.",
    ),
    measure(
        "video_p100",
        Count,
        "Video plays that reached the video's end.",
    ),
    LIKES,
    COMMENTS,
    SHARES,
    FOLLOWS,
    CONVERSIONS,
    SPEND,
    REVENUE,
    REFUNDS,
    measure("cogs", Money, "Cost of the goods sold."),
];

pub(super) const DELIVERY_DAILY: Dataset = Dataset {
    name: DatasetName::DeliveryDaily,
    meaning: "What a platform delivered, by day and campaign, ad group or ad.",
    attribution: true,
    takes_costs: true,
    dimensions: &[AD_GROUP, AD],
    shape_rule: ShapeRule::Level,
    measures: DELIVERY_MEASURES,
    ..DAILY
};

pub(super) const DELIVERY_HOURLY: Dataset = Dataset {
    name: DatasetName::DeliveryHourly,
    meaning: "What a platform delivered, by hour of the day and campaign, ad group or ad.",
    attribution: true,
    refines: Some(DatasetName::DeliveryDaily),
    dimensions: &[HOUR, AD_GROUP, AD],
    shape_rule: ShapeRule::Level,
    measures: DELIVERY_MEASURES,
    ..DAILY
};

pub(super) const AUDIENCE_DAILY: Dataset = Dataset {
    name: DatasetName::AudienceDaily,
    meaning: "Delivery broken down by country, age and gender, by day and campaign.",
    attribution: true,
    refines: Some(DatasetName::DeliveryDaily),
    dimensions: &[
        KeyDimension {
            letters: Some(2),
            ..text(
                "country",
                true,
                "ISO 3166 code of the country, such as `US`.",
            )
        },
        text("age", false, "The platform's age group, such as `18-24`."),
        text(
            "gender",
            true,
            "`FEMALE`, `MALE`, or the platform's word for others.",
        ),
    ],
    shape_rule: ShapeRule::Breakdown,
    measures: &[
        IMPRESSIONS,
        CLICKS,
        VIDEO_VIEWS,
        LIKES,
        COMMENTS,
        SHARES,
        FOLLOWS,
        CONVERSIONS,
        SPEND,
        REVENUE,
        REFUNDS,
    ],
    ..DAILY
};

pub(super) const REACH: Dataset = Dataset {
    name: DatasetName::Reach,
    meaning: "How many people a campaign reached in a period, exactly as reported; never summed.",
    time: TimeColumns::Range,
    adds_up: false,
    measures: &[
        measure(
            "reach",
            Count,
            "Different people who saw an ad of the campaign in the period.",
        ),
        IMPRESSIONS,
    ],
    ..DAILY
};

pub(super) const FEEDBACK_DAILY: Dataset = Dataset {
    name: DatasetName::FeedbackDaily,
    meaning: "What people say and send back: orders, refunds, reviews, ratings and comments.",
    dimensions: &[text(
        "product",
        false,
        "The product; rows with it are of level PRODUCT, the others speak of the whole campaign.",
    )],
    shape_rule: ShapeRule::Level,
    measures: &[
        measure("orders", Count, "Orders that came through the campaign."),
        measure(
            "refund_orders",
            Count,
            "Orders of which anything was given back, dated on the day of the sale.",
        ),
        measure("reviews", Count, "Reviews that buyers wrote."),
        measure(
            "negative_reviews",
            Count,
            "Reviews that count as negative, by the platform's or the agency's own rule.",
        ),
        measure("ratings", Count, "Ratings that buyers gave."),
        measure(
            "rating_sum",
            Conversions,
            "The stars of all ratings together; fractions come from rounded averages.",
        ),
        COMMENTS,
        measure(
            "negative_comments",
            Count,
            "Comments that count as negative, by the platform's or the agency's own rule.",
        ),
    ],
    ..DAILY
};

pub(super) const COSTS: Dataset = Dataset {
    name: DatasetName::Costs,
    meaning: "What a campaign or a brand costs beside media, over a range of days.",
    time: TimeColumns::Range,
    campaign_required: false,
    may_lie_ahead: true,
    may_be_negative: true,
    dimensions: &[KeyDimension {
        words: Some(COST_KINDS),
        required: true,
        ..text(
            "kind",
            false,
            "`agency_fee`, `production` or `influencer`; media is `spend` in delivery_daily.",
        )
    }],
    measures: &[
        measure(
            "amount",
            Money,
            "The cost, in the campaign's currency, or the agency's when no campaign is given.",
        ),
        measure(
            "spread",
            Choice(COST_SPREADS),
            "`day` (the default): evenly over the days; `spend`: as the media was spent.",
        ),
    ],
    ..DAILY
};
