//! Personal texts beside the events of cases: kept apart, so that they can be erased.

use bellwether_domain::Scope;
use diesel::prelude::*;

use crate::Catalogue;
use crate::case_tables::case_texts;
use crate::cases::{CaseRecord, require_seen};
use crate::columns::{RowName, stored_count};
use crate::error::{Error, Result};

/// A personal text beside an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseText {
    /// The number of the event.
    pub seq: u64,
    /// The field of the event that holds its hash.
    pub field: String,
    /// The salt of the hash, in hexadecimal.
    pub salt: String,
    /// The text.
    pub text: String,
}

impl Catalogue {
    /// The personal texts of a case that are still there, by event.
    pub fn case_texts(&self, scope: &Scope, case: &CaseRecord) -> Result<Vec<CaseText>> {
        require_seen(scope, case)?;
        let rows = self.read(|connection| {
            case_texts::table
                .filter(case_texts::agency_id.eq(scope.agency().to_string()))
                .filter(case_texts::case_id.eq(case.id.to_string()))
                .order((case_texts::seq, case_texts::field))
                .select((
                    case_texts::seq,
                    case_texts::field,
                    case_texts::salt,
                    case_texts::text,
                ))
                .load::<(i64, String, String, String)>(connection)
                .map_err(Error::database("list texts of a case"))
        })?;
        let id = case.id.to_string();
        let name = RowName {
            table: "case_texts",
            row: &id,
        };
        let read = rows.into_iter().map(|(seq, field, salt, text)| {
            let seq = name.count(seq)?;
            Ok(CaseText {
                seq,
                field,
                salt,
                text,
            })
        });
        read.collect()
    }

    /// Erases personal texts of a case, all or those of one event; what is left of them are the
    /// salted hashes in the events. Returns how many were there.
    pub fn erase_case_texts(
        &self,
        scope: &Scope,
        case: &CaseRecord,
        seq: Option<u64>,
    ) -> Result<usize> {
        require_seen(scope, case)?;
        self.write(|connection| {
            let mut meant = diesel::delete(case_texts::table)
                .filter(case_texts::agency_id.eq(scope.agency().to_string()))
                .filter(case_texts::case_id.eq(case.id.to_string()))
                .into_boxed();
            if let Some(seq) = seq {
                meant = meant.filter(case_texts::seq.eq(stored_count(seq)));
            }
            meant
                .execute(connection)
                .map_err(Error::database("erase texts of a case"))
        })
    }
}
