//! `bellwether plugin new`: a project with a scorer that works, to be changed into one's own.
//!
//! It brings along what it needs of Bellwether: in Rust the SDK, in C the header. Nothing of this
//! repository is referred to.
//! Invariant: a folder that is there already is left alone.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use toml::{Table, Value};

use super::super::{say, shown};

/// The arguments of `plugin new`.
#[derive(Debug, Args)]
pub(in crate::cli) struct NewArgs {
    /// What the plugin is called, and the folder that is made for it: `a` to `z`, digits, `_`.
    name: String,
    /// The language.
    #[arg(long, value_enum)]
    lang: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Rust,
    C,
}

/// The longest name: that of a plugin's metadata.
const NAME_BYTES_MAX: usize = 64;

/// A file of a project, and what is in it.
type ProjectFile = (String, String);

pub(super) fn run(args: &NewArgs) -> Result<ExitCode, String> {
    check_name(&args.name)?;
    let files = match args.lang {
        Language::Rust => rust(&args.name)?,
        Language::C => c(&args.name),
    };
    let folder = PathBuf::from(&args.name);
    write(&folder, &files)?;
    say(format!(
        "{} holds a plugin; its README.md tells how to go on",
        shown(&folder)
    ));
    Ok(ExitCode::SUCCESS)
}

fn check_name(name: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = name
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase());
    if begins && name.len() <= NAME_BYTES_MAX && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(format!(
        "a plugin can't be called `{name}`: `a` to `z`, digits and `_`, beginning with a letter, \
         at most {NAME_BYTES_MAX}"
    ))
}

fn write(folder: &Path, files: &[ProjectFile]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("can't make {}: {error}", folder.display());
    std::fs::create_dir(folder).map_err(failed)?;
    for (name, text) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).map_err(failed)?;
        std::fs::write(&path, text).map_err(failed)?;
    }
    Ok(())
}

const HEADER: &str = include_str!("../../../../plugins/abi/include/bellwether_plugin.h");
const ROWS: &str = include_str!("../../../../plugins/example_c/rows.csv");

fn c(name: &str) -> Vec<ProjectFile> {
    let code = include_str!("../../../../plugins/example_c/margin.c");
    let makefile = include_str!("../../../../plugins/example_c/Makefile");
    let makefile = makefile
        .replace("margin_c", name)
        .replace("margin.c", &format!("{name}.c"))
        .replace("../abi/include", ".");
    let readme = format!(
        "# {name}\n\nA scorer for Bellwether, in C.\n\n```sh\nmake\n\
         bellwether plugin check libbellwether_plugin_{name}.so --data rows.csv\n```\n"
    );
    vec![
        (format!("{name}.c"), code.replace("margin_c", name)),
        ("bellwether_plugin.h".to_owned(), HEADER.to_owned()),
        ("Makefile".to_owned(), makefile),
        ("rows.csv".to_owned(), ROWS.to_owned()),
        ("README.md".to_owned(), readme),
        (".gitignore".to_owned(), "*.so\n".to_owned()),
    ]
}

fn rust(name: &str) -> Result<Vec<ProjectFile>, String> {
    let metadata = include_str!("template/metadata.json");
    let code = include_str!("template/scorer.rs.txt");
    let readme = format!(
        "# {name}\n\nA scorer for Bellwether. `sdk` and `abi` are Bellwether's own.\n\n```sh\n\
         cargo test\ncargo build --release\n\
         bellwether plugin check target/release/libbellwether_plugin_{name}.so --data rows.csv\n```\n"
    );
    let named = metadata.replace("\"name\": \"margin\"", &format!("\"name\": \"{name}\""));
    let mut files = vec![
        ("Cargo.toml".to_owned(), manifest_of_plugin(name)?),
        ("src/lib.rs".to_owned(), code.to_owned()),
        ("src/metadata.json".to_owned(), named),
        ("rows.csv".to_owned(), ROWS.to_owned()),
        ("README.md".to_owned(), readme),
        (".gitignore".to_owned(), "target\n".to_owned()),
        (
            "sdk/Cargo.toml".to_owned(),
            manifest_of("sdk", &["arrow", "serde", "serde_json"])?,
        ),
        (
            "abi/Cargo.toml".to_owned(),
            manifest_of("abi", &["serde", "serde_json"])?,
        ),
    ];
    let sources = SDK_FILES
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    files.extend(sources);
    Ok(files)
}

fn manifest_of_plugin(name: &str) -> Result<String, String> {
    let mut dependencies = dependencies(&["serde"])?;
    dependencies.insert("bellwether-plugin-sdk".to_owned(), path_to("sdk"));
    let mut manifest = package(&format!("bellwether-plugin-{name}"));
    let kinds = Value::Array(vec![Value::from("cdylib")]);
    manifest.insert(
        "lib".to_owned(),
        Table::from_iter([("crate-type".to_owned(), kinds)]).into(),
    );
    manifest.insert("dependencies".to_owned(), dependencies.into());
    let for_tests = self::dependencies(&["serde_json"])?;
    manifest.insert("dev-dependencies".to_owned(), for_tests.into());
    // A project of its own, wherever it lies.
    manifest.insert("workspace".to_owned(), Table::new().into());
    toml::to_string(&manifest).map_err(|error| error.to_string())
}

fn manifest_of(part: &str, foreign: &[&str]) -> Result<String, String> {
    let mut dependencies = dependencies(foreign)?;
    if part == "sdk" {
        dependencies.insert("bellwether-plugin-abi".to_owned(), path_to("../abi"));
    }
    let mut manifest = package(&format!("bellwether-plugin-{part}"));
    manifest.insert("dependencies".to_owned(), dependencies.into());
    toml::to_string(&manifest).map_err(|error| error.to_string())
}

fn package(name: &str) -> Table {
    let field = |key: &str, value: &str| (key.to_owned(), Value::from(value));
    let package = Table::from_iter([
        field("name", name),
        field("version", env!("CARGO_PKG_VERSION")),
        field("edition", "2024"),
    ]);
    Table::from_iter([("package".to_owned(), package.into())])
}

fn path_to(folder: &str) -> Value {
    Table::from_iter([("path".to_owned(), Value::from(folder))]).into()
}

/// The versions and features that Bellwether itself is built with.
fn dependencies(names: &[&str]) -> Result<Table, String> {
    let manifest: Table = include_str!("../../../../Cargo.toml")
        .parse()
        .map_err(|error: toml::de::Error| error.to_string())?;
    let all = &manifest["workspace"]["dependencies"];
    let one = |name: &&str| ((*name).to_owned(), all[*name].clone());
    Ok(names.iter().map(one).collect())
}

/// A file under `plugins/` of this repository, which has the same place in a project.
macro_rules! sdk_file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../../plugins/", $path)))
    };
}

/// The SDK and the ABI.
const SDK_FILES: &[(&str, &str)] = &[
    sdk_file!("abi/src/column_type.rs"),
    sdk_file!("abi/src/layout.rs"),
    sdk_file!("abi/src/lib.rs"),
    sdk_file!("abi/src/metadata.rs"),
    sdk_file!("abi/src/metadata/tests.rs"),
    sdk_file!("sdk/src/conversion.rs"),
    sdk_file!("sdk/src/date.rs"),
    sdk_file!("sdk/src/export.rs"),
    sdk_file!("sdk/src/input.rs"),
    sdk_file!("sdk/src/kind.rs"),
    sdk_file!("sdk/src/lib.rs"),
    sdk_file!("sdk/src/table.rs"),
    sdk_file!("sdk/src/testing.rs"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_sdk_travels() {
        let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
        let mut folders = vec![plugins.join("abi/src"), plugins.join("sdk/src")];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let path = path.strip_prefix(&plugins).unwrap();
                    found.push(path.to_str().unwrap().to_owned());
                }
            }
        }
        found.sort();
        let travelling: Vec<&str> = SDK_FILES.iter().map(|(path, _)| *path).collect();
        assert_eq!(travelling, found);
    }

    #[test]
    fn names_that_no_plugin_can_have_are_refused() {
        for name in ["", "Margin", "1st", "a-b", "a/b", &"a".repeat(65)] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert_eq!(check_name(&"a".repeat(64)), Ok(()));
    }

    #[test]
    fn the_readme_shows_what_is_written() {
        let readme = include_str!("../../../../plugins/README.md");
        for shown in [
            include_str!("template/metadata.json"),
            include_str!("template/scorer.rs.txt"),
        ] {
            assert!(readme.contains(shown));
        }
    }
}
