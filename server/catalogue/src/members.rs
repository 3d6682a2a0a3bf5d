//! Members of an agency, and the brands that some are limited to.

use std::collections::BTreeSet;

use bellwether_domain::Scope;
use bellwether_domain::ids::{BrandId, MemberId};
use bellwether_domain::member::{Member, Role};
use bellwether_domain::scope::BrandAccess;
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::{RowName, require_brand, require_text};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{member_brands, members};

/// The most bytes of a member's name.
const MEMBER_NAME_BYTES_MAX: usize = 128;

impl Catalogue {
    /// Adds a member to the scope's agency.
    pub fn create_member(&self, scope: &Scope, member: &Member) -> Result<()> {
        if member.agency != scope.agency() {
            return Err(Error::not_found("agency", member.agency));
        }
        require_text(
            "the member's name",
            &member.name,
            "member_name_bytes_max",
            MEMBER_NAME_BYTES_MAX,
        )?;
        let row = MemberRow {
            agency_id: member.agency.to_string(),
            id: member.id.to_string(),
            name: member.name.clone(),
            role: member.role.as_str().to_owned(),
        };
        self.write(|connection| {
            diesel::insert_into(members::table)
                .values(&row)
                .execute(connection)
                .map_err(Error::insert("member", member.id))?;
            Ok(())
        })
    }

    /// The agency's members, in the order in which they came.
    pub fn list_members(&self, scope: &Scope) -> Result<Vec<Member>> {
        let rows = self.read(|connection| {
            members::table
                .filter(members::agency_id.eq(scope.agency().to_string()))
                .order(members::id)
                .load::<MemberRow>(connection)
                .map_err(Error::database("list members"))
        })?;
        rows.into_iter().map(Member::try_from).collect()
    }

    /// The member of this id.
    pub fn get_member(&self, scope: &Scope, member: MemberId) -> Result<Member> {
        self.read(|connection| member_row(connection, scope, member))?
            .try_into()
    }

    /// Limits a member to just these brands, in place of an earlier limit. Without any brand, a
    /// `CLIENT` sees none and every other role sees all.
    pub fn limit_member_to_brands(
        &self,
        scope: &Scope,
        member: MemberId,
        brands: &[BrandId],
    ) -> Result<()> {
        for brand in brands {
            require_brand(scope, *brand)?;
        }
        self.write(|connection| {
            member_row(connection, scope, member)?;
            diesel::delete(
                member_brands::table
                    .filter(member_brands::agency_id.eq(scope.agency().to_string()))
                    .filter(member_brands::member_id.eq(member.to_string())),
            )
            .execute(connection)
            .map_err(Error::database("lift a member's limit"))?;
            for brand in brands.iter().collect::<BTreeSet<_>>() {
                insert_member_brand(connection, scope, member, *brand)?;
            }
            Ok(())
        })
    }
}

fn insert_member_brand(
    connection: &mut AnyConnection,
    scope: &Scope,
    member: MemberId,
    brand: BrandId,
) -> Result<()> {
    diesel::insert_into(member_brands::table)
        .values((
            member_brands::agency_id.eq(scope.agency().to_string()),
            member_brands::member_id.eq(member.to_string()),
            member_brands::brand_id.eq(brand.to_string()),
        ))
        .execute(connection)
        .map_err(|source| match Error::insert("limit", brand)(source) {
            Error::NotFound { .. } => Error::not_found("brand", brand),
            other => other,
        })?;
    Ok(())
}

/// What a member of this role may see: all brands or those that it is limited to.
pub(crate) fn brand_access(
    connection: &mut AnyConnection,
    agency_id: &str,
    member_id: &str,
    role: Role,
) -> Result<BrandAccess> {
    let limited_to = member_brands::table
        .filter(member_brands::agency_id.eq(agency_id))
        .filter(member_brands::member_id.eq(member_id))
        .select(member_brands::brand_id)
        .load::<String>(connection)
        .map_err(Error::database("read a member's brands"))?;
    if limited_to.is_empty() && role != Role::Client {
        return Ok(BrandAccess::All);
    }
    let name = RowName {
        table: "member_brands",
        row: member_id,
    };
    let brands = limited_to.iter().map(|brand| name.parse(brand));
    Ok(BrandAccess::Only(brands.collect::<Result<_>>()?))
}

pub(crate) fn member_row(
    connection: &mut AnyConnection,
    scope: &Scope,
    member: MemberId,
) -> Result<MemberRow> {
    members::table
        .find((scope.agency().to_string(), member.to_string()))
        .first(connection)
        .optional()
        .map_err(Error::database("get a member"))?
        .ok_or_else(|| Error::not_found("member", member))
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = members)]
pub(crate) struct MemberRow {
    pub(crate) agency_id: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: String,
}

impl TryFrom<MemberRow> for Member {
    type Error = Error;

    fn try_from(row: MemberRow) -> Result<Self> {
        let name = RowName {
            table: "members",
            row: &row.id,
        };
        Ok(Self {
            id: name.parse(&row.id)?,
            agency: name.parse(&row.agency_id)?,
            role: name.parse(&row.role)?,
            name: row.name,
        })
    }
}
