//! A feedback item: what one customer said, and whether it was answered.

use rust_decimal::Decimal;

use crate::error_code::Refusal;
use crate::ids::RecordId;
use crate::record::values::Exact;
use crate::record::words::{FeedbackKind, ReplyState, Sentiment};
use crate::record::{Faults, RecordKind, Reference};
use crate::time::Timestamp;

/// The best rating: five stars.
const RATING_MAX: u32 = 5;

/// The most bytes of a language tag that is in use.
const LANGUAGE_BYTES_MAX: usize = 35;

body_types! {
    /// What one customer said.
    pub struct FeedbackItem {
        /// How it was said.
        pub kind: FeedbackKind,
        /// When it was said.
        pub said_at: Timestamp,
        /// What was said.
        pub text: Option<String>,
        /// The rating given, from 0 to 5.
        pub rating: Option<Exact>,
        /// How it was meant, as the source gives it.
        pub sentiment: Option<Sentiment>,
        /// The language as a BCP 47 tag, such as `en` or `zh-Hans`.
        pub language: Option<String>,
        /// The product that it speaks of.
        pub product: Option<RecordId>,
        /// Whether it was answered.
        pub reply: Reply,
    }

    /// Whether something was answered.
    pub struct Reply {
        /// How far it is.
        pub state: ReplyState,
        /// Until when it is to be answered.
        pub due_at: Option<Timestamp>,
        /// The answer given.
        pub text: Option<String>,
    }
}

impl FeedbackItem {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.text_if_any("text", self.text.as_deref());
        let is_rating = |rating: &Exact| (Decimal::ZERO..=RATING_MAX.into()).contains(&rating.0);
        if let Some(rating) = self.rating.filter(|rating| !is_rating(rating)) {
            let message = format!("`{}` is not a rating; use 0 to {RATING_MAX}", rating.0);
            faults.add("rating", Refusal::invalid(message));
        }
        if let Some(language) = self.language.as_deref().filter(|tag| !is_language_tag(tag)) {
            let message = format!("`{language}` is not a language; use a BCP 47 tag such as `en`");
            faults.add("language", Refusal::invalid(message));
        }
        faults.within("reply", |faults| {
            faults.text_if_any("text", self.reply.text.as_deref());
        });
    }

    pub(in crate::record) fn references(&self) -> Vec<Reference> {
        let product = self.product.iter();
        product
            .map(|id| Reference::new("product", RecordKind::Product, *id))
            .collect()
    }
}

/// Whether a text has the form of a language tag: letters, then parts of letters and digits.
fn is_language_tag(tag: &str) -> bool {
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let first = tag.split('-').next().unwrap_or_default();
    let is_first =
        (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_first && tag.len() <= LANGUAGE_BYTES_MAX && tag.split('-').all(is_part)
}
