//! Compares the Rust twins with what a C compiler makes of the header.

use std::fmt::Write as _;
use std::mem::{offset_of, size_of};
use std::process::Command;

use bellwether_plugin_abi::{ArrowArray, ArrowSchema, BwError, BwHost, BwPlugin, MAGIC};

/// One line `name value` for each size and offset, in Rust's view and as C source.
struct Layout {
    rust: String,
    c: String,
}

impl Layout {
    fn new() -> Self {
        Self {
            rust: String::new(),
            c: String::new(),
        }
    }

    fn line(&mut self, expression: &str, value: usize) {
        writeln!(self.rust, "{expression} {value}").expect("a string takes all");
        writeln!(
            self.c,
            "  printf(\"{expression} %zu\\n\", (size_t)({expression}));"
        )
        .expect("a string takes all");
    }

    fn program(&self) -> String {
        format!(
            "#include <stdio.h>\n#include \"bellwether_plugin.h\"\nint main(void) {{\n{}  return 0;\n}}\n",
            self.c
        )
    }
}

macro_rules! compare {
    ($layout:ident, $rust:ty, $c:literal, [$($field:ident),*]) => {
        $layout.line(concat!("sizeof(", $c, ")"), size_of::<$rust>());
        $($layout.line(
            concat!("offsetof(", $c, ", ", stringify!($field), ")"),
            offset_of!($rust, $field),
        );)*
    };
}

fn layout() -> Layout {
    let mut layout = Layout::new();
    layout.line("BW_PLUGIN_MAGIC", MAGIC as usize);
    compare!(
        layout,
        BwPlugin,
        "bw_plugin",
        [
            magic,
            abi_major,
            abi_minor,
            struct_size,
            reserved,
            metadata,
            open,
            run,
            close
        ]
    );
    compare!(layout, BwError, "bw_error", [code, message]);
    compare!(
        layout,
        BwHost,
        "bw_host",
        [struct_size, abi_minor, ctx, log]
    );
    compare!(
        layout,
        ArrowSchema,
        "struct ArrowSchema",
        [
            format,
            name,
            metadata,
            flags,
            n_children,
            children,
            dictionary,
            release,
            private_data
        ]
    );
    compare!(
        layout,
        ArrowArray,
        "struct ArrowArray",
        [
            length,
            null_count,
            offset,
            n_buffers,
            n_children,
            buffers,
            children,
            dictionary,
            release,
            private_data
        ]
    );
    layout
}

/// The header as it stands; its text, so that the test doesn't depend on where it was built.
const HEADER: &str = include_str!("../include/bellwether_plugin.h");

#[test]
fn the_rust_structs_are_laid_out_as_the_header_says() {
    let layout = layout();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("layout.c");
    let program = folder.path().join("layout");
    std::fs::write(&source, layout.program()).unwrap();

    std::fs::write(folder.path().join("bellwether_plugin.h"), HEADER).unwrap();

    let compiled = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(folder.path())
        .arg("-o")
        .args([&program, &source])
        .status()
        .expect("a C compiler named `cc` is needed, see the README");
    assert!(compiled.success());

    let printed = Command::new(&program).output().unwrap().stdout;
    assert_eq!(String::from_utf8(printed).unwrap(), layout.rust);
}

#[test]
fn the_descriptor_has_48_bytes() {
    assert_eq!(size_of::<BwPlugin>(), 48);
}
