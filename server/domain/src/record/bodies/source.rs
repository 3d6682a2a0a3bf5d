//! A source: a platform account that reports come from, and when they are due.

use crate::campaign::Platform;
use crate::dataset::DatasetName;
use crate::error_code::Refusal;
use crate::record::Faults;

body_types! {
    /// Where reports come from.
    pub struct Source {
        /// Its name as shown.
        pub name: String,
        /// The platform.
        pub platform: Platform,
        /// The platform's own id of the account.
        pub account: String,
        /// What it reports.
        pub dataset: DatasetName,
        /// When its reports are due.
        pub arrival: Arrival,
        /// Who looks after it.
        pub owner: Option<String>,
    }

    /// When reports are due.
    pub struct Arrival {
        /// How many days after the reported day, at most 60.
        pub lag_days: u32,
        /// By which hour of that day in the agency's zone, from 0 to 23.
        pub by_hour: u32,
    }
}

/// The longest lag of a source, past which platforms don't restate.
const LAG_DAYS_MAX: u32 = 60;

/// The last hour of a day.
const HOUR_MAX: u32 = 23;

impl Source {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.name("name", &self.name);
        faults.name("account", &self.account);
        faults.name_if_any("owner", self.owner.as_deref());
        faults.within("arrival", |faults| {
            let bounds = [
                ("lagDays", self.arrival.lag_days, LAG_DAYS_MAX),
                ("byHour", self.arrival.by_hour, HOUR_MAX),
            ];
            for (field, number, max) in bounds {
                if number > max {
                    let message = format!("`{number}` is too much; use 0 to {max}");
                    faults.add(field, Refusal::invalid(message));
                }
            }
        });
    }
}
