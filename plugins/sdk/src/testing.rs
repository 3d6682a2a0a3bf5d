//! Runs a plugin in a test the way the server does: through the exported descriptor and the
//! C Data Interface, not through the trait.
//!
//! Invariant: no child process and no loading; the plugin is the one linked into the test.

#![expect(unsafe_code, reason = "calls the C functions of a descriptor")]
#![warn(clippy::undocumented_unsafe_blocks)]

use std::ffi::{CStr, c_void};

use arrow::array::{Array, StructArray};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use bellwether_plugin_abi::layout::{HOST_STRUCT_SIZE, PLUGIN_STRUCT_SIZE};
use bellwether_plugin_abi::{
    ABI_MAJOR, ABI_MINOR, BwError, BwHost, BwPlugin, Kind, MAGIC, Metadata,
};
use serde_json::Value;

use crate::conversion::{data_type, struct_of_table, table_of_struct};
use crate::{Input, Table, Values};

/// Opens the plugin with a configuration, scores the table twice and closes it.
///
/// The table needs the columns that the metadata declares; optional ones may be absent, as from a
/// server that does not have them, and others are not sent. An `Err` is the
/// plugin's own refusal. Panics when the plugin breaks the ABI: an answer of another shape than
/// declared, an input that is not released, two answers to the same question.
pub fn run(plugin: &BwPlugin, config: &Value, table: &Table) -> Result<Table, String> {
    let metadata = metadata(plugin);
    let instance = Instance::open(plugin, config)?;
    let table = with_optional_columns(table, &metadata);
    let rows = struct_of_table(&table, &metadata.input.columns).expect("the test's table");
    let answer = instance.run(&metadata, &rows)?;
    let again = instance.run(&metadata, &rows)?;
    assert_eq!(
        format!("{answer:?}"),
        format!("{again:?}"),
        "the same input twice has to give the same answer"
    );
    Ok(answer)
}

/// Absent optional columns come as missing values.
fn with_optional_columns(table: &Table, metadata: &Metadata) -> Table {
    let mut whole = table.clone();
    for column in &metadata.input.columns {
        if column.optional && table.column(&column.name).is_none() {
            let missing = Values::missing(column.column_type, table.rows());
            whole = whole.with(&column.name, missing);
        }
    }
    whole
}

/// The metadata of a plugin, once its descriptor is found to be of this ABI.
pub fn metadata(plugin: &BwPlugin) -> Metadata {
    assert_eq!(plugin.magic, MAGIC, "magic");
    assert_eq!(plugin.abi_major, ABI_MAJOR, "abi_major");
    assert_eq!(plugin.struct_size, PLUGIN_STRUCT_SIZE, "struct_size");
    // SAFETY: a descriptor's metadata is a static text ended by a zero byte.
    let text = unsafe { CStr::from_ptr(plugin.metadata) };
    let text = text.to_str().expect("metadata is UTF-8");
    Metadata::parse(text).expect("metadata is valid")
}

/// An instance that is closed when it is dropped.
struct Instance<'a> {
    plugin: &'a BwPlugin,
    pointer: *mut c_void,
    /// Lives as long as the instance, as the ABI promises; boxed so that it stays in its place.
    _host: Box<BwHost>,
}

impl<'a> Instance<'a> {
    fn open(plugin: &'a BwPlugin, config: &Value) -> Result<Self, String> {
        let host = Box::new(BwHost {
            struct_size: HOST_STRUCT_SIZE,
            abi_minor: u32::from(ABI_MINOR),
            ctx: std::ptr::null_mut(),
            log: None,
        });
        let config = config.to_string();
        let mut pointer = std::ptr::null_mut();
        let mut error = BwError::none();
        let open = plugin.open.expect("`open` is not null");
        // SAFETY: every pointer leads to a live value of its type; the lengths agree.
        let status = unsafe {
            open(
                &raw const *host,
                config.as_ptr().cast(),
                config.len(),
                &raw mut pointer,
                &raw mut error,
            )
        };
        if status != 0 {
            return Err(format!("open failed ({status}): {}", error.message()));
        }
        Ok(Self {
            plugin,
            pointer,
            _host: host,
        })
    }

    fn run(&self, metadata: &Metadata, rows: &StructArray) -> Result<Table, String> {
        let (mut input, mut input_schema) = to_ffi(&rows.to_data()).expect("the test's table");
        let (mut output, mut output_schema) = (FFI_ArrowArray::empty(), FFI_ArrowSchema::empty());
        let mut error = BwError::none();
        let run = self.plugin.run.expect("`run` is not null");
        // SAFETY: every pointer leads to a live value whose layout is the C Data Interface's.
        let status = unsafe {
            run(
                self.pointer,
                (&raw mut input).cast(),
                (&raw mut input_schema).cast(),
                (&raw mut output).cast(),
                (&raw mut output_schema).cast(),
                &raw mut error,
            )
        };
        assert!(input.is_released(), "the plugin has to release its input");
        if status != 0 {
            return Err(format!("run failed ({status}): {}", error.message()));
        }
        // SAFETY: the plugin said that it wrote both.
        let answer = unsafe { from_ffi(output, &output_schema) };
        let answer = StructArray::from(answer.expect("the answer is Arrow data"));
        check(metadata, rows, &answer);
        Ok(table_of_struct(&answer).expect("the answer's types are a plugin's"))
    }
}

impl Drop for Instance<'_> {
    fn drop(&mut self) {
        let close = self.plugin.close.expect("`close` is not null");
        // SAFETY: `open` made the instance and nobody uses it after this.
        unsafe { close(self.pointer) };
    }
}

fn check(metadata: &Metadata, rows: &StructArray, answer: &StructArray) {
    let declared = metadata.output.columns.iter();
    let declared: Vec<_> = declared
        .map(|column| (column.name.clone(), data_type(column.column_type)))
        .collect();
    let fields = answer.fields().iter();
    let given: Vec<_> = fields
        .map(|field| (field.name().clone(), field.data_type().clone()))
        .collect();
    assert_eq!(given, declared, "the answer has the declared columns");
    for (column, values) in metadata.output.columns.iter().zip(answer.columns()) {
        let fits = column.nullable || values.null_count() == 0;
        assert!(fits, "column `{}` is not nullable", column.name);
    }
    if metadata.kind == Kind::Scorer {
        let input = Input::new(&metadata.input, rows.clone()).expect("the test's table");
        assert_eq!(
            answer.len(),
            input.entities().len(),
            "one row for each entity"
        );
    }
}
