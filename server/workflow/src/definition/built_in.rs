//! The four definitions that come with the product.

use std::sync::LazyLock;

use super::{Definition, Format};

static BUILT_IN: LazyLock<Vec<Definition>> = LazyLock::new(|| {
    let files = [
        include_str!("../../definitions/cancel_promotion.toml"),
        include_str!("../../definitions/terminate_agency.toml"),
        include_str!("../../definitions/resolve_mismatch.toml"),
        include_str!("../../definitions/performance_review.toml"),
    ];
    let load = |text| Definition::load(text, Format::Toml);
    let loaded = files.into_iter().map(load).collect::<Result<Vec<_>, _>>();
    loaded.expect("the tests load every embedded file")
});

/// The definitions that every agency begins with.
pub fn built_in() -> &'static [Definition] {
    &BUILT_IN
}
