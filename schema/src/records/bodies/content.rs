//! Contents of promotions, and the audiences that they are meant for.

use async_graphql::ID;
use bellwether_domain::record as kept;

use super::product::{Money, Period};
use crate::records::mirror::mirrored;
use crate::records::words::{Approval, AudienceTrait, Tone};
use crate::scalars::Decimal;

mirrored! {
    /// What a promotion shows and says.
    ContentBody, "ContentInput" of Content {
        /// Its name as shown, 1 to 256 bytes.
        name: String,
        /// The id of the product that it promotes.
        product: Option<ID>,
        /// When it runs.
        runs: Option<Period>,
        /// The forms in which it runs, each name once.
        #[graphql(default)]
        variants: Vec<ContentVariant>,
        /// What it says of the product.
        #[graphql(default)]
        claims: Vec<String>,
        /// The price that it states.
        price: Option<Money>,
        /// The offer that it states.
        offer: Option<String>,
        /// How it sounds.
        tone: Option<Tone>,
        /// Its hashtags without `#`, each once.
        #[graphql(default)]
        hashtags: Vec<String>,
        /// Whether somebody other than the author approved it. An approval is a revision that changes nothing else.
        approval: Approval,
    }

    /// One form of a content.
    ContentVariant, "ContentVariantInput" of Variant {
        /// Its name.
        name: String,
        /// What it says.
        text: Option<String>,
        /// The platform's own id of it.
        external_id: Option<String>,
    }

    /// Whom a campaign is meant for.
    AudienceBody, "AudienceInput" of Audience {
        /// Its name as shown, 1 to 256 bytes.
        name: String,
        /// How it is divided, each trait once.
        #[graphql(default)]
        distributions: Vec<AudienceDistribution>,
        /// What research says of it.
        note: Option<String>,
    }

    /// How an audience is divided by one trait.
    AudienceDistribution, "AudienceDistributionInput" of Distribution {
        /// The trait.
        by: AudienceTrait,
        /// The shares, which come to 1.
        shares: Vec<AudienceShare>,
    }

    /// The share of those with one value of a trait.
    AudienceShare, "AudienceShareInput" of Share {
        /// The value, such as `25-34`, or `US` for a country.
        value: String,
        /// The share, from 0 to 1.
        share: Decimal,
    }
}
