//! Provisional days: for how long platforms still change what they have reported.
//!
//! A platform corrects what it delivered for a day or two, and credits conversions to the day of a
//! click for as long as its attribution window reaches, plus some days until they are reported.
//! Invariant: the present day comes in as an argument.

use crate::attribution::Window;
use crate::campaign::Platform;
use crate::error_code::Refusal;
use crate::time::{Date, day_number};

/// The most days of a window: more than the longest attribution window of any platform.
pub const RESTATEMENT_DAYS_MAX: u16 = 120;

/// How many days platforms take to report a day.
const LATENCY_DAYS: u16 = 2;

/// After how many days a platform's numbers of a day are final: those of a day so many days ago
/// are, those of later days may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RestatementWindow {
    /// Of impressions, clicks, spend and the like.
    pub delivery_days: u16,
    /// Of what is credited by an attribution window: conversions, revenue, refunds.
    pub attributed_days: u16,
}

impl RestatementWindow {
    /// The window of these days; attributed numbers are never final before the others.
    pub fn new(delivery_days: u16, attributed_days: u16) -> Result<Self, Refusal> {
        if delivery_days.max(attributed_days) > RESTATEMENT_DAYS_MAX {
            let what = format!("{} days", delivery_days.max(attributed_days));
            let limit = "restatement_days_max";
            return Err(Refusal::limit(limit, RESTATEMENT_DAYS_MAX, what));
        }
        if attributed_days < delivery_days {
            let message = "`attributed_days` is at least `delivery_days`";
            return Err(Refusal::invalid(message));
        }
        Ok(Self {
            delivery_days,
            attributed_days,
        })
    }

    /// The window of what is attributed by a window and reported up to so many days late: a
    /// conversion is told to the day of its click or view as long as the longer side is open.
    pub fn after(attribution: Window, latency_days: u16) -> Result<Self, Refusal> {
        let longer = attribution.click_days.max(attribution.view_days);
        let attributed = longer.saturating_add(latency_days.into());
        let attributed_days = u16::try_from(attributed).unwrap_or(u16::MAX);
        Self::new(latency_days, attributed_days)
    }

    /// The number of the first day whose delivery may still change.
    pub fn delivery_moves_from(self, today: Date) -> i32 {
        moves_from(today, self.delivery_days)
    }

    /// The number of the first day whose attributed numbers may still change.
    pub fn attributed_moves_from(self, today: Date) -> i32 {
        moves_from(today, self.attributed_days)
    }
}

/// A day is final once it lies as many days back as the window has.
pub(crate) fn moves_from(today: Date, days: u16) -> i32 {
    day_number(today) - i32::from(days) + 1
}

/// The windows of all platforms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestatementWindows([RestatementWindow; Platform::ALL.len()]);

impl RestatementWindows {
    /// The window of a platform.
    pub fn of(&self, platform: Platform) -> RestatementWindow {
        self.0[platform as usize]
    }

    /// Sets the window of a platform.
    pub fn set(&mut self, platform: Platform, window: RestatementWindow) {
        self.0[platform as usize] = window;
    }

    /// The number of the first day of which any number of any platform may still change.
    pub fn move_from(&self, today: Date) -> i32 {
        let windows = self.0.iter();
        let longest = windows.map(|window| window.attributed_days).max();
        moves_from(today, longest.unwrap_or(0))
    }
}

impl Default for RestatementWindows {
    /// What platforms and their connectors document: TikTok's basic data of a day is wrong for 10
    /// to 12 hours after it, its default window is 7 days after a click, reported up to 2 days
    /// late; Meta changes 28 days; Google's default window is 30 days after a click. For the others
    /// it is 28 days, the most common look-back of connectors.
    fn default() -> Self {
        let look_back = RestatementWindow {
            delivery_days: LATENCY_DAYS,
            attributed_days: 28,
        };
        let mut windows = Self([look_back; Platform::ALL.len()]);
        for (platform, click_days, view_days) in
            [(Platform::TikTok, 7, 1), (Platform::Google, 30, 0)]
        {
            let attribution = Window {
                click_days,
                view_days,
            };
            let window = RestatementWindow::after(attribution, LATENCY_DAYS);
            windows.set(platform, window.expect("a month and some days are few"));
        }
        windows
    }
}

/// Which numbers of some days may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moving {
    /// Impressions, clicks, spend and the like.
    pub delivery: bool,
    /// What is credited by an attribution window.
    pub attributed: bool,
}

impl Moving {
    /// Adds what may change of other days.
    pub fn join(&mut self, other: Self) {
        self.delivery |= other.delivery;
        self.attributed |= other.attributed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;

    #[test]
    fn a_day_is_final_once_its_window_has_passed() {
        // Reference case K37: 7 days after a click and 2 of latency, on 20 May.
        let clicks = Window::parse("7c1v").unwrap();
        let window = RestatementWindow::after(clicks, 2).unwrap();
        assert_eq!(window, RestatementWindow::new(2, 9).unwrap());
        let today = date(2026, 5, 20);
        assert_eq!(
            window.attributed_moves_from(today),
            day_number(date(2026, 5, 12))
        );
        assert_eq!(
            window.delivery_moves_from(today),
            day_number(date(2026, 5, 19))
        );
        let none = RestatementWindow::new(0, 0).unwrap();
        assert_eq!(
            none.delivery_moves_from(today),
            day_number(date(2026, 5, 21))
        );
    }

    #[test]
    fn a_window_has_so_many_days_and_no_more() {
        let max = RESTATEMENT_DAYS_MAX;
        assert!(RestatementWindow::new(max, max).is_ok());
        let refusal = RestatementWindow::new(2, max + 1).unwrap_err();
        assert!(refusal.message.contains("restatement_days_max"));
        assert!(RestatementWindow::new(3, 2).is_err());
    }

    #[test]
    fn every_platform_has_a_legal_default() {
        let windows = RestatementWindows::default();
        for platform in Platform::ALL {
            let window = windows.of(*platform);
            let legal = RestatementWindow::new(window.delivery_days, window.attributed_days);
            assert_eq!(legal, Ok(window));
        }
        assert_eq!(windows.of(Platform::TikTok).attributed_days, 9);
        let today = date(2026, 5, 20);
        assert_eq!(windows.move_from(today), day_number(date(2026, 4, 19)));
    }
}
