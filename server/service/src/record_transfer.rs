//! Records in and out as files: imports that are taken whole or not at all, and exports in pages
//! of one moment.

use std::collections::HashMap;

use bellwether_catalogue::{RecordFilter, RecordImport, RecordOrder, RecordPlace, RecordSort};
use bellwether_domain::Scope;
use bellwether_domain::agency::Slug;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, RecordId};
use bellwether_domain::record::{
    ImportAnswer, RECORDS_PER_KIND_MAX, RecordKind, RecordState, entity_of,
};
use bellwether_domain::time::Timestamp;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::record_files::{RecordFormat, read_lines, write_header, write_line};
use crate::records::require_keeping;
use crate::services::Services;

/// How many records an export reads at once.
const EXPORT_PAGE_RECORDS: u32 = 100;

/// What an import is asked to do with a file.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// The kind of its records.
    pub kind: RecordKind,
    /// How it is written.
    pub format: RecordFormat,
    /// The brand of lines that name none.
    pub brand: Option<Slug>,
    /// Whether it is only looked at.
    pub is_dry_run: bool,
    /// The client's key.
    pub idempotency_key: Option<String>,
}

/// Which records an export has.
#[derive(Debug, Clone)]
pub struct RecordExport {
    /// Their kind.
    pub kind: RecordKind,
    /// How the file is written.
    pub format: RecordFormat,
    /// Their brand; all that the scope sees when missing.
    pub brand: Option<Slug>,
    /// Their state; both when missing.
    pub state: Option<RecordState>,
    /// The moment as of which they are told.
    pub as_of: Timestamp,
}

/// Where the next part of an export begins.
#[derive(Debug, Clone)]
pub struct RecordExportPlace(Option<RecordPlace>);

/// A part of an export: bytes, and where the next one begins, if there is one.
pub type ExportPart = (Vec<u8>, Option<RecordExportPlace>);

impl Services {
    /// Takes the records of a file in, all or none, and tells what became of each line.
    pub async fn import_records(
        &self,
        scope: &Scope,
        request: ImportRequest,
        file: Vec<u8>,
    ) -> Result<ImportAnswer> {
        require_keeping(scope)?;
        self.read("import records", scope, move |parts, scope| {
            let fingerprint = fingerprint(&request, &file);
            let (kind, brand) = (request.kind, request.brand.as_ref());
            let import = RecordImport {
                kind,
                lines: read_lines(kind, request.format, &file, brand)?,
                is_dry_run: request.is_dry_run,
                idempotency_key: request.idempotency_key,
                fingerprint,
                records_max: RECORDS_PER_KIND_MAX,
            };
            let now = parts.clock.now();
            let mut ids = || RecordId::from_parts(now, parts.ids.random());
            let catalogue = &parts.catalogue;
            Ok(catalogue.import_records(scope, &import, &mut ids, now)?)
        })
        .await
    }

    /// The next part of an export of records; the first one when there is no place.
    pub async fn export_records(
        &self,
        scope: &Scope,
        export: RecordExport,
        place: Option<RecordExportPlace>,
    ) -> Result<ExportPart> {
        self.read("export records", scope, move |parts, scope| {
            let brands = parts.catalogue.list_brands(scope)?;
            let brand = export.brand.as_ref().map(|slug| {
                let mut seen = brands.iter();
                let found = seen.find(|brand| brand.slug == *slug);
                found.ok_or_else(|| Refusal::not_found("brand", slug).at("brand"))
            });
            let filter = RecordFilter {
                brand: brand.transpose()?.map(|brand| brand.id),
                state: export.state,
                ..RecordFilter::of_kind(export.kind)
            };
            let slugs = brands.into_iter().map(|brand| (brand.id, brand.slug));
            let slugs: HashMap<BrandId, Slug> = slugs.collect();
            let is_first = place.is_none();
            let after = place.and_then(|place| place.0);
            let (as_of, size) = (Some(export.as_of), EXPORT_PAGE_RECORDS);
            let records =
                parts
                    .catalogue
                    .list_records(scope, &filter, ORDER, as_of, after.as_ref(), size)?;
            let mut bytes = Vec::new();
            if is_first {
                bytes = write_header(export.kind, export.format);
            }
            for record in &records {
                // A brand that was made after the brands were read comes with the next export.
                if let Some(slug) = slugs.get(&record.brand) {
                    bytes.extend(write_line(record, slug, export.format));
                }
            }
            let last = records.last().filter(|_| records.len() == size as usize);
            let next = last.map(|last| RecordExportPlace(Some(RecordPlace::of(last, ORDER.by))));
            Ok((bytes, next))
        })
        .await
    }
}

/// In the order in which they were made, so that a record comes after those that it names.
const ORDER: RecordOrder = RecordOrder {
    by: RecordSort::CreatedAt,
    is_descending: false,
};

/// Equal for equal imports: file, kind and options.
fn fingerprint(request: &ImportRequest, file: &[u8]) -> String {
    let mut hash = Sha256::new();
    let brand = request.brand.as_ref().map_or("", |brand| brand.as_str());
    let options = format!("{} {} {brand}\n", entity_of(request.kind), request.format);
    hash.update(options.as_bytes());
    hash.update(file);
    HEXLOWER.encode(&hash.finalize())
}
