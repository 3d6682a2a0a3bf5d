//! From when on a day's numbers are final: platforms restate them until then.
//!
//! A conversion is told to the day of its click or view, as long as the attribution window after
//! it is open; then platforms take some days more to report it. Design note `domain.md`,
//! section 3; reference case K37.

use crate::attribution::Window;
use crate::provisional::moves_from;
use crate::time::{Date, day_number};

/// For how long a platform restates days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Restating {
    /// The attribution window of the numbers.
    pub window: Window,
    /// How many days the platform takes to report what happened in it.
    pub latency_days: u32,
}

impl Restating {
    /// After how many days a day is final: the longer side of the window, and the latency.
    pub fn days(self) -> u32 {
        let window = self.window.click_days.max(self.window.view_days);
        window.saturating_add(self.latency_days)
    }

    /// Whether the numbers of a day are final: no longer restated on the day `today`.
    pub fn is_final(self, day: Date, today: Date) -> bool {
        // A window beyond what days are counted in never closes.
        let days = u16::try_from(self.days());
        days.is_ok_and(|days| day_number(day) < moves_from(today, days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;

    #[test]
    fn a_day_is_final_once_its_window_and_the_latency_are_over() {
        let window = Window {
            click_days: 1,
            view_days: 7,
        };
        let restating = Restating {
            window,
            latency_days: 2,
        };
        let is_final = |day| restating.is_final(date(2026, 5, day), date(2026, 5, 20));
        assert_eq!([11, 12, 25].map(is_final), [true, false, false]);
    }
}
