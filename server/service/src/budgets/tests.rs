//! Who pays for a query, and who can't.

use bellwether_domain::member::Role;
use bellwether_domain::scope::{BrandAccess, TokenGrant};

use super::*;

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn budgets() -> Budgets {
    Budgets::new(BudgetConfig {
        token: Allowance::new(10, 1),
        agency: Allowance::new(15, 5),
    })
}

/// Not a caller whom anybody authorised: only whose bucket is meant is looked at.
fn caller(agency: u128, token: u128) -> Scope {
    let agency = AgencyId::from_parts(now(), agency);
    let grant = TokenGrant {
        token: TokenId::from_parts(now(), token),
        trusted_documents_only: false,
        may_introspect: true,
    };
    Scope::authorised(agency, None, Role::Viewer, BrandAccess::All).by_token(grant)
}

#[test]
fn a_token_spends_up_to_its_allowance() {
    let budgets = budgets();
    budgets.charge(&caller(1, 1), 10, now()).unwrap();
    let refusal = budgets.charge(&caller(1, 1), 1, now()).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.retry_after_s),
        (ErrorCode::RateLimited, Some(1))
    );
    assert!(
        refusal.message.contains("`token_points_max` of 10"),
        "{}",
        refusal.message
    );
    budgets.charge(&caller(1, 2), 5, now()).unwrap();
}

#[test]
fn the_tokens_of_an_agency_share_its_allowance_and_no_others() {
    let budgets = budgets();
    budgets.charge(&caller(1, 1), 10, now()).unwrap();
    let refusal = budgets.charge(&caller(1, 2), 6, now()).unwrap_err();
    assert!(
        refusal.message.contains("`agency_points_max` of 15"),
        "{}",
        refusal.message
    );
    budgets.charge(&caller(1, 2), 5, now()).unwrap();
    budgets.charge(&caller(2, 3), 10, now()).unwrap();
}

#[test]
fn what_can_never_be_paid_is_over_a_limit() {
    let refusal = budgets().charge(&caller(1, 1), 11, now()).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::LimitExceeded);
    assert_eq!(refusal.retry_after_s, None);
}

#[test]
fn a_refused_charge_takes_nothing_and_a_refund_gives_back() {
    let budgets = budgets();
    budgets.charge(&caller(1, 1), 10, now()).unwrap();
    budgets.charge(&caller(1, 1), 5, now()).unwrap_err();
    assert_eq!(
        budgets.balance(&caller(1, 2), now()).available,
        5,
        "of the agency's 15"
    );
    budgets.refund(&caller(1, 1), 4);
    let balance = budgets.balance(&caller(1, 1), now());
    assert_eq!((balance.available, balance.restored_per_s), (4, 1));
}
