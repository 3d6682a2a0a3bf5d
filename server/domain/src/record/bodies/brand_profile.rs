//! A brand's profile: its voice, its values, and what its numbers are judged by.

use crate::campaign::Platform;
use crate::error_code::Refusal;
use crate::provisional::RESTATEMENT_DAYS_MAX;
use crate::record::Faults;
use crate::record::values::Exact;
use crate::record::words::Tone;
use crate::time::Date;

body_types! {
    /// A brand's voice, values, margin and calendar.
    pub struct BrandProfile {
        /// How it speaks, in words.
        pub voice: Option<String>,
        /// How it sounds, each tone once.
        #[serde(default)]
        pub tones: Vec<Tone>,
        /// What it stands for, each once.
        #[serde(default)]
        pub values: Vec<String>,
        /// What is left of revenue after the cost of goods, in percent; for estimates.
        pub margin_percent: Option<Exact>,
        /// The attribution window that its answers use unless a question says, such as `7d_click`.
        pub attribution_window: Option<String>,
        /// For how many days platforms restate their numbers, each platform once.
        #[serde(default)]
        pub restatements: Vec<Restatement>,
        /// Days that are not like others.
        #[serde(default)]
        pub holidays: Vec<Holiday>,
    }

    /// For how many days a platform restates its numbers.
    pub struct Restatement {
        /// The platform.
        pub platform: Platform,
        /// How many days, at most 120.
        pub days: u32,
    }

    /// A day that is not like others.
    pub struct Holiday {
        /// The day.
        pub date: Date,
        /// Its name.
        pub name: String,
        /// The ISO 3166 code of the country where it is one; everywhere when missing.
        pub country: Option<String>,
    }
}

impl BrandProfile {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.text_if_any("voice", self.voice.as_deref());
        faults.each("tones", &self.tones, |_, _| {});
        faults.distinct("tones", &self.tones);
        faults.names("values", &self.values);
        faults.distinct("values", &self.values);
        if let Some(percent) = self.margin_percent {
            faults.percentage("marginPercent", percent);
        }
        faults.name_if_any("attributionWindow", self.attribution_window.as_deref());
        faults.each("restatements", &self.restatements, |faults, one| {
            if one.days > u32::from(RESTATEMENT_DAYS_MAX) {
                let message = format!(
                    "`{}` days are too many; use 0 to {RESTATEMENT_DAYS_MAX}",
                    one.days
                );
                faults.add("days", Refusal::invalid(message));
            }
        });
        faults.distinct(
            "restatements",
            self.restatements.iter().map(|it| it.platform),
        );
        faults.each("holidays", &self.holidays, |faults, holiday| {
            faults.name("name", &holiday.name);
            if let Some(country) = &holiday.country {
                faults.country("country", country);
            }
        });
    }
}
