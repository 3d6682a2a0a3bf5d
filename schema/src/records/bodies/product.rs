//! Products, and the values that many bodies have.

use bellwether_domain::record as kept;
use bellwether_domain::record::values;

use crate::records::mirror::mirrored;
use crate::records::words::{PriceTier, StockStatus, Tone};
use crate::scalars::{Date, Decimal};

mirrored! {
    /// What is promoted.
    ProductBody, "ProductInput" of Product {
        /// Its name as shown, 1 to 256 bytes.
        name: String,
        /// What it is.
        description: Option<String>,
        /// What it costs.
        price: Option<Money>,
        /// Where the price stands among its like.
        price_tier: Option<PriceTier>,
        /// Its properties, each name once.
        #[graphql(default)]
        attributes: Vec<ProductAttribute>,
        /// What may be said of it.
        #[graphql(default)]
        claims: Vec<Claim>,
        /// How it wants to be spoken of.
        tone: Option<Tone>,
        /// What it is for.
        intended_use: Option<String>,
        /// Whether it can be had.
        stock: Option<StockStatus>,
    }

    /// A property of a product.
    ProductAttribute, "ProductAttributeInput" of Attribute {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    }

    /// Something said of a product, and what bears it out.
    Claim, "ClaimInput" of Claim {
        /// What is said.
        text: String,
        /// What bears it out, such as a study; nothing does when null.
        support: Option<String>,
    }
}

/// The values that many bodies have.
mod common {
    use super::values as kept;
    use super::{Date, Decimal, mirrored};

    mirrored! {
        /// An amount of money.
        Money, "MoneyInput" of Money {
            /// How much, in units of the currency.
            amount: Decimal,
            /// The ISO 4217 code of the currency, such as `USD`.
            currency: String,
        }

        /// Days from one on up to another that is not among them.
        Period, "PeriodInput" of Period {
            /// The first day.
            from: Date,
            /// The first day after; open when null.
            until: Option<Date>,
        }
    }
}
pub(crate) use common::{Money, Period};
