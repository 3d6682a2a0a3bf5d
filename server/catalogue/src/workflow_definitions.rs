//! An agency's own versions of workflows, none of which ever changes: cases keep theirs.

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::MemberId;
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::lock_agency;
use crate::case_tables::workflow_definitions;
use crate::columns::{RowName, micros};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};

/// The most versions of its own that an agency saves of one workflow.
pub const WORKFLOW_VERSIONS_MAX: usize = 1_000;

/// An agency's own version of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedDefinition {
    /// The workflow's name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The whole definition.
    pub json: String,
    /// Who saved it; none for the operator.
    pub saved_by: Option<MemberId>,
    /// When.
    pub saved_at: Timestamp,
}

impl Catalogue {
    /// Saves an agency's version of a workflow, which must be one that isn't there.
    pub fn save_workflow_definition(&self, scope: &Scope, saved: &SavedDefinition) -> Result<()> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            let n_saved = workflow_definitions::table
                .filter(workflow_definitions::agency_id.eq(scope.agency().to_string()))
                .filter(workflow_definitions::name.eq(&saved.name))
                .count()
                .get_result::<i64>(connection)
                .map_err(Error::database("count versions of a workflow"))?;
            if usize::try_from(n_saved).is_ok_and(|n| n >= WORKFLOW_VERSIONS_MAX) {
                let what = format!("one more version of `{}`", saved.name);
                let (limit, max) = ("workflow_versions_max", WORKFLOW_VERSIONS_MAX);
                return Err(Refusal::limit(limit, max, what).into());
            }
            let row = DefinitionRow {
                agency_id: scope.agency().to_string(),
                name: saved.name.clone(),
                version: saved.version.into(),
                definition_json: saved.json.clone(),
                saved_by: saved.saved_by.map(|member| member.to_string()),
                saved_at: micros(saved.saved_at),
            };
            let name = format!("{} version {}", saved.name, saved.version);
            diesel::insert_into(workflow_definitions::table)
                .values(&row)
                .execute(connection)
                .map_err(Error::insert("workflow", name))?;
            Ok(())
        })
    }

    /// The agency's own versions of workflows, by name and version.
    pub fn workflow_definitions(&self, scope: &Scope) -> Result<Vec<SavedDefinition>> {
        self.read(|connection| definitions(connection, scope, None))
    }
}

pub(crate) fn definitions(
    connection: &mut AnyConnection,
    scope: &Scope,
    name: Option<&str>,
) -> Result<Vec<SavedDefinition>> {
    let mut query = workflow_definitions::table
        .filter(workflow_definitions::agency_id.eq(scope.agency().to_string()))
        .order((workflow_definitions::name, workflow_definitions::version))
        .into_boxed();
    if let Some(name) = name {
        query = query.filter(workflow_definitions::name.eq(name.to_owned()));
    }
    let rows = query
        .load::<DefinitionRow>(connection)
        .map_err(Error::database("list workflows"))?;
    rows.into_iter().map(SavedDefinition::try_from).collect()
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = workflow_definitions)]
struct DefinitionRow {
    agency_id: String,
    name: String,
    version: i64,
    definition_json: String,
    saved_by: Option<String>,
    saved_at: i64,
}

impl TryFrom<DefinitionRow> for SavedDefinition {
    type Error = Error;

    fn try_from(row: DefinitionRow) -> Result<Self> {
        let name = RowName {
            table: "workflow_definitions",
            row: &row.name,
        };
        let member = row.saved_by.as_deref().map(|it| name.parse(it));
        Ok(Self {
            version: name.count(row.version)?,
            saved_by: member.transpose()?,
            saved_at: name.moment(row.saved_at)?,
            json: row.definition_json,
            name: row.name,
        })
    }
}
