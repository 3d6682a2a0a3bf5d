//! Who holds which workflow role where: apart from access roles, for the agency, a brand or a case.

use std::collections::BTreeSet;

use bellwether_domain::ids::{BrandId, CaseId, MemberId};

/// A workflow role that a member holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Who.
    pub member: MemberId,
    /// Which role.
    pub role: String,
    /// Where.
    pub reach: Reach,
}

/// Where an assignment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// In every case of the agency.
    Agency,
    /// In every case about this brand.
    Brand(BrandId),
    /// In this case.
    Case(CaseId),
}

/// The roles of a member in a case; `brands` are those that the case is about.
pub fn roles_in<'a>(
    member: MemberId,
    case: CaseId,
    brands: &[BrandId],
    assignments: impl IntoIterator<Item = &'a Assignment>,
) -> BTreeSet<String> {
    let reaches = |reach: &Reach| match reach {
        Reach::Agency => true,
        Reach::Brand(brand) => brands.contains(brand),
        Reach::Case(one) => *one == case,
    };
    let held = assignments
        .into_iter()
        .filter(|one| one.member == member && reaches(&one.reach));
    held.map(|one| one.role.clone()).collect()
}

#[cfg(test)]
mod tests {
    use bellwether_domain::time::Timestamp;

    use super::*;

    #[test]
    fn a_role_holds_where_it_was_assigned_and_for_whom() {
        let member = |number| MemberId::from_parts(Timestamp::UNIX_EPOCH, number);
        let brand = |number| BrandId::from_parts(Timestamp::UNIX_EPOCH, number);
        let case = |number| CaseId::from_parts(Timestamp::UNIX_EPOCH, number);
        let assigned = |member, role: &str, reach| Assignment {
            member,
            role: role.to_owned(),
            reach,
        };
        let all = [
            assigned(member(1), "requester", Reach::Agency),
            assigned(member(1), "approver", Reach::Brand(brand(1))),
            assigned(member(1), "finance", Reach::Case(case(2))),
            assigned(member(2), "legal", Reach::Agency),
        ];
        let roles = roles_in(member(1), case(1), &[brand(1)], &all);
        assert_eq!(
            roles.into_iter().collect::<Vec<_>>(),
            ["approver", "requester"]
        );
    }
}
