//! Moments as people read them, in their own zone.
//!
//! The server writes them as the browser will: its cookie tells the zone, and the page tells the browser what time it was
//! taken to be, so that both begin with the same words. As long as no cookie tells the zone, times are not shown (a place is
//! kept for them): UTC would be taken for the reader's own time.

use std::time::Duration;

use super::zone::Zone;
use crate::{
    domain::Millis,
    texts::shell,
    ui::{browser, prelude::*},
};

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;

/// The mark of the root element that holds the reader's zone, once one of both sides knows it. (`data-now` beside it is what
/// time the server took it to be.)
const ZONE_MARK: &str = "data-zone";
/// The cookie that tells the zone.
pub(crate) const ZONE_COOKIE: &str = "zone";

/// With what a page begins: the same on both sides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beginning {
    pub(crate) now: Option<Millis>,
    pub(crate) zone: Option<Zone>,
}

impl Beginning {
    #[cfg(feature = "ssr")]
    fn find() -> Self {
        use_context().unwrap_or_default()
    }

    /// What the server wrote into the document. (It is read while views are built, because it is what they were built from.)
    #[cfg(not(feature = "ssr"))]
    fn find() -> Self {
        let zone = browser::root_mark(ZONE_MARK).and_then(|text| Zone::parse(&text));
        Self { now: browser::root_mark("data-now").and_then(|now| now.parse().ok()), zone }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reading {
    /// Nobody has told the zone yet.
    Unknown,
    Told(Zone),
    /// The browser's own.
    Own,
}

impl Reading {
    fn shift(&self, at: Millis) -> Millis {
        match self {
            Self::Unknown => at,
            Self::Told(zone) => at + zone.minutes(at) * MINUTE,
            Self::Own => at + browser::zone_minutes(at) * MINUTE,
        }
    }
}

/// The present moment, to the half minute, and the reader's zone.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    now: RwSignal<Option<Millis>>,
    /// The number of the present day: changes more rarely than the moment.
    today: RwSignal<Option<Millis>>,
    zone: RwSignal<Reading>,
}

/// Provides [`Clock`] and keeps it going in the browser.
pub(crate) fn provide_clock() {
    let clock = Clock::beginning(Beginning::find());
    provide_context(clock);
    effect(move || {
        tell_zone();
        clock.zone.set(Reading::Own);
        clock.turn();
        set_interval(move || clock.turn(), Duration::from_secs(30));
    });
}

/// Tells the server where the reader is, for the next page.
fn tell_zone() {
    let zone = Zone::find(browser::now(), browser::zone_minutes).write();
    if browser::root_mark(ZONE_MARK).as_ref() != Some(&zone) {
        browser::set_cookie(ZONE_COOKIE, &zone);
    }
    browser::mark_root(ZONE_MARK, Some(&zone));
}

pub(crate) fn use_clock() -> Clock {
    use_context::<Clock>().unwrap_or_else(|| Clock::beginning(Beginning::default()))
}

impl Clock {
    fn beginning(told: Beginning) -> Self {
        let zone = told.zone.map_or(Reading::Unknown, Reading::Told);
        let today = told.now.map(|now| zone.shift(now).div_euclid(DAY));
        Self { now: RwSignal::new(told.now), today: RwSignal::new(today), zone: RwSignal::new(zone) }
    }

    /// Looks what time it is.
    fn turn(self) {
        let now = browser::now();
        self.now.try_set(Some(now));
        let today = self.zone.try_with_untracked(|zone| zone.shift(now).div_euclid(DAY));
        if self.today.try_get_untracked().flatten() != today {
            self.today.try_set(today);
        }
    }

    /// The present moment, once it is known.
    pub(crate) fn now(self) -> Option<Millis> {
        self.now.get()
    }

    /// The moment shifted to the reader's zone: UTC until that is known.
    fn local(self, at: Millis) -> Millis {
        self.zone.with(|zone| zone.shift(at))
    }

    /// The text, or as long as the zone is not known a place for it.
    fn shown(self, text: String) -> String {
        if self.is_known() { text } else { text.replace(|c: char| c.is_ascii_digit(), "\u{2007}") }
    }

    /// Whether the reader's zone is known.
    pub(crate) fn is_known(self) -> bool {
        self.zone.with(|zone| *zone != Reading::Unknown)
    }

    /// The number of the day, for telling days apart.
    pub(crate) fn day(self, at: Millis) -> Millis {
        self.local(at).div_euclid(DAY)
    }

    /// `"14:03"`.
    pub(crate) fn time(self, at: Millis) -> String {
        let minutes = self.local(at).rem_euclid(DAY) / MINUTE;
        self.shown(format!("{:02}:{:02}", minutes / 60, minutes % 60))
    }

    /// How many days ago that was.
    fn days_ago(self, day: Millis) -> Option<Millis> {
        self.today.get().map(|today| today - day)
    }

    /// `"Today"`, `"Yesterday"` or `"12 Jul 2026"`.
    pub(crate) fn date(self, at: Millis) -> String {
        let day = self.day(at);
        match self.days_ago(day) {
            Some(0) => shell::today().to_owned(),
            Some(1) => shell::yesterday().to_owned(),
            _ => {
                let (year, month, date) = civil(day);
                self.shown(shell::date(&date, &month_name(month), &year))
            }
        }
    }

    /// As short as a list wants it: `"14:03"` today, `"Yesterday"`, else `"12 Jul"`.
    pub(crate) fn short(self, at: Millis) -> String {
        let day = self.day(at);
        match self.days_ago(day) {
            Some(0) => self.time(at),
            Some(1) => shell::yesterday().to_owned(),
            _ => {
                let (_, month, date) = civil(day);
                self.shown(shell::short_date(&date, &month_name(month)))
            }
        }
    }

    /// In full: `"12 Jul 2026, 14:03"`.
    pub(crate) fn full(self, at: Millis) -> String {
        shell::full(&self.date(at), &self.time(at))
    }

    /// How long it has been, as short as a list wants it: `"12 min"`, `"3 h"`, `"2 d"`; `None` while the time is not known.
    pub(crate) fn since(self, at: Millis) -> Option<String> {
        let minutes = (self.now()? - at).max(0) / MINUTE;
        Some(match minutes {
            0 => shell::now().to_owned(),
            1..60 => shell::minutes(&minutes),
            60..1440 => shell::hours(&(minutes / 60)),
            _ => shell::days(&(minutes / 1440)),
        })
    }

    /// How long it is until then: `"23 h 10 min"`; `None` when it has passed or the time is not known.
    pub(crate) fn until(self, at: Millis) -> Option<String> {
        let left = at - self.now()?;
        (left > 0).then(|| {
            let minutes = left / MINUTE;
            if minutes >= 60 {
                shell::hours_minutes(&(minutes / 60), &(minutes % 60))
            } else {
                shell::minutes(&minutes)
            }
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
    usize::try_from(month - 1).ok().and_then(|i| shell::months().split('|').nth(i)).unwrap_or_default()
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
