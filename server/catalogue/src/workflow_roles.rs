//! Workflow roles: who may do what in cases, apart from access roles.

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CaseId, MemberId};
use diesel::prelude::*;

use crate::agencies::lock_agency;
use crate::case_tables::workflow_roles;
use crate::cases;
use crate::columns::RowName;
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::{Catalogue, brands};

/// The most workflow roles that an agency gives.
pub const WORKFLOW_ROLES_MAX: usize = 10_000;

/// A workflow role that a member holds: everywhere, for a brand, or for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowRole {
    /// Who.
    pub member: MemberId,
    /// Which role.
    pub role: String,
    /// The brand that it is limited to.
    pub brand: Option<BrandId>,
    /// The case that it is limited to.
    pub case: Option<CaseId>,
}

impl Catalogue {
    /// Gives a member a workflow role, or takes it; what is so already stays so. The brand or case
    /// that it is limited to must be one that the scope sees.
    pub fn set_workflow_role(&self, scope: &Scope, role: &WorkflowRole, holds: bool) -> Result<()> {
        let row = RoleRow::new(scope, role);
        self.write(|connection| {
            lock_agency(connection, scope)?;
            if let Some(brand) = role.brand {
                brands::require_present(connection, scope, brand)?;
            }
            if let Some(case) = role.case {
                let found = cases::find(connection, scope, case)?;
                found.ok_or_else(|| Error::not_found("case", case))?;
            }
            diesel::delete(workflow_roles::table.find(row.key()))
                .execute(connection)
                .map_err(Error::database("take a workflow role"))?;
            if !holds {
                return Ok(());
            }
            refuse_more_roles(connection, scope)?;
            diesel::insert_into(workflow_roles::table)
                .values(&row)
                .execute(connection)
                .map_err(Error::insert("workflow role", &row.role))?;
            Ok(())
        })
    }

    /// The workflow roles of the agency's members, by member and role; one member's when given.
    pub fn workflow_roles(
        &self,
        scope: &Scope,
        member: Option<MemberId>,
    ) -> Result<Vec<WorkflowRole>> {
        self.read(|connection| roles(connection, scope, member))
    }
}

pub(crate) fn roles(
    connection: &mut AnyConnection,
    scope: &Scope,
    member: Option<MemberId>,
) -> Result<Vec<WorkflowRole>> {
    let mut query = workflow_roles::table
        .filter(workflow_roles::agency_id.eq(scope.agency().to_string()))
        .order((
            workflow_roles::member_id,
            workflow_roles::role,
            workflow_roles::brand_id,
            workflow_roles::case_id,
        ))
        .into_boxed();
    if let Some(member) = member {
        query = query.filter(workflow_roles::member_id.eq(member.to_string()));
    }
    let rows = query
        .load::<RoleRow>(connection)
        .map_err(Error::database("list workflow roles"))?;
    rows.into_iter().map(WorkflowRole::try_from).collect()
}

fn refuse_more_roles(connection: &mut AnyConnection, scope: &Scope) -> Result<()> {
    let n_roles = workflow_roles::table
        .filter(workflow_roles::agency_id.eq(scope.agency().to_string()))
        .count()
        .get_result::<i64>(connection)
        .map_err(Error::database("count workflow roles"))?;
    if usize::try_from(n_roles).is_ok_and(|n| n < WORKFLOW_ROLES_MAX) {
        return Ok(());
    }
    let what = "one more workflow role in the agency";
    Err(Refusal::limit("workflow_roles_max", WORKFLOW_ROLES_MAX, what).into())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = workflow_roles)]
struct RoleRow {
    agency_id: String,
    member_id: String,
    role: String,
    brand_id: String,
    case_id: String,
}

impl RoleRow {
    fn new(scope: &Scope, role: &WorkflowRole) -> Self {
        Self {
            agency_id: scope.agency().to_string(),
            member_id: role.member.to_string(),
            role: role.role.clone(),
            brand_id: role.brand.map_or_else(String::new, |it| it.to_string()),
            case_id: role.case.map_or_else(String::new, |it| it.to_string()),
        }
    }

    fn key(&self) -> (&str, &str, &str, &str, &str) {
        (
            &self.agency_id,
            &self.member_id,
            &self.role,
            &self.brand_id,
            &self.case_id,
        )
    }
}

impl TryFrom<RoleRow> for WorkflowRole {
    type Error = Error;

    fn try_from(row: RoleRow) -> Result<Self> {
        let name = RowName {
            table: "workflow_roles",
            row: &row.member_id,
        };
        let brand = (!row.brand_id.is_empty()).then(|| name.parse(&row.brand_id));
        let case = (!row.case_id.is_empty()).then(|| name.parse(&row.case_id));
        Ok(Self {
            member: name.parse(&row.member_id)?,
            brand: brand.transpose()?,
            case: case.transpose()?,
            role: row.role,
        })
    }
}
