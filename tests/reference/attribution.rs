//! Which conversions count under which attribution window.

use bellwether_domain::attribution::{Conversion, Touch, Window};
use serde::Deserialize;
use serde_json::{Value, json};

use super::adds_up::roas;
use super::given::Number;
use super::written::{CENTS, FOUR, cell, decimal};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Campaign {
    spend: Number,
    conversions: Vec<Given>,
    windows: Vec<(u32, u32)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    kind: Kind,
    lag_hours: Number,
    value: Number,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Click,
    View,
}

pub(super) fn windows(given: &Campaign) -> Result<Value, String> {
    let conversion = |it: &Given| Conversion {
        touch: match it.kind {
            Kind::Click => Touch::Click,
            Kind::View => Touch::View,
        },
        lag_hours: it.lag_hours.0,
        value: it.value.0,
    };
    let conversions: Vec<Conversion> = given.conversions.iter().map(conversion).collect();
    let result = |&(click_days, view_days): &(u32, u32)| {
        let window = Window {
            click_days,
            view_days,
        };
        let counted = window.attributed(&conversions);
        let roas = roas([(given.spend, Number(counted.value))])?;
        Ok(json!({
            "click_days": click_days,
            "view_days": view_days,
            "conversions": counted.conversions,
            "value": decimal(counted.value, CENTS),
            "roas": cell(roas, FOUR),
        }))
    };
    let results = given.windows.iter().map(result);
    Ok(json!({ "results": results.collect::<Result<Vec<Value>, String>>()? }))
}
