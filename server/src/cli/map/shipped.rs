//! Which map is meant: the name of a shipped one, or a file.

use std::path::Path;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::file_map::{FileMap, MapTarget};

/// The maps that come with Bellwether, by name.
const SHIPPED: [(&str, &str); 3] = [
    ("meta-ads", include_str!("../../../../maps/meta_ads.toml")),
    (
        "google-ads",
        include_str!("../../../../maps/google_ads.toml"),
    ),
    (
        "ocean-engine",
        include_str!("../../../../maps/ocean_engine.toml"),
    ),
];

/// The most bytes of a map.
const MAP_BYTES_MAX: u64 = 1024 * 1024;

/// A map that is sound in itself.
#[derive(Debug)]
pub(crate) struct LoadedMap {
    /// What people call it.
    pub(crate) name: String,
    pub(crate) map: FileMap,
    pub(crate) target: MapTarget,
}

/// The names of the shipped maps.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The text of a map: the shipped one of this name, or a file's.
pub(super) fn text_of(name: &str) -> Result<String, String> {
    if let Some((_, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) {
        return Ok((*text).to_owned());
    }
    let failed = |error: std::io::Error| {
        let shipped: Vec<&str> = names().collect();
        format!(
            "the map `{name}` can't be read: {error}; name a TOML file, or one of {}",
            shipped.join(", ")
        )
    };
    let path = Path::new(name);
    let n_bytes = std::fs::metadata(path).map_err(failed)?.len();
    refuse_large(n_bytes).map_err(|message| format!("the map `{name}` {message}"))?;
    std::fs::read_to_string(path).map_err(failed)
}

fn refuse_large(n_bytes: u64) -> Result<(), String> {
    if n_bytes <= MAP_BYTES_MAX {
        return Ok(());
    }
    Err(format!(
        "of {n_bytes} bytes is over the limit `map_bytes_max` of {MAP_BYTES_MAX}"
    ))
}

/// Reads a map; the error has a line for everything that is wrong with it.
pub(crate) fn load(name: &str) -> Result<LoadedMap, String> {
    let text = text_of(name)?;
    let map: FileMap = toml::from_str(&text)
        .map_err(|error| format!("the map `{name}` can't be understood: {error}"))?;
    let target = map.check().map_err(|faults| told(name, &faults))?;
    Ok(LoadedMap {
        name: name.to_owned(),
        map,
        target,
    })
}

/// Everything that is wrong with a map, a line for each, with its place.
pub(super) fn told(name: &str, faults: &[Refusal]) -> String {
    let lines = faults.iter().map(|fault| {
        let near = fault.did_you_mean.as_ref();
        let hint = near.filter(|_| !fault.message.contains("did you mean"));
        let hint = hint.map(|near| format!("; did you mean `{near}`?"));
        format!(
            "{name}: {}: {}{}",
            fault.path,
            fault.message,
            hint.unwrap_or_default()
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_map_is_sound() {
        for name in names() {
            let loaded = load(name).unwrap();
            assert_eq!(loaded.target.to_string(), "delivery_daily", "{name}");
        }
    }

    #[test]
    fn a_map_has_so_many_bytes_and_no_more() {
        assert_eq!(refuse_large(MAP_BYTES_MAX), Ok(()));
        assert!(
            refuse_large(MAP_BYTES_MAX + 1)
                .unwrap_err()
                .contains("map_bytes_max")
        );
    }

    #[test]
    fn a_map_that_is_neither_shipped_nor_a_file_is_told_with_those_that_are() {
        let told = load("no-such-map").unwrap_err();
        assert!(
            told.contains("meta-ads, google-ads, ocean-engine"),
            "{told}"
        );
    }
}
