//! Moments as people read them. The server writes UTC; once the page is alive, the browser's zone takes over.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    domain::Millis,
    ui::{browser, prelude::effect},
};

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The present moment, to the half minute; unknown on the server and until the page is alive.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    now: RwSignal<Option<Millis>>,
    /// The number of the present day in the reader's zone. Nearly all that is shown hangs on it alone, and it changes once
    /// a day.
    today: RwSignal<Option<Millis>>,
}

/// Provides [`Clock`] and keeps it going in the browser.
pub(crate) fn provide_clock() {
    let clock = new_clock();
    provide_context(clock);
    effect(move || {
        clock.tick();
        set_interval(move || clock.tick(), Duration::from_secs(30));
    });
}

fn new_clock() -> Clock {
    Clock { now: RwSignal::new(None), today: RwSignal::new(None) }
}

pub(crate) fn use_clock() -> Clock {
    use_context::<Clock>().unwrap_or_else(new_clock)
}

impl Clock {
    fn tick(self) {
        let now = browser::now();
        let today = Some((now + browser::zone_minutes(now) * MINUTE).div_euclid(DAY));
        if self.today.get_untracked() != today {
            self.today.set(today);
        }
        self.now.set(Some(now));
    }

    /// The present moment, once it is known.
    pub(crate) fn now(self) -> Option<Millis> {
        self.now.get()
    }

    fn is_known(self) -> bool {
        self.today.with(Option::is_some)
    }

    /// The moment shifted to the reader's zone: UTC until the page is alive.
    fn local(self, at: Millis) -> Millis {
        if self.is_known() { at + browser::zone_minutes(at) * MINUTE } else { at }
    }

    /// The number of the day, for telling days apart.
    pub(crate) fn day(self, at: Millis) -> Millis {
        self.local(at).div_euclid(DAY)
    }

    /// `"14:03"`.
    pub(crate) fn time(self, at: Millis) -> String {
        let minutes = self.local(at).rem_euclid(DAY) / MINUTE;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// `"Today"`, `"Yesterday"` or `"12 Jul 2026"`.
    pub(crate) fn date(self, at: Millis) -> String {
        let day = self.day(at);
        match self.today.get().map(|today| today - day) {
            Some(0) => "Today".to_owned(),
            Some(1) => "Yesterday".to_owned(),
            _ => {
                let (year, month, date) = civil(day);
                format!("{date} {} {year}", month_name(month))
            }
        }
    }

    /// As short as a list wants it: `"14:03"` today, `"Yesterday"`, else `"12 Jul"`.
    pub(crate) fn short(self, at: Millis) -> String {
        let day = self.day(at);
        match self.today.get().map(|today| today - day) {
            Some(0) => self.time(at),
            Some(1) => "Yesterday".to_owned(),
            _ => {
                let (_, month, date) = civil(day);
                format!("{date} {}", month_name(month))
            }
        }
    }

    /// In full: `"12 Jul 2026, 14:03"`, with `UTC` as long as it is.
    pub(crate) fn full(self, at: Millis) -> String {
        let zone = if self.is_known() { "" } else { " UTC" };
        format!("{}, {}{zone}", self.date(at), self.time(at))
    }

    /// How long it has been, as short as a list wants it: `"12 min"`, `"3 h"`, `"2 d"`; `None` while the time is not known.
    pub(crate) fn since(self, at: Millis) -> Option<String> {
        let minutes = (self.now()? - at).max(0) / MINUTE;
        Some(match minutes {
            0 => "now".to_owned(),
            1..60 => format!("{minutes} min"),
            60..1440 => format!("{} h", minutes / 60),
            _ => format!("{} d", minutes / 1440),
        })
    }

    /// How long it is until then: `"23 h 10 min"`; `None` when it has passed or the time is not known.
    pub(crate) fn until(self, at: Millis) -> Option<String> {
        let left = at - self.now()?;
        (left > 0).then(|| {
            let minutes = left / MINUTE;
            if minutes >= 60 { format!("{} h {} min", minutes / 60, minutes % 60) } else { format!("{minutes} min") }
        })
    }
}

/// For `datetime` attributes: `"2026-07-12T14:03:00Z"`.
pub(crate) fn iso(at: Millis) -> String {
    let (year, month, date) = civil(at.div_euclid(DAY));
    let seconds = at.rem_euclid(DAY) / 1000;
    format!("{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn month_name(month: Millis) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or_default()
}

/// Year, month and date of a day counted from 1970 (the days-from-civil rule turned round; years begin in March).
fn civil(day: Millis) -> (Millis, Millis, Millis) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + Millis::from(month <= 2);
    (year, month, date)
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn writes_moments_as_machines_read_them() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_399_000), "2000-02-28T23:59:59Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_783_951_385_000), "2026-07-13T14:03:05Z");
    }
}
