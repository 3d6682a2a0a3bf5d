//! An audience: whom a campaign is meant for, as distributions over traits.

use crate::ErrorCode;
use crate::error_code::Refusal;
use crate::record::Faults;
use crate::record::values::Exact;
use crate::record::words::{AudienceTrait, PriceTier};

body_types! {
    /// Whom a campaign is meant for.
    pub struct Audience {
        /// Its name as shown.
        pub name: String,
        /// How it is divided, each trait once.
        #[serde(default)]
        pub distributions: Vec<Distribution>,
        /// What research says of it.
        pub note: Option<String>,
    }

    /// How an audience is divided by one trait.
    pub struct Distribution {
        /// The trait.
        pub by: AudienceTrait,
        /// The shares, which come to 1.
        pub shares: Vec<Share>,
    }

    /// The share of those with one value of a trait.
    pub struct Share {
        /// The value, such as `25-34` or `US`.
        pub value: String,
        /// The share, from 0 to 1.
        pub share: Exact,
    }
}

impl Audience {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.name("name", &self.name);
        faults.each("distributions", &self.distributions, |faults, one| {
            one.check(faults);
        });
        faults.distinct("distributions", self.distributions.iter().map(|it| it.by));
        faults.text_if_any("note", self.note.as_deref());
    }
}

impl Distribution {
    fn check(&self, faults: &mut Faults) {
        faults.each("shares", &self.shares, |faults, share| match self.by {
            AudienceTrait::Country => faults.country("value", &share.value),
            AudienceTrait::PriceTier => {
                if let Err(refusal) = share.value.parse::<PriceTier>() {
                    faults.add("value", refusal);
                }
            }
            AudienceTrait::Age | AudienceTrait::Gender | AudienceTrait::Interest => {
                faults.name("value", &share.value);
            }
        });
        faults.distinct("shares", self.shares.iter().map(|it| &it.value));
        let shares: Vec<Exact> = self.shares.iter().map(|it| it.share).collect();
        if shares.is_empty() {
            let message = "a distribution has no shares; give at least one, of 1";
            faults.add(
                "shares",
                Refusal::new(ErrorCode::InvalidDistribution, message),
            );
        } else {
            faults.distribution("shares", &shares);
        }
    }
}
