//! A content: what a promotion shows and says, revision by revision as it ran.

use crate::ids::RecordId;
use crate::record::values::{Money, Period};
use crate::record::words::{Approval, Tone};
use crate::record::{Faults, RecordKind, Reference};

body_types! {
    /// What a promotion shows and says.
    pub struct Content {
        /// Its name as shown.
        pub name: String,
        /// The product that it promotes.
        pub product: Option<RecordId>,
        /// When it runs.
        pub runs: Option<Period>,
        /// The forms in which it runs, each name once.
        #[serde(default)]
        pub variants: Vec<Variant>,
        /// What it says of the product.
        #[serde(default)]
        pub claims: Vec<String>,
        /// The price that it states.
        pub price: Option<Money>,
        /// The offer that it states.
        pub offer: Option<String>,
        /// How it sounds.
        pub tone: Option<Tone>,
        /// Its hashtags without `#`, each once.
        #[serde(default)]
        pub hashtags: Vec<String>,
        /// Whether somebody other than the author approved it.
        pub approval: Approval,
    }

    /// One form of a content.
    pub struct Variant {
        /// Its name.
        pub name: String,
        /// What it says.
        pub text: Option<String>,
        /// The platform's own id of it.
        pub external_id: Option<String>,
    }
}

impl Content {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.name("name", &self.name);
        if let Some(runs) = &self.runs {
            faults.period("runs", runs);
        }
        faults.each("variants", &self.variants, |faults, variant| {
            faults.name("name", &variant.name);
            faults.text_if_any("text", variant.text.as_deref());
            faults.name_if_any("externalId", variant.external_id.as_deref());
        });
        faults.distinct("variants", self.variants.iter().map(|it| &it.name));
        faults.names("claims", &self.claims);
        faults.money_if_any("price", self.price.as_ref());
        faults.text_if_any("offer", self.offer.as_deref());
        faults.names("hashtags", &self.hashtags);
        faults.distinct("hashtags", &self.hashtags);
    }

    pub(in crate::record) fn references(&self) -> Vec<Reference> {
        let product = self.product.iter();
        product
            .map(|id| Reference::new("product", RecordKind::Product, *id))
            .collect()
    }
}
