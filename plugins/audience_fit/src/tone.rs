//! Whether content sounds as the product should: axes such as energy or warmth, 0 to 1 each.
//!
//! score = min(1, root mean square distance over shared axes / cap). The axes come from people or
//! models; this never looks at content. Invariant: axes known on one side only are left out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::CapConfig;
use crate::number::float;

/// The comparison; its fields are the evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tone {
    /// The axes compared.
    pub axes: Vec<String>,
    /// The root mean square distance.
    pub rms_distance: f64,
    /// The axis furthest apart.
    pub largest_axis: String,
    /// 0 to 1.
    pub score: f64,
}

/// Compares; `None` without a shared axis.
pub fn tone(
    intended: &BTreeMap<String, f64>,
    observed: &BTreeMap<String, f64>,
    config: &CapConfig,
) -> Option<Tone> {
    let mut axes = Vec::new();
    let mut squares = 0.0;
    let mut largest: Option<(&str, f64)> = None;
    for (axis, aim) in intended {
        let Some(distance) = observed.get(axis).map(|seen| (seen - aim).abs()) else {
            continue;
        };
        if !distance.is_finite() {
            continue;
        }
        axes.push(axis.clone());
        squares += distance * distance;
        // Of distances that are equal but for the last bit the first axis stands.
        if largest.is_none_or(|(_, most)| distance > most + 1e-12) {
            largest = Some((axis, distance));
        }
    }
    let (largest_axis, _) = largest?;
    let rms_distance = (squares / float(axes.len())).sqrt();
    Some(Tone {
        largest_axis: largest_axis.to_owned(),
        axes,
        rms_distance,
        score: (rms_distance / config.cap).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_shared_axis_there_is_no_tone() {
        let one = BTreeMap::from([("energy".to_owned(), 0.5)]);
        let other = BTreeMap::from([("pace".to_owned(), 0.5)]);
        assert_eq!(tone(&one, &other, &CapConfig { cap: 0.6 }), None);
    }
}
