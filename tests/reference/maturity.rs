//! From when on days are final.

use bellwether_domain::attribution::Window;
use bellwether_domain::provisional::RestatementWindow;
use bellwether_domain::time::{day_number, parse_date};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    today: String,
    click_days: u32,
    view_days: u32,
    latency_days: u16,
    dates: Vec<String>,
}

pub(super) fn maturity(given: &Asked) -> Result<Value, String> {
    let day = |text: &String| parse_date(text).map_err(|refusal| refusal.to_string());
    let today = day(&given.today)?;
    let attribution = Window {
        click_days: given.click_days,
        view_days: given.view_days,
    };
    let window = RestatementWindow::after(attribution, given.latency_days);
    let window = window.map_err(|refusal| refusal.to_string())?;
    let moves_from = window.attributed_moves_from(today);
    let is_final = given.dates.iter().map(|text| {
        let day = day(text)?;
        Ok(day_number(day) < moves_from)
    });
    Ok(json!({ "final": is_final.collect::<Result<Vec<bool>, String>>()? }))
}
