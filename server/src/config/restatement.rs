//! `[restatement]`: for how many days platforms still change what they have reported.

use std::collections::BTreeMap;

use bellwether_domain::campaign::Platform;
use bellwether_domain::provisional::{RestatementWindow, RestatementWindows};
use serde::Deserialize;

/// `[restatement]`: by platform, such as `TIKTOK = { delivery_days = 2, attributed_days = 9 }`; one
/// that is left out has its default.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct RestatementSection(BTreeMap<String, WindowSection>);

/// The window of one platform.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowSection {
    /// After how many days impressions, clicks and spend of a day are final.
    pub delivery_days: u16,
    /// After how many days conversions and revenue of a day are final.
    pub attributed_days: u16,
}

impl RestatementSection {
    /// The windows of all platforms.
    pub(super) fn windows(&self) -> Result<RestatementWindows, String> {
        let mut windows = RestatementWindows::default();
        for (name, section) in &self.0 {
            let told = |message: String| format!("[restatement] {name}: {message}");
            let platform: Platform = name.parse().map_err(|refusal| told(sentence(refusal)))?;
            let window = RestatementWindow::new(section.delivery_days, section.attributed_days);
            windows.set(platform, window.map_err(|refusal| told(sentence(refusal)))?);
        }
        Ok(windows)
    }
}

fn sentence(refusal: bellwether_domain::error_code::Refusal) -> String {
    refusal.message
}
