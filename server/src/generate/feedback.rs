//! What people say of a brand's campaigns and send back, day by day.
//!
//! Invariant: each bad thing is part of what it is counted in: refunded orders of orders, negative
//! reviews of reviews.

use bellwether_domain::fact::Text;
use bellwether_domain::money::Decimal;
use bellwether_domain::time::{Date, day_number};
use rand_pcg::Pcg64;

use super::delivery::Delivered;
use super::funnel::Measures;
use super::noise::{generator, noise, real, whole, whole_by_chance};
use super::plan::{BrandPlan, Trait};
use super::row::{OwnedCell, Row};

/// How far back feedback is known.
pub(super) const FEEDBACK_DAYS: i32 = 90;

/// Reviews for each order, and ratings without words for each review.
const REVIEWED: f64 = 0.08;
const RATED: f64 = 1.6;

/// The part of reviews and comments that is negative where an ad tells the truth to the right
/// people, and how many times that where it doesn't.
const NEGATIVE_REVIEWS: f64 = 0.07;
const NEGATIVE_COMMENTS: f64 = 0.04;
const WRONG_PEOPLE: f64 = 3.0;

/// Stars of a rating: of the content and of the others.
const STARS_OF_CONTENT: f64 = 4.7;
const STARS_OF_OTHERS: f64 = 2.1;

/// The rows of one campaign over the last [`FEEDBACK_DAYS`], on days on which anything was heard,
/// in the columns of `feedback_daily`.
pub(super) fn rows(seed: u64, brand: &BrandPlan, delivered: &Delivered, today: Date) -> Vec<Row> {
    let mut rng = generator(seed, &format!("feedback {}", delivered.campaign));
    let misled = if delivered.plan.is(Trait::Young) {
        WRONG_PEOPLE
    } else {
        1.0
    };
    let recent = |day: &Date| day_number(today) - day_number(*day) <= FEEDBACK_DAYS;
    let mut rows = Vec::new();
    for (day, measures) in delivered.days.iter().filter(|(day, _)| recent(day)) {
        let heard = Heard::on(&mut rng, brand.refunds, misled, measures);
        if heard.orders + heard.comments > 0 {
            rows.push(heard.row(*day, &delivered.campaign));
        }
    }
    rows
}

/// What was heard on one day.
struct Heard {
    orders: i64,
    refund_orders: i64,
    reviews: i64,
    negative_reviews: i64,
    ratings: i64,
    /// In tenths, as averages are shown.
    rating_sum: i64,
    comments: i64,
    negative_comments: i64,
}

impl Heard {
    fn on(rng: &mut Pcg64, refunds: f64, misled: f64, measures: &Measures) -> Self {
        let held = |name| Measures::index_of(name).map_or(0, |index| measures.value(index));
        // Conversions are held in hundredths.
        let orders = whole(real(held("conversions")) / 100.0);
        let comments = held("comments");
        let mut part = |of: i64, part: f64| {
            let share = (part * noise(rng, 0.3)).min(1.0);
            whole_by_chance(rng, real(of) * share).min(of)
        };
        let reviews = part(orders, REVIEWED);
        let negative_reviews = part(reviews, NEGATIVE_REVIEWS * misled);
        let ratings = whole(real(reviews) * RATED);
        let content = real(reviews - negative_reviews) * STARS_OF_CONTENT;
        let stars = (content + real(negative_reviews) * STARS_OF_OTHERS) * RATED;
        Self {
            refund_orders: part(orders, refunds * misled),
            negative_comments: part(comments, NEGATIVE_COMMENTS * misled),
            rating_sum: whole(stars * 10.0).min(ratings * 50),
            orders,
            reviews,
            negative_reviews,
            ratings,
            comments,
        }
    }

    fn row(&self, day: Date, campaign: &Text) -> Row {
        Row(vec![
            OwnedCell::Date(day),
            OwnedCell::text(Some(campaign)),
            OwnedCell::Missing,
            OwnedCell::Integer(self.orders),
            OwnedCell::Integer(self.refund_orders),
            OwnedCell::Integer(self.reviews),
            OwnedCell::Integer(self.negative_reviews),
            OwnedCell::Integer(self.ratings),
            OwnedCell::Decimal(Decimal::new(self.rating_sum, 1).normalize()),
            OwnedCell::Integer(self.comments),
            OwnedCell::Integer(self.negative_comments),
        ])
    }
}
