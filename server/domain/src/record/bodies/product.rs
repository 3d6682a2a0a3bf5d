//! A product: what is promoted, as the catalogue tells it.

use crate::record::Faults;
use crate::record::values::Money;
use crate::record::words::{PriceTier, StockStatus, Tone};

body_types! {
    /// What is promoted.
    pub struct Product {
        /// Its name as shown.
        pub name: String,
        /// What it is.
        pub description: Option<String>,
        /// What it costs.
        pub price: Option<Money>,
        /// Where the price stands among its like.
        pub price_tier: Option<PriceTier>,
        /// Its properties, each name once.
        #[serde(default)]
        pub attributes: Vec<Attribute>,
        /// What may be said of it.
        #[serde(default)]
        pub claims: Vec<Claim>,
        /// How it wants to be spoken of.
        pub tone: Option<Tone>,
        /// What it is for.
        pub intended_use: Option<String>,
        /// Whether it can be had.
        pub stock: Option<StockStatus>,
    }

    /// A property of a product.
    pub struct Attribute {
        /// Its name.
        pub name: String,
        /// Its value.
        pub value: String,
    }

    /// Something said of a product, and what bears it out.
    pub struct Claim {
        /// What is said.
        pub text: String,
        /// What bears it out, such as a study; nothing does when missing.
        pub support: Option<String>,
    }
}

impl Product {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.name("name", &self.name);
        faults.text_if_any("description", self.description.as_deref());
        faults.money_if_any("price", self.price.as_ref());
        faults.each("attributes", &self.attributes, |faults, attribute| {
            faults.name("name", &attribute.name);
            faults.name("value", &attribute.value);
        });
        faults.distinct("attributes", self.attributes.iter().map(|it| &it.name));
        faults.each("claims", &self.claims, |faults, claim| {
            faults.name("text", &claim.text);
            faults.text_if_any("support", claim.support.as_deref());
        });
        faults.text_if_any("intendedUse", self.intended_use.as_deref());
    }
}
