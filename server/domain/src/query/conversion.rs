//! Into which currency the money of an answer is converted.

use super::request::MetricRequest;
use crate::error_code::Refusal;
use crate::metric::Component;
use crate::money::Currency;
use crate::rates::RatesRevision;

/// A conversion of all money of an answer, day by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conversion {
    /// The currency of the answer's money.
    pub into: Currency,
    /// The rates that are used, as they stood after so many imports.
    pub rates: RatesRevision,
}

/// The conversion that a request asks for; none where nothing of the answer is money, so that such
/// answers are the same with and without.
pub(super) fn canonical(
    request: &MetricRequest,
    components: &[Component],
    rates: RatesRevision,
) -> Result<Option<Conversion>, Refusal> {
    let Some(code) = &request.currency else {
        return Ok(None);
    };
    let into = Currency::parse(code).map_err(|refusal| refusal.at("currency"))?;
    let has_money = components.iter().any(|component| component.is_money());
    Ok(has_money.then_some(Conversion { into, rates }))
}
