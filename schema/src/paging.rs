//! Pages: how many things are asked for, and what that costs.

use async_graphql::SimpleObject;
use bellwether_domain::error_code::Refusal;

/// Where a page lies in the whole.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether more follow after `endCursor`.
    pub(crate) has_next_page: bool,
    /// Whether something comes before `startCursor`.
    pub(crate) has_previous_page: bool,
    /// The cursor of the first thing on this page.
    pub(crate) start_cursor: Option<String>,
    /// The cursor of the last thing on this page: what `after` takes for the next page.
    pub(crate) end_cursor: Option<String>,
}

/// The size of the page that `first` asks for, where `limit` is the limit's name.
pub(crate) fn page_size(
    first: Option<i32>,
    default: u32,
    limit: &str,
    max: u32,
) -> Result<u32, Refusal> {
    let Some(first) = first else {
        return Ok(default.min(max));
    };
    let size = u32::try_from(first).unwrap_or(0);
    if size < 1 {
        return Err(
            Refusal::invalid(format!("a page of {first} is too small; use 1 to {max}")).at("first"),
        );
    }
    if size > max {
        let refusal = Refusal::limit(limit, max, format!("a page of {first}"));
        let message = format!("{}; use 1 to {max}", refusal.message);
        return Err(Refusal { message, ..refusal }.at("first"));
    }
    Ok(size)
}

/// The price of a page: a zero or negative page costs as one, nothing wraps, and a page above
/// `max` costs as one of `max`, so that it is refused where it is read, by its own limit.
pub(crate) fn page_price(first: Option<i32>, default: i32, max: u32, child_price: usize) -> usize {
    let first = u32::try_from(first.unwrap_or(default)).unwrap_or(1);
    let n_things = usize::try_from(first.clamp(1, max)).unwrap_or(usize::MAX);
    child_price.max(1).saturating_mul(n_things)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_none_or_fewer_and_of_too_many_are_refused() {
        let size = |first| page_size(Some(first), 20, "nodes_page_max", 100);
        assert_eq!(size(1), Ok(1));
        assert_eq!(size(100), Ok(100));
        assert_eq!(size(0).unwrap_err().path, "first");
        assert!(size(-1).is_err());
        assert!(size(101).unwrap_err().message.contains("nodes_page_max"));
    }

    #[test]
    fn no_page_is_free_and_no_price_wraps() {
        assert_eq!(page_price(Some(-1), 20, 100, 7), 7);
        assert_eq!(page_price(Some(0), 20, 100, 0), 1);
        assert_eq!(page_price(None, 20, 100, 3), 60);
        assert_eq!(page_price(Some(100), 20, 100, usize::MAX), usize::MAX);
    }

    #[test]
    fn a_page_above_the_largest_is_priced_as_the_largest() {
        assert_eq!(page_price(Some(i32::MAX), 20, 100, 3), 300);
    }
}
