//! Which data folder holds the segments that this catalogue lists.
//!
//! A catalogue on PostgreSQL can be reached from any folder; the paths of its segments mean
//! something in one only.
//! Invariant: the first folder to be bound stays the catalogue's, unless a restore moves it.

use bellwether_domain::ids::StoreId;
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::RowName;
use crate::error::{Error, Result};
use crate::schema::data_store;

/// The key of the table's one row.
const PLACE: i64 = 1;

impl Catalogue {
    /// Binds the catalogue to a data folder, or sees that it is bound to this one;
    /// [`Error::OtherStore`] when it is another's. For the start of the instance.
    pub fn bind_store(&self, store: StoreId) -> Result<()> {
        let bound = match self.bound_store()? {
            Some(bound) => bound,
            None => match self.insert_store(store) {
                Ok(()) => store,
                // Another start was quicker.
                Err(Error::AlreadyExists { .. }) => self.bound_store()?.unwrap_or(store),
                Err(error) => return Err(error),
            },
        };
        if bound == store {
            return Ok(());
        }
        Err(Error::OtherStore {
            bound: bound.to_string(),
            given: store.to_string(),
        })
    }

    /// Binds the catalogue to a data folder, whichever it was bound to before: for a restore, when
    /// its segments have just been put into that folder.
    pub fn rebind_store(&self, store: StoreId) -> Result<()> {
        self.write(|connection| {
            diesel::delete(data_store::table.find(PLACE))
                .execute(connection)
                .map_err(Error::database("free a catalogue of its data folder"))?;
            diesel::insert_into(data_store::table)
                .values((
                    data_store::place.eq(PLACE),
                    data_store::store_id.eq(store.to_string()),
                ))
                .execute(connection)
                .map_err(Error::insert("data folder", store))?;
            Ok(())
        })
    }

    fn bound_store(&self) -> Result<Option<StoreId>> {
        let id = self.read(|connection| {
            data_store::table
                .find(PLACE)
                .select(data_store::store_id)
                .first::<String>(connection)
                .optional()
                .map_err(Error::database("read the data folder's id"))
        })?;
        let name = RowName {
            table: "data_store",
            row: "1",
        };
        id.map(|id| name.parse(&id)).transpose()
    }

    fn insert_store(&self, store: StoreId) -> Result<()> {
        self.write(|connection| {
            diesel::insert_into(data_store::table)
                .values((
                    data_store::place.eq(PLACE),
                    data_store::store_id.eq(store.to_string()),
                ))
                .execute(connection)
                .map_err(Error::insert("data folder", store))?;
            Ok(())
        })
    }
}
