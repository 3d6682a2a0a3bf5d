//! Brands of an agency.

use bellwether_domain::Scope;
use bellwether_domain::agency::{NAME_BYTES_MAX, Slug};
use bellwether_domain::brand::Brand;
use bellwether_domain::ids::BrandId;
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::raise_catalogue_version;
use crate::columns::{RowName, micros, require_brand, require_text};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::brands;

impl Catalogue {
    /// Adds a brand, and raises the agency's catalogue version. A scope that is limited to some
    /// brands may add one only if it is among them.
    pub fn create_brand(&self, scope: &Scope, brand: &Brand, now: Timestamp) -> Result<()> {
        require_brand(scope, brand.id)?;
        require_name(&brand.name)?;
        let row = BrandRow {
            agency_id: scope.agency().to_string(),
            id: brand.id.to_string(),
            slug: brand.slug.to_string(),
            name: brand.name.clone(),
            created_at: micros(now),
            updated_at: micros(now),
        };
        self.write(|connection| {
            raise_catalogue_version(connection, scope)?;
            diesel::insert_into(brands::table)
                .values(&row)
                .execute(connection)
                .map_err(Error::insert("brand", &brand.slug))?;
            Ok(())
        })
    }

    /// The brand of this id, if the scope sees it.
    pub fn find_brand(&self, scope: &Scope, brand: BrandId) -> Result<Option<Brand>> {
        if !scope.sees_brand(brand) {
            return Ok(None);
        }
        self.read(|connection| find_row(connection, scope, brand))?
            .map(Brand::try_from)
            .transpose()
    }

    /// The brand of this slug, if the scope sees it.
    pub fn find_brand_by_slug(&self, scope: &Scope, slug: &Slug) -> Result<Option<Brand>> {
        let row = self.read(|connection| {
            brands::table
                .filter(brands::agency_id.eq(scope.agency().to_string()))
                .filter(brands::slug.eq(slug.as_str()))
                .first::<BrandRow>(connection)
                .optional()
                .map_err(Error::database("find a brand"))
        })?;
        let brand = row.map(Brand::try_from).transpose()?;
        Ok(brand.filter(|brand| scope.sees_brand(brand.id)))
    }

    /// The brands that the scope sees, by slug.
    pub fn list_brands(&self, scope: &Scope) -> Result<Vec<Brand>> {
        self.read(|connection| seen_brands(connection, scope))
    }

    /// Gives a brand another name, and raises the agency's catalogue version.
    pub fn rename_brand(
        &self,
        scope: &Scope,
        brand: BrandId,
        name: &str,
        now: Timestamp,
    ) -> Result<Brand> {
        require_brand(scope, brand)?;
        require_name(name)?;
        let row = self.write(|connection| {
            raise_catalogue_version(connection, scope)?;
            let found = find_row(connection, scope, brand)?;
            let row = found.ok_or_else(|| Error::not_found("brand", brand))?;
            diesel::update(brands::table.find((&row.agency_id, &row.id)))
                .set((brands::name.eq(name), brands::updated_at.eq(micros(now))))
                .execute(connection)
                .map_err(Error::database("rename a brand"))?;
            Ok(row)
        })?;
        let renamed = Brand::try_from(row)?;
        Ok(Brand {
            name: name.to_owned(),
            ..renamed
        })
    }
}

fn require_name(name: &str) -> Result<()> {
    require_text("the brand's name", name, "name_bytes_max", NAME_BYTES_MAX)?;
    Ok(())
}

/// The brands that the scope sees, by slug.
pub(crate) fn seen_brands(connection: &mut AnyConnection, scope: &Scope) -> Result<Vec<Brand>> {
    let rows = brands::table
        .filter(brands::agency_id.eq(scope.agency().to_string()))
        .order(brands::slug)
        .load::<BrandRow>(connection)
        .map_err(Error::database("list brands"))?;
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        let brand = Brand::try_from(row)?;
        if scope.sees_brand(brand.id) {
            seen.push(brand);
        }
    }
    Ok(seen)
}

/// Refuses a brand that the scope doesn't see or that isn't there.
pub(crate) fn require_present(
    connection: &mut AnyConnection,
    scope: &Scope,
    brand: BrandId,
) -> Result<()> {
    let seen = scope.sees_brand(brand);
    if seen && find_row(connection, scope, brand)?.is_some() {
        return Ok(());
    }
    Err(Error::not_found("brand", brand))
}

fn find_row(
    connection: &mut AnyConnection,
    scope: &Scope,
    brand: BrandId,
) -> Result<Option<BrandRow>> {
    brands::table
        .find((scope.agency().to_string(), brand.to_string()))
        .first(connection)
        .optional()
        .map_err(Error::database("find a brand"))
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = brands)]
struct BrandRow {
    agency_id: String,
    id: String,
    slug: String,
    name: String,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<BrandRow> for Brand {
    type Error = Error;

    fn try_from(row: BrandRow) -> Result<Self> {
        let name = RowName {
            table: "brands",
            row: &row.id,
        };
        Ok(Self {
            id: name.parse(&row.id)?,
            slug: Slug::parse(&row.slug).map_err(|refusal| name.unreadable(refusal))?,
            name: row.name,
        })
    }
}
